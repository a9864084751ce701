import Core

/// Sealed credentials, injected at dispatch, never shown.
package protocol Vault: Sendable {
    /// Whether there is a secret that ``withSecret(_:for:_:)`` would reveal.
    func holds(_ name: String, for owner: SecretOwner) async throws -> Bool

    /// Reveals a secret inside a closure.
    ///
    /// - Returns: nil when there is none for exactly this owner; never another owner's.
    /// - Throws: ``VaultFault`` when it is there and cannot be opened.
    func withSecret<Result: Sendable>(
        _ name: String, for owner: SecretOwner, _ body: @Sendable (Secret) async throws -> Result
    ) async throws -> Result?

    /// Encrypts bytes so that only this vault opens them, tied to a purpose.
    func seal(_ bytes: [UInt8], purpose: String) throws -> [UInt8]

    /// Opens what ``seal(_:purpose:)`` made for the same purpose.
    func open(_ sealed: [UInt8], purpose: String) throws -> [UInt8]
}

/// Whose credential it is.
package enum SecretOwner: Sendable, Hashable {
    /// One user of one tenant (nil where there are no tenants).
    case user(String, tenant: String?)
    /// The source itself, for tools that are service-wide.
    case source
}

/// A revealed secret. Has no description, no mirror and no encoding, so that it cannot be printed by accident.
package struct Secret: Sendable {
    package let bytes: [UInt8]

    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }
}

extension Secret: CustomStringConvertible, CustomReflectable {
    package var description: String { "[secret]" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// The vault cannot do what was asked.
package struct VaultFault: Error, Sendable, Hashable {
    package enum Code: String, Sendable, Hashable {
        /// The key does not open it: wrong key, or the row was changed.
        case cannotOpen = "cannot-open"
        case invalidName = "invalid-name"
        case unavailable
    }

    package let code: Code
    package let detail: String

    package init(_ code: Code, _ detail: String) {
        self.code = code
        self.detail = detail
    }
}
