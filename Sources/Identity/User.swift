package import Core

/// A person whom this installation knows by itself.
package struct User: Sendable, Hashable {
    package let name: String
    package let tenant: String?
    package let roles: Set<String>
    package let hasPassword: Bool
    package let created: Timestamp
    package let isDisabled: Bool

    package init(
        name: String, tenant: String?, roles: Set<String>, hasPassword: Bool, created: Timestamp, isDisabled: Bool
    ) {
        self.name = name
        self.tenant = tenant
        self.roles = roles
        self.hasPassword = hasPassword
        self.created = created
        self.isDisabled = isDisabled
    }
}

/// What was asked for a user cannot be.
package struct UserFault: Error, Sendable, Hashable {
    package enum Code: String, Sendable, Hashable {
        case invalidName = "invalid-name"
        case invalidRole = "invalid-role"
        case invalidTenant = "invalid-tenant"
        case weakPassword = "weak-password"
        case exists
        case unknown
        case disabled
        case unavailable
    }

    package let code: Code
    /// One sentence for the operator.
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}
