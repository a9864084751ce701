import JSON

/// A file that a configuration names and that is used as it is, with its path as the process can open it.
package enum NamedFile: Sendable, Hashable {
    /// Certificates of the agent endpoint, its own first, in PEM.
    case certificate(String)
    /// The private key of the certificate beside it, in PEM.
    case key(String, certificate: String)
    /// Certificates to trust, in PEM.
    case trustRoots(String)
    /// A JSON Web Key Set (RFC 7517 §5).
    case keySet(String)

    package var path: String {
        switch self {
        case .certificate(let path), .key(let path, _), .trustRoots(let path), .keySet(let path): path
        }
    }
}

/// What is wrong with a named file, as the rest of a sentence that begins with the file; nil when it can be used.
package typealias FileFlaw = @Sendable (NamedFile) -> String?

extension Reader {
    /// Makes the flaw of the file that is named here a problem.
    func report(_ flaw: String?) {
        guard let flaw, let name = value.string else { return }
        error("unusable-file", "'\(name)' \(flaw)", hint: "Paths are relative to the configuration file.")
    }
}
