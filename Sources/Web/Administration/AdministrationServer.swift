package import JSON
package import Logging
package import NIOCore
import NIOPosix
import ServiceLifecycle

#if canImport(Glibc)
    import Glibc
#endif

/// Answers the commands of people who may reach the data directory: one JSON object a line, on a Unix socket of mode
/// 0600.
package struct AdministrationServer: Service {
    private let path: String
    private let group: any EventLoopGroup
    private let logger: Logger
    private let answer: @Sendable (JSONValue) async -> JSONValue
    private let onListening: @Sendable () -> Void

    /// Bytes of one request.
    static let maxLine = 1 << 20

    package init(
        path: String, group: any EventLoopGroup, logger: Logger,
        answer: @escaping @Sendable (JSONValue) async -> JSONValue,
        onListening: @escaping @Sendable () -> Void = {}
    ) {
        self.path = path
        self.group = group
        self.logger = logger
        self.answer = answer
        self.onListening = onListening
    }

    package func run() async throws {
        // A socket that a killed process left behind: the lock says that nobody owns it.
        unsafe unlink(path)
        let answer = answer
        let socket = try bindPrivateSocket(path)
        let channel = try await ServerBootstrap(group: group)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AdministrationHandler(answer: answer))
                }
            }
            .withBoundSocket(socket).get()
        onListening()
        try await withTaskCancellationOrGracefulShutdownHandler {
            try await channel.closeFuture.get()
        } onCancelOrGracefulShutdown: {
            channel.close(promise: nil)
        }
        unsafe unlink(path)
    }
}

/// One connection: requests are answered one after the other.
private final class AdministrationHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let answer: @Sendable (JSONValue) async -> JSONValue
    private var bytes: [UInt8] = []
    private var isBusy = false

    init(answer: @escaping @Sendable (JSONValue) async -> JSONValue) {
        self.answer = answer
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        bytes.append(contentsOf: unwrapInboundIn(data).readableBytesView)
        guard bytes.count <= AdministrationServer.maxLine else {
            context.close(promise: nil)
            return
        }
        take(context)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func take(_ context: ChannelHandlerContext) {
        guard !isBusy, let end = bytes.firstIndex(of: 0x0A) else { return }
        let line = Array(bytes[..<end])
        bytes.removeFirst(end + 1)
        guard let request = try? JSONParser.parse(line) else {
            context.close(promise: nil)
            return
        }
        isBusy = true
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        let answer = answer
        let loop = context.eventLoop
        Task {
            let reply = await answer(request)
            loop.execute {
                let (handler, context) = bound.value
                handler.send(reply, context)
            }
        }
    }

    private func send(_ reply: JSONValue, _ context: ChannelHandlerContext) {
        isBusy = false
        var buffer = context.channel.allocator.buffer(capacity: 256)
        buffer.writeBytes(reply.bytes)
        buffer.writeInteger(UInt8(0x0A))
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
        take(context)
    }
}
