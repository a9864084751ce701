package import Core
package import OpenAPI

/// Proposes how a tool is tied to the acting user.
///
/// `bound` where a parameter is plainly the caller's identity, `user-credential` where a security scheme allows the
/// user's own credential, otherwise undeclared: a person has to say.
///
/// - Parameter isSecurityApplied: whether any operation of the document asks for a scheme. Documents that declare
///   schemes and apply them nowhere mean them for every operation.
package func proposeScope(
    _ draft: OperationDraft, schemes: [SecurityScheme], isSecurityApplied: Bool = true
) -> Scope {
    var bindings: [String: Principal.Attribute] = [:]
    for parameter in draft.parameters where parameter.location != .body {
        if let attribute = identityAttribute(parameter.name) { bindings[parameter.argument] = attribute }
    }
    if !bindings.isEmpty { return Scope(.bound, bindings: bindings) }
    let known = Dictionary(schemes.map { ($0.name, $0) }) { first, _ in first }
    if !isSecurityApplied {
        return Scope(schemes.contains(where: allowsUserCredential) ? .userCredential : .undeclared)
    }
    let allowsUser = draft.security.contains { requirement in
        !requirement.parts.isEmpty
            && requirement.parts.allSatisfy { part in known[part.scheme].map(allowsUserCredential) ?? false }
    }
    return Scope(allowsUser ? .userCredential : .undeclared)
}

/// Names that mean "who is calling" wherever they stand. Names of records (`user_id` in a path) do not count.
private func identityAttribute(_ name: String) -> Principal.Attribute? {
    let plain = String(name.lowercased().filter { $0 != "_" && $0 != "-" })
    return switch plain {
    case "tenant", "tenantid", "xtenantid", "xtenant": .tenant
    case "actinguser", "actinguserid", "actorid", "onbehalfof", "callerid", "requesterid", "xuserid", "currentuserid":
        .user
    default: nil
    }
}

/// Whether a text is the name of a header field (a token, RFC 9110 §5.6.2).
func isHeaderName(_ text: String) -> Bool {
    !text.isEmpty
        && text.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
            default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
            }
        }
}

/// Whether a credential for this scheme can belong to one user and be sent by the gateway.
func allowsUserCredential(_ scheme: SecurityScheme) -> Bool {
    switch scheme.kind {
    case .apiKey(let name, .header): isHeaderName(name)
    case .apiKey(_, .query), .openIDConnect: true
    case .apiKey: false
    case .http(let scheme): scheme == "bearer" || scheme == "basic"
    case .oauth2(let flows): flows.contains { $0.name != "clientCredentials" && $0.name != "application" }
    case .mutualTLS, .unknown: false
    }
}
