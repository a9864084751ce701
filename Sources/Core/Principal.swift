package import JSON

/// Who acts: the user, the agent acting for them, their tenant and roles, and how each was proven.
///
/// Resolved on the server from a verified token, for every request. Nothing the agent sends can set a part of it.
package struct Principal: Sendable, Hashable {
    /// The user: the token's subject.
    package var user: String
    /// The agent: the OAuth client that presents the token.
    package var agent: String
    package var tenant: String?
    package var roles: Set<String>
    /// Who vouches for all this: the token's issuer.
    package var issuer: String
    /// Scopes that the token carries (RFC 6749 §3.3).
    package var scopes: Set<String>
    package var expires: Timestamp

    package init(
        user: String, agent: String, tenant: String?, roles: Set<String>, issuer: String, scopes: Set<String> = [],
        expires: Timestamp
    ) {
        self.user = user
        self.agent = agent
        self.tenant = tenant
        self.roles = roles
        self.issuer = issuer
        self.scopes = scopes
        self.expires = expires
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
    package var identity: JSONValue {
        [
            "issuer": .string(issuer), "tenant": tenant.map { .string($0) } ?? .null, "user": .string(user),
            "agent": .string(agent),
        ]
    }
}
