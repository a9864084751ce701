import HTTP
import NIOSSL

/// Whether a certificate is for a host name.
///
/// NIOSSL also accepts a certificate for the address that it is connected to, even where a name was asked for. Whoever
/// can misdirect a name could then answer with a certificate for an address of their own; so the name itself is
/// required here, in addition.
enum CertificateName {
    /// Whether one of the certificate's DNS names is `host`. The common name does not count (RFC 9525 §2).
    static func isPresent(in certificate: NIOSSLCertificate, host: String) -> Bool {
        certificate._subjectAlternativeNames().contains { name in
            name.nameType == .dnsName && matches(Array(name.contents), host)
        }
    }

    /// Compares a DNS name of a certificate, whose first label may be a single asterisk (RFC 9525 §6.3).
    static func matches(_ presented: [UInt8], _ host: String) -> Bool {
        let pattern = presented.map(ByteSet.lowercased)
        let reference = host.utf8.map(ByteSet.lowercased)
        guard pattern.starts(with: [0x2A, 0x2E]) else { return !pattern.isEmpty && pattern == reference }
        let suffix = pattern.dropFirst()
        // One label is not enough: nobody owns all of `*.com`.
        guard suffix.dropFirst().contains(0x2E), let dot = reference.firstIndex(of: 0x2E), dot > 0 else { return false }
        return reference[dot...].elementsEqual(suffix)
    }
}
