package import Logging
package import NIOCore
import NIOPosix
package import NIOSSL
import ServiceLifecycle
import Synchronization

/// Listens for agents.
package struct AgentServer: Service {
    private let parts: AgentParts
    private let host: String
    private let port: Int
    private let tls: NIOSSLContext?
    private let group: any EventLoopGroup
    private let logger: Logger
    private let onListening: @Sendable (SocketAddress) -> Void

    package init(
        parts: AgentParts, host: String, port: Int, tls: NIOSSLContext?, group: any EventLoopGroup, logger: Logger,
        onListening: @escaping @Sendable (SocketAddress) -> Void
    ) {
        self.parts = parts
        self.host = host
        self.port = port
        self.tls = tls
        self.group = group
        self.logger = logger
        self.onListening = onListening
    }

    /// Serves until the service group shuts down; then no connection is accepted and open ones end.
    package func run() async throws {
        let open = OpenChannels(limit: parts.limits.maxConnections)
        let channel = try await bootstrap(open).bind(host: host, port: port).get()
        if let address = channel.localAddress { onListening(address) }
        try await withTaskCancellationOrGracefulShutdownHandler {
            try await channel.closeFuture.get()
        } onCancelOrGracefulShutdown: {
            channel.close(promise: nil)
        }
        await open.drain(seconds: parts.limits.drainSeconds)
    }

    private func bootstrap(_ open: OpenChannels) -> ServerBootstrap {
        let parts = parts
        let tls = tls
        let executors = group.makeIterator().map(LoopExecutor.init)
        return ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.maxMessagesPerRead, value: 4)
            .childChannelInitializer { channel in
                guard let executor = executors.first(where: { $0.loop === channel.eventLoop }), open.add(channel)
                else { return channel.close() }
                return channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let tls { try pipeline.addHandler(NIOSSLServerHandler(context: tls)) }
                    try pipeline.addHandler(AgentHandler(parts, executor: executor))
                }
            }
    }
}

/// The connections that are open, so that there are not too many and shutdown finds them.
private final class OpenChannels: Sendable {
    private let channels = Mutex<[ObjectIdentifier: any Channel]>([:])
    private let limit: Int

    init(limit: Int) {
        self.limit = limit
    }

    func add(_ channel: any Channel) -> Bool {
        let isAdded = channels.withLock { channels in
            guard channels.count < limit else { return false }
            channels[ObjectIdentifier(channel)] = channel
            return true
        }
        if isAdded {
            channel.closeFuture.whenComplete { [self] _ in
                channels.withLock { _ = $0.removeValue(forKey: ObjectIdentifier(channel)) }
            }
        }
        return isAdded
    }

    /// Lets requests that are being served come to their end, then closes what is left.
    func drain(seconds: Int) async {
        let open = channels.withLock { Array($0.values) }
        for channel in open { channel.pipeline.fireUserInboundEventTriggered(AgentShutdown()) }
        let timers = open.map { channel in
            channel.eventLoop.scheduleTask(in: .seconds(Int64(seconds))) { channel.close(promise: nil) }
        }
        for channel in open { try? await channel.closeFuture.get() }
        for timer in timers { timer.cancel() }
    }
}
