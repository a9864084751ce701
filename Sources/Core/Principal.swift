package import JSON

/// Who acts: the user, the agent acting for them, their tenant and roles, and how each was proven.
///
/// Resolved on the server from a verified token, for every request. Nothing the agent sends can set a part of it.
/// Every stage of a call carries it along, so its parts sit behind one reference, beside the forms that each call needs
/// of them.
package struct Principal: Sendable {
    private struct Parts: Sendable, Hashable {
        var user: String
        var agent: String
        var tenant: String?
        var roles: Set<String>
        var issuer: String
        var scopes: Set<String>
        var expires: Timestamp

        var members: JSONObject {
            var object: JSONObject = ["user": .string(user), "agent": .string(agent)]
            if let tenant { object.append("tenant", .string(tenant)) }
            object.append("roles", JSONValue(strings: roles))
            object.append("issuer", .string(issuer))
            if !scopes.isEmpty { object.append("scopes", JSONValue(strings: scopes)) }
            object.append("token_expires", JSONValue(Int(expires.microseconds)))
            return object
        }
    }

    private final class Storage: Sendable {
        let parts: Parts
        let identity: JSONValue
        let identityText: String
        let members: EncodedMembers

        init(_ parts: Parts) {
            self.parts = parts
            identity = [
                "issuer": .string(parts.issuer), "tenant": parts.tenant.map { .string($0) } ?? .null,
                "user": .string(parts.user), "agent": .string(parts.agent),
            ]
            identityText = String(decoding: identity.canonicalBytes(.exact) ?? identity.bytes, as: UTF8.self)
            members = EncodedMembers(parts.members)
        }
    }

    private var storage: Storage

    package init(
        user: String, agent: String, tenant: String?, roles: Set<String>, issuer: String, scopes: Set<String> = [],
        expires: Timestamp
    ) {
        storage = Storage(
            Parts(
                user: user, agent: agent, tenant: tenant, roles: roles, issuer: issuer, scopes: scopes,
                expires: expires))
    }

    /// The user: the token's subject.
    package var user: String {
        get { storage.parts.user }
        set { change { $0.user = newValue } }
    }

    /// The agent: the OAuth client that presents the token.
    package var agent: String {
        get { storage.parts.agent }
        set { change { $0.agent = newValue } }
    }

    package var tenant: String? {
        get { storage.parts.tenant }
        set { change { $0.tenant = newValue } }
    }

    package var roles: Set<String> {
        get { storage.parts.roles }
        set { change { $0.roles = newValue } }
    }

    /// Who vouches for all this: the token's issuer.
    package var issuer: String {
        get { storage.parts.issuer }
        set { change { $0.issuer = newValue } }
    }

    /// Scopes that the token carries (RFC 6749 §3.3).
    package var scopes: Set<String> {
        get { storage.parts.scopes }
        set { change { $0.scopes = newValue } }
    }

    package var expires: Timestamp {
        get { storage.parts.expires }
        set { change { $0.expires = newValue } }
    }

    private mutating func change(_ body: (inout Parts) -> Void) {
        var parts = storage.parts
        body(&parts)
        storage = Storage(parts)
    }

    /// A property of the principal that an argument may be bound to.
    package enum Attribute: String, Sendable, Hashable, CaseIterable {
        case user, agent, tenant
    }

    /// The value of an attribute, nil when the token does not say.
    package subscript(attribute: Attribute) -> String? {
        switch attribute {
        case .user: user
        case .agent: agent
        case .tenant: tenant
        }
    }

    /// What an approval and a repeat bind to: the same user of the same tenant and issuer through the same agent.
    package var identity: JSONValue { storage.identity }

    /// The canonical text (RFC 8785) of ``identity``.
    package var identityText: String { storage.identityText }

    /// Whether both are one value in memory; then they are equal.
    package func isIdentical(to other: Principal) -> Bool {
        storage === other.storage
    }

    /// What the journal says of the principal.
    var members: EncodedMembers { storage.members }
}

extension Principal: Hashable {
    package static func == (left: Principal, right: Principal) -> Bool {
        left.storage === right.storage || left.storage.parts == right.storage.parts
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(storage.parts)
    }
}
