import Crypto

/// A SHA-256 digest of bytes that come one part after another.
package struct RunningDigest {
    private var hash = SHA256()

    package init() {}

    package mutating func add(_ bytes: [UInt8]) {
        hash.update(data: bytes)
    }

    /// The digest of all that was added.
    package var digest: Digest { Digest(hash.finalize()) }
}
