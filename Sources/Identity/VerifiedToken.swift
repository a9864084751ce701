package import Core
import JSON

/// What a genuine and current token says.
package struct VerifiedToken: Sendable, Hashable {
    package let principal: Principal
    /// The token's own id (`jti`), nil when it has none.
    package let id: String?
    package let issuedAt: Timestamp?
    /// When it may be used from; leeway is included.
    let validFrom: Timestamp
    /// When it may be used no more; leeway is included.
    let validUntil: Timestamp
}

extension VerifiedToken {
    /// Reads the claims of a token whose signature has been verified (RFC 7519 §4.1, RFC 9068 §2.2 and §4).
    init(_ token: CompactToken, from issuer: TrustedIssuer, at now: Timestamp) throws(TokenFault) {
        let claims = Claims(object: token.claims)
        guard claims.holdsAudience(issuer.audience) else { throw TokenFault(.audience) }

        guard let expires = try claims.moment("exp", .expiry) else { throw TokenFault(.expiry) }
        let leeway = max(0, issuer.leewaySeconds)
        validUntil = expires.advanced(bySeconds: leeway)
        guard now < validUntil else { throw TokenFault(.expired) }
        let notBefore = try claims.moment("nbf", .notYetValid)
        issuedAt = try claims.moment("iat", .issuedInFuture)
        validFrom =
            [notBefore, issuedAt].compactMap { $0 }.max()?.advanced(bySeconds: -leeway) ?? Timestamp(seconds: 0)
        if let notBefore, notBefore.advanced(bySeconds: -leeway) > now { throw TokenFault(.notYetValid) }
        if let issuedAt, issuedAt.advanced(bySeconds: -leeway) > now { throw TokenFault(.issuedInFuture) }

        try claims.checkPurpose(isMarkedAccessToken: token.isMarkedAccessToken)
        guard !claims.object.contains("cnf") else { throw TokenFault(.senderConstrained) }

        guard let user = try claims.identifier("sub", .subject) else { throw TokenFault(.subject) }
        var agent: String?
        for name in issuer.claims.agent {
            agent = try claims.identifier(name, .agent)
            if agent != nil { break }
        }
        guard let agent else { throw TokenFault(.agent) }
        principal = Principal(
            user: user, agent: agent, tenant: try claims.identifier(issuer.claims.tenant, .tenant),
            roles: try claims.words(issuer.claims.roles, .roles) ?? [], issuer: issuer.issuer,
            scopes: try claims.scopes(), expires: expires)
        id = claims.object["jti"]?.string
    }
}

private struct Claims {
    let object: JSONObject

    /// The member of this name or at this path.
    private func value(_ name: String) -> JSONValue? {
        if let value = object[name] { return value }
        var value = JSONValue.object(object)
        for part in name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false) {
            guard let next = value[String(decoding: part, as: UTF8.self)] else { return nil }
            value = next
        }
        return value
    }

    func holdsAudience(_ audience: String) -> Bool {
        switch object["aud"] {
        case .string(let one): one.hasSameBytes(as: audience)
        case .array(let several):
            several.allSatisfy { $0.string != nil }
                && several.contains { $0.string?.hasSameBytes(as: audience) ?? false }
        default: false
        }
    }

    /// A NumericDate (RFC 7519 §2) up to the year 9999; nil when the claim is absent.
    func moment(_ name: String, _ flaw: TokenFlaw) throws(TokenFault) -> Timestamp? {
        guard let value = object[name] else { return nil }
        guard let number = value.number?.double, number >= 0, number < 253_402_300_800 else { throw TokenFault(flaw) }
        return Timestamp(seconds: Int(number))
    }

    func identifier(_ name: String, _ flaw: TokenFlaw) throws(TokenFault) -> String? {
        guard let value = value(name) else { return nil }
        guard let text = value.string, isIdentifier(text) else { throw TokenFault(flaw) }
        return text
    }

    /// An array of strings, or one string of words with spaces between (RFC 8693 §4.2); nil when the claim is absent.
    func words(_ name: String, _ flaw: TokenFlaw) throws(TokenFault) -> Set<String>? {
        let words: [String]
        switch value(name) {
        case nil: return nil
        case .string(let text):
            words = text.utf8.split(separator: UInt8(ascii: " ")).map { String(decoding: $0, as: UTF8.self) }
        case .array(let values):
            words = values.compactMap(\.string)
            guard words.count == values.count else { throw TokenFault(flaw) }
        default: throw TokenFault(flaw)
        }
        guard words.allSatisfy(isIdentifier) else { throw TokenFault(flaw) }
        return Set(words)
    }

    /// The words of `scope` (RFC 9068 §2.2.3) or, with issuers that call it so, of `scp`.
    func scopes() throws(TokenFault) -> Set<String> {
        if let scopes = try words("scope", .scope) { return scopes }
        return try words("scp", .scope) ?? []
    }

    /// Refuses tokens that are not for resources, by what issuers write into them.
    ///
    /// An ID token is for the client (OpenID Connect Core §2). Its audience gives it away already, unless somebody
    /// registered our resource URI as a client; so a token that carries what only ID tokens carry, and neither a
    /// scope nor the type of an access token, is refused too.
    func checkPurpose(isMarkedAccessToken: Bool) throws(TokenFault) {
        // Keycloak's kind of token, Cognito's use of a token, security events and logout tokens (RFC 8417 §2.2).
        if let kind = object["typ"] {
            guard let kind = kind.string, kind.hasSameBytes(as: "Bearer") else { throw TokenFault(.notForResources) }
        }
        if let use = object["token_use"] {
            guard let use = use.string, use.hasSameBytes(as: "access") else { throw TokenFault(.notForResources) }
        }
        guard !object.contains("events") else { throw TokenFault(.notForResources) }
        let looksLikeIDToken = ["nonce", "at_hash", "c_hash"].contains { object.contains($0) }
        if looksLikeIDToken, !isMarkedAccessToken, !object.contains("scope"), !object.contains("scp") {
            throw TokenFault(.notForResources)
        }
    }
}
