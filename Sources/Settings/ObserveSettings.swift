package import Telemetry

/// Where the gateway tells how it is.
package struct ObserveSettings: Sendable, Hashable {
    package var listen: ListenAddress
    /// The source's secret in the vault that whoever reads figures has to present; nil where only this machine may ask.
    package var secret: String?
    package var traces: TraceSettings?

    /// Whether others than this machine may reach it.
    package var isRemote: Bool { !["127.0.0.1", "::1", "localhost"].contains(listen.host) }
}

/// Who gets spans.
package struct TraceSettings: Sendable, Hashable {
    /// The collector's whole address, such as `https://collector.example/v1/traces`.
    package var url: String
    /// The source's secret in the vault that is sent as bearer token.
    package var secret: String?
    package var allowsLoopback: Bool
    /// How often spans are sent, in seconds.
    package var seconds: Int
    package var sampler: Sampler
}
