import NIOCore
import NIOPosix
import NIOSSL

/// Resolves the upstream's host, judges what it resolves to and connects to exactly that.
struct ConnectionOpener: Sendable {
    /// Addresses tried before giving up.
    static let maxAttempts = 4

    /// Of their own, because the system's resolver blocks for as long as a name server is silent.
    private static let resolvers: NIOThreadPool = {
        let pool = NIOThreadPool(numberOfThreads: 8)
        pool.start()
        return pool
    }()

    let origin: Origin
    let rule: AddressRule
    private let resolve: @Sendable (String) throws -> [IPAddress]
    private let tls: NIOSSLContext?

    init(origin: Origin, options: Upstream.Options) throws(UpstreamFault) {
        self.origin = origin
        rule = AddressRule(allowed: options.allowAddresses)
        resolve = options.resolve
        switch origin.scheme {
        case .http: tls = nil
        case .https: tls = try Self.makeTLS(trustRootFile: options.trustRootFile)
        }
    }

    var usesTLS: Bool { tls != nil }

    private static func makeTLS(trustRootFile: String?) throws(UpstreamFault) -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.certificateVerification = .fullVerification
        configuration.applicationProtocols = ["http/1.1"]
        configuration.renegotiationSupport = .none
        if let trustRootFile { configuration.additionalTrustRoots = [.file(trustRootFile)] }
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw UpstreamFault(.tlsFailed, didSend: false, detail: "the trust roots cannot be used: \(error)")
        }
    }

    /// The addresses to connect to, each of them judged. The error is an ``UpstreamFault``.
    func addresses(on loop: any EventLoop) -> EventLoopFuture<[IPAddress]> {
        switch origin.host {
        case .address(let address):
            return loop.makeCompletedFuture { try judge([address]) }
        case .name(let name):
            return Self.resolvers.runIfActive(eventLoop: loop) { [resolve] in
                do {
                    return try resolve(name)
                } catch {
                    throw UpstreamFault(.resolveFailed, didSend: false, detail: "\(name) cannot be resolved: \(error)")
                }
            }.flatMapThrowing { try judge($0) }
        }
    }

    /// All or nothing: a name of which one address is forbidden is not connected to at its other addresses either,
    /// since whoever answers for the name is then guessing at what lies inside.
    private func judge(_ addresses: [IPAddress]) throws -> [IPAddress] {
        for address in addresses {
            if let reason = rule.objection(to: address) {
                throw UpstreamFault(
                    .addressForbidden, didSend: false,
                    detail: "\(origin) has the address \(address): \(reason.rawValue)")
            }
        }
        guard !addresses.isEmpty else {
            throw UpstreamFault(.resolveFailed, didSend: false, detail: "\(origin) has no address")
        }
        return Array(addresses.prefix(Self.maxAttempts))
    }

    /// Connects to a judged address. `connection` hears of everything that happens once the channel is active.
    func connect(
        _ connection: UpstreamConnection, to address: IPAddress, within limit: TimeAmount, on loop: any EventLoop
    ) -> EventLoopFuture<any Channel> {
        let socketAddress: SocketAddress
        do {
            socketAddress = try SocketAddress(
                packedIPAddress: ByteBuffer(bytes: address.networkBytes), port: origin.port)
        } catch {
            return loop.makeFailedFuture(error)
        }
        let handler = NIOLoopBound(connection, eventLoop: loop)
        return ClientBootstrap(group: loop)
            .connectTimeout(limit)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let tls {
                        try pipeline.addHandler(NIOSSLClientHandler(context: tls, serverHostname: serverName))
                    }
                    try pipeline.addHandler(handler.value)
                }
            }
            .connect(to: socketAddress)
    }

    /// Whether the peer's certificate, which is trusted, is for the origin's host.
    func isNamed(by context: ChannelHandlerContext) -> Bool {
        guard let serverName else { return true }
        guard let certificate = try? context.pipeline.syncOperations.nioSSL_peerCertificate() else { return false }
        return CertificateName.isPresent(in: certificate, host: serverName)
    }

    /// For SNI and the certificate's name. A certificate for an address is checked against the peer's address.
    private var serverName: String? {
        switch origin.host {
        case .name(let name): name
        case .address: nil
        }
    }
}
