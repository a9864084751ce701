package import Core

/// Sealed credentials, injected at dispatch, never shown.
package protocol Vault: Sendable {
    /// Finds a secret without revealing it.
    ///
    /// - Returns: nil when there is none for exactly this owner; never another owner's.
    func find(_ name: String, for owner: SecretOwner) async throws -> (any SealedSecret)?

    /// What ``find(_:for:)`` would return, as far as that is known without waiting.
    func look(for name: String, of owner: SecretOwner) throws -> SecretLook

    /// A hash under a key of the vault's, which stands for a value without giving it away to guessing.
    func digest(of bytes: [UInt8]) -> Digest

    /// Takes secrets out of what is about to be written down.
    var sweeper: Sweeper { get }

    /// Encrypts bytes so that only this vault opens them, tied to a purpose.
    func seal(_ bytes: [UInt8], purpose: String) throws -> [UInt8]

    /// Opens what ``seal(_:purpose:)`` made for the same purpose.
    func open(_ sealed: [UInt8], purpose: String) throws -> [UInt8]
}

/// A secret that was found and is still sealed.
package protocol SealedSecret: Sendable {
    /// Opens the secret for one use. What is returned must not outlive that.
    ///
    /// - Throws: ``VaultFault`` when it cannot be opened.
    func reveal() throws -> Secret
}

/// What is known of a secret at once.
package enum SecretLook: Sendable {
    case found(any SealedSecret)
    case missing
    case unknown
}

extension Vault {
    package var sweeper: Sweeper {
        Sweeper(known: { nil }) { digest(of: $0) }
    }

    package func look(for name: String, of owner: SecretOwner) throws -> SecretLook { .unknown }

    /// Reveals a secret inside a closure.
    ///
    /// - Returns: nil when there is none for exactly this owner; never another owner's.
    /// - Throws: ``VaultFault`` when it is there and cannot be opened.
    package func withSecret<Result: Sendable>(
        _ name: String, for owner: SecretOwner, _ body: @Sendable (Secret) async throws -> Result
    ) async throws -> Result? {
        guard let sealed = try await find(name, for: owner) else { return nil }
        return try await body(try sealed.reveal())
    }

    package func holds(_ name: String, for owner: SecretOwner) async throws -> Bool {
        try await find(name, for: owner) != nil
    }
}

/// Whose credential it is.
package enum SecretOwner: Sendable, Hashable {
    /// One user of one tenant (nil where there are no tenants), as this issuer names them.
    case user(String, tenant: String?, issuer: String = SecretOwner.localIssuer)
    /// The source itself, for tools that are service-wide.
    case source
}

extension SecretOwner {
    /// Stands for the installation's own issuer, whatever its key.
    package static let localIssuer = "local"

    package init(_ principal: Principal) {
        let isLocal = principal.issuer.utf8.starts(with: "sallyport-local:".utf8)
        self = .user(
            principal.user, tenant: principal.tenant, issuer: isLocal ? Self.localIssuer : principal.issuer)
    }
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
