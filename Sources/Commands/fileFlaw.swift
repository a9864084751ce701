import Foundation
import Identity
import NIOSSL
import Settings
import Vault

/// Opens and reads a file as the server would, so that `check` and `serve` refuse what could not be used.
@Sendable func fileFlaw(_ file: NamedFile) -> String? {
    guard FileManager.default.fileExists(atPath: file.path) else { return "is not there" }
    guard FileManager.default.isReadableFile(atPath: file.path) else { return "cannot be read" }
    switch file {
    case .certificate(let path), .trustRoots(let path): return certificateFlaw(path)
    case .key(let path, let certificate): return keyFlaw(path, certificate: certificate)
    case .keySet(let path): return keySetFlaw(path)
    }
}

private func certificateFlaw(_ path: String) -> String? {
    let certificates = try? NIOSSLCertificate.fromPEMFile(path)
    return certificates?.isEmpty == false ? nil : "holds no certificate in PEM form"
}

private func keyFlaw(_ path: String, certificate: String) -> String? {
    guard (try? NIOSSLPrivateKey(file: path, format: .pem)) != nil else { return "holds no private key in PEM form" }
    // The certificate's own flaw is reported where it is named.
    guard fileFlaw(.certificate(certificate)) == nil else { return nil }
    let isPair = (try? serverTLS(certificate: certificate, key: path)) != nil
    return isPair ? nil : "is not the key of the certificate"
}

private func keySetFlaw(_ path: String) -> String? {
    do {
        _ = try KeySet(document: try KeyFile.read(path, limit: KeySet.maxBytes, isSecret: false))
        return nil
    } catch let fault as KeySetFault {
        return "cannot be used: \(fault.detail)"
    } catch let fault as KeyFileFault {
        return switch fault.code {
        case .writable: "can be written by others, who could put their own keys in"
        case .tooLarge: "is larger than \(KeySet.maxBytes) bytes"
        case .notRegular: "is no file"
        default: "cannot be read"
        }
    } catch {
        return "cannot be read"
    }
}
