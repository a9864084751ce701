extension Upstream {
    /// Limits and permissions of one upstream.
    package struct Options: Sendable {
        /// Ranges that may be connected to although they are not public (``AddressRule``).
        package var allowAddresses: [CIDR]
        /// Connections at a time, per event loop.
        package var maxConnections: Int
        /// Requests waiting for a connection, per event loop.
        package var maxWaiting: Int
        /// From the start of resolving to the end of the TLS handshake.
        package var connectTimeout: Duration
        /// Waiting for one of ``maxConnections``.
        package var queueTimeout: Duration
        /// Between two pieces of a response, and before the first.
        package var readTimeout: Duration
        /// The whole of a request, waiting and connecting included.
        package var requestTimeout: Duration
        /// How long a connection without a request is kept; less if the upstream's `Keep-Alive` field says so.
        package var idleTimeout: Duration
        /// Bytes of a header section, interim responses and trailers included.
        package var maxHeaderBytes: Int
        package var maxHeaderCount: Int
        /// Bytes of a body, before and after decompression.
        package var maxBodyBytes: Int
        /// Ask for gzip. An upstream that compresses unasked is understood either way.
        package var acceptsGzip: Bool
        /// A PEM file of certificates trusted beside the system's.
        package var trustRootFile: String?
        /// Turns a host name into addresses; may block. Every address is judged before one is connected to.
        package var resolve: @Sendable (_ host: String) throws -> [IPAddress]

        package init(
            allowAddresses: [CIDR] = [], maxConnections: Int = 128, maxWaiting: Int = 1024,
            connectTimeout: Duration = .seconds(5), queueTimeout: Duration = .seconds(5),
            readTimeout: Duration = .seconds(20), requestTimeout: Duration = .seconds(30),
            idleTimeout: Duration = .seconds(55), maxHeaderBytes: Int = 64 << 10, maxHeaderCount: Int = 128,
            maxBodyBytes: Int = 8 << 20, acceptsGzip: Bool = false, trustRootFile: String? = nil,
            resolve: @escaping @Sendable (_ host: String) throws -> [IPAddress] = resolveHost
        ) {
            self.allowAddresses = allowAddresses
            self.maxConnections = maxConnections
            self.maxWaiting = maxWaiting
            self.connectTimeout = connectTimeout
            self.queueTimeout = queueTimeout
            self.readTimeout = readTimeout
            self.requestTimeout = requestTimeout
            self.idleTimeout = idleTimeout
            self.maxHeaderBytes = maxHeaderBytes
            self.maxHeaderCount = maxHeaderCount
            self.maxBodyBytes = maxBodyBytes
            self.acceptsGzip = acceptsGzip
            self.trustRootFile = trustRootFile
            self.resolve = resolve
        }
    }
}
