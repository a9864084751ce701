package import Core

/// A bearer token as it came (RFC 6750 §2.1), with its digest. A connection repeats its token with every request, so both
/// are made once.
package final class PresentedToken: Sendable {
    package let bytes: [UInt8]
    /// SHA-256, under which a verified token is remembered.
    package let digest: Digest

    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
        digest = Digest(of: bytes)
    }
}
