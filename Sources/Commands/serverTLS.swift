import NIOCore
import NIOSSL

/// What both endpoints prove themselves with.
///
/// - Throws: ``CommandError`` when a file cannot be used or the key belongs to another certificate.
func serverTLS(certificate: String, key: String) throws -> TLSConfiguration {
    do {
        let chain = try NIOSSLCertificate.fromPEMFile(certificate).map { NIOSSLCertificateSource.certificate($0) }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain, privateKey: .privateKey(try NIOSSLPrivateKey(file: key, format: .pem)))
        configuration.minimumTLSVersion = .tlsv12
        // How long a peer may take to say goodbye, also while the server shuts down.
        configuration.shutdownTimeout = .milliseconds(500)
        // What cannot be used is told at the start.
        _ = try NIOSSLContext(configuration: configuration)
        return configuration
    } catch {
        throw CommandError("the TLS certificate or key cannot be used: \(error)")
    }
}
