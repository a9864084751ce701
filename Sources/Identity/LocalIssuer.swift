package import Core
import Crypto
import JSON
package import Vault

/// Issues short-lived tokens for local users, for those without an identity provider.
///
/// Its Ed25519 key lives in a private file. Its name follows from the key, so tokens of one installation mean
/// nothing to another.
package struct LocalIssuer: Sendable {
    /// The `iss` of its tokens: `sallyport-local:` and the first 8 bytes of a labelled SHA-256 of the public key.
    package let issuer: String
    /// For ``TrustedIssuer/Keys/local(_:)``.
    package let verificationKey: VerificationKey
    private let key: Curve25519.Signing.PrivateKey

    package static let defaultLifetimeSeconds = 3600
    package static let maxLifetimeSeconds = 86_400
    private static let mark = "sallyport-ed25519-"

    /// Reads the key that ``create(at:)`` made.
    ///
    /// - Throws: ``KeyFileFault``, also when the file holds something else.
    package init(file path: String) throws(KeyFileFault) {
        let contents = try KeyFile.read(path, limit: 1024)
        let mark = Array(Self.mark.utf8)
        let isLine = contents.last == UInt8(ascii: "\n")
        guard
            contents.starts(with: mark),
            let seed = Base64URL.decode(contents.dropFirst(mark.count).dropLast(isLine ? 1 : 0)),
            let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: seed)
        else { throw KeyFileFault(.unreadable, path) }
        self.init(key)
    }

    private init(_ key: Curve25519.Signing.PrivateKey) {
        let bytes = Array(key.publicKey.rawRepresentation)
        let digest = SHA256.hash(data: Array("sallyport/identity/issuer/v1\n".utf8) + bytes)
        let instance = digest.prefix(8).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        issuer = "sallyport-local:" + instance
        verificationKey = VerificationKey(ed25519: key.publicKey, id: instance)
        self.key = key
    }

    /// Makes a fresh key and its file, with mode 0600. What exists is never overwritten.
    package static func create(at path: String) throws(KeyFileFault) -> LocalIssuer {
        let key = Curve25519.Signing.PrivateKey()
        try KeyFile.create(path, Array((mark + Base64URL.encode(key.rawRepresentation) + "\n").utf8))
        return LocalIssuer(key)
    }

    /// This issuer, to be trusted for a resource.
    package func trusted(audience: String) -> TrustedIssuer {
        TrustedIssuer(issuer: issuer, audience: audience, keys: .local(verificationKey), algorithms: [.edDSA])
    }

    /// An access token (RFC 9068).
    ///
    /// - Parameters:
    ///   - audience: the resource URI it is for.
    ///   - agent: the agent that may use it.
    ///   - id: `jti`, unique for each token.
    ///   - lifetimeSeconds: 1 to 86,400; what is outside is brought inside.
    package func token(
        for user: User, agent: String, audience: String, scopes: Set<String> = [],
        lifetimeSeconds: Int = defaultLifetimeSeconds, id: String = LocalIssuer.freshID(), at now: Timestamp
    ) throws(UserFault) -> String {
        guard isIdentifier(agent) else {
            throw UserFault(.invalidName, "an agent's name has 1 to 256 visible characters")
        }
        guard !user.isDisabled else { throw UserFault(.disabled, "user \(user.name) is disabled") }
        let lifetime = min(max(1, lifetimeSeconds), Self.maxLifetimeSeconds)
        let header: JSONValue = [
            "alg": "EdDSA", "typ": "at+jwt", "kid": verificationKey.id.map { .string($0) } ?? .null,
        ]
        var claims: JSONObject = [
            "iss": .string(issuer), "aud": .string(audience), "sub": .string(user.name), "azp": .string(agent),
            "client_id": .string(agent), "iat": JSONValue(now.seconds),
            "exp": JSONValue(now.advanced(bySeconds: lifetime).seconds), "jti": .string(id),
        ]
        if let tenant = user.tenant { claims["tenant"] = .string(tenant) }
        if !user.roles.isEmpty { claims["roles"] = .array(user.roles.sorted().map { .string($0) }) }
        if !scopes.isEmpty { claims["scope"] = .string(scopes.sorted().joined(separator: " ")) }
        let signed = Base64URL.encode(header.bytes) + "." + Base64URL.encode(JSONValue.object(claims).bytes)
        guard let signature = try? key.signature(for: Array(signed.utf8)) else {
            throw UserFault(.unavailable, "the token could not be signed")
        }
        return signed + "." + Base64URL.encode(signature)
    }

    /// 128 random bits.
    package static func freshID() -> String {
        var generator = SystemRandomNumberGenerator()
        return Base64URL.encode((0..<16).map { _ in UInt8.random(in: 0...255, using: &generator) })
    }
}
