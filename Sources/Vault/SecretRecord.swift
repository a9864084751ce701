package import Core
package import Engine

/// What may be known of a secret without opening it.
package struct SecretRecord: Sendable, Hashable {
    package let name: String
    package let owner: SecretOwner
    /// Counted from 1; a removed secret that is put again starts over.
    package let version: Int
    package let created: Timestamp
    /// When the present version was put.
    package let updated: Timestamp
    /// Nil when this version's predecessors were not used either. Kept to the minute, and not authenticated.
    package let lastUsed: Timestamp?
    package let keyID: String

    /// How long the present version has been there, in seconds.
    package func age(at now: Timestamp) -> Int {
        max(0, now.seconds - updated.seconds)
    }
}

/// Why a secret was not put.
package struct SecretRefusal: Error, Sendable, Hashable {
    package enum Code: String, Sendable, Hashable {
        case empty
        case tooLarge = "too-large"
        case invalidOwner = "invalid-owner"
        /// The key-encryption key has wrapped as many data keys as it may.
        case keyExhausted = "key-exhausted"
    }

    package let code: Code
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}
