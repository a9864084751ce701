package import Backends
package import Evidence

/// Where what is recorded goes as it is recorded.
package struct StreamSettings: Sendable, Hashable {
    package enum Target: Sendable, Hashable {
        /// Lines added to a file.
        case file(String)
        /// Syslog over TLS (RFC 5425).
        case syslog(host: String, port: Int, trustRootFile: String?)
        /// Lines in the body of a POST.
        case http(url: String, allowsLoopback: Bool)
        /// An OpenTelemetry collector (OTLP over HTTP, in JSON).
        case otlp(url: String, allowsLoopback: Bool)
    }

    /// By which is remembered how far it was delivered.
    package var name: String
    package var target: Target
    package var form: StreamForm
    /// The source's secret in the vault that is sent as a bearer token; nil where none is.
    package var secret: String?
    /// Addresses inside that it may go to.
    package var allowAddresses: [CIDR]
    /// Whether it begins with what comes, and not with what there is.
    package var startsNow: Bool
}
