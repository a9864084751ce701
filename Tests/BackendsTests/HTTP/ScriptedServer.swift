import Glibc
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// A server on the loopback that answers requests with exact bytes.
final class ScriptedServer: Sendable {
    enum Step: Sendable {
        case send(String)
        case sendBytes([UInt8])
        /// Closes in order.
        case close
        /// Closes with a reset.
        case reset
        /// Ends the TCP connection without TLS's closure alert.
        case cut
        /// Waits for ``ScriptedServer/open()``.
        case gate
    }

    /// Which request of which connection is to be answered; both count from 0.
    struct Turn: Sendable, Hashable {
        let connection: Int
        let request: Int
    }

    private struct State {
        var connections = 0
        var closed = 0
        var requests: [String] = []
        var isOpen = false
        var gated: [EventLoopPromise<Void>] = []
        var watchers: [(isReached: @Sendable (ScriptedServer.Count) -> Bool, promise: EventLoopPromise<Void>)] = []
    }

    /// What has happened so far.
    struct Count: Sendable {
        var connections = 0
        var closed = 0
        var requests = 0
    }

    private let state = Mutex(State())
    private let script: @Sendable (Turn) -> [Step]
    private let channel: Mutex<(any Channel)?> = Mutex(nil)
    let port: Int

    static let loop: any EventLoop = MultiThreadedEventLoopGroup.singleton.next()

    private init(port: Int, script: @escaping @Sendable (Turn) -> [Step]) {
        self.port = port
        self.script = script
    }

    /// Starts a server, runs `body` with it, and stops it.
    static func run(
        tls: NIOSSLContext? = nil, script: @escaping @Sendable (Turn) -> [Step],
        body: (ScriptedServer) async throws -> Void
    ) async throws {
        let box = Mutex<ScriptedServer?>(nil)
        let listener = try await ServerBootstrap(group: loop)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard let server = box.withLock({ $0 }) else { throw ChannelError.alreadyClosed }
                    if let tls { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
                    try channel.pipeline.syncOperations.addHandler(Handler(server))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let server = ScriptedServer(port: listener.localAddress?.port ?? 0, script: script)
        box.withLock { $0 = server }
        do {
            try await body(server)
        } catch {
            try await listener.close().get()
            throw error
        }
        server.open()
        try await listener.close().get()
    }

    static func run(_ answer: String, body: (ScriptedServer) async throws -> Void) async throws {
        try await run(script: { _ in [.send(answer)] }, body: body)
    }

    var count: Count {
        state.withLock { Count(connections: $0.connections, closed: $0.closed, requests: $0.requests.count) }
    }

    var requests: [String] { state.withLock { $0.requests } }

    /// Lets answers behind a gate go on, those to come included.
    func open() {
        let gated = state.withLock { state in
            state.isOpen = true
            defer { state.gated = [] }
            return state.gated
        }
        for promise in gated { promise.succeed() }
    }

    /// Returns when the server has seen so much.
    func reaches(_ condition: @escaping @Sendable (Count) -> Bool) async throws {
        let promise = Self.loop.makePromise(of: Void.self)
        state.withLock { $0.watchers.append((condition, promise)) }
        note { _ in }
        try await promise.futureResult.get()
    }

    private func note(_ change: (inout State) -> Void) {
        let reached = state.withLock { state in
            change(&state)
            let count = Count(
                connections: state.connections, closed: state.closed, requests: state.requests.count)
            let reached = state.watchers.filter { $0.isReached(count) }
            state.watchers.removeAll { $0.isReached(count) }
            return reached.map(\.promise)
        }
        for promise in reached { promise.succeed() }
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let server: ScriptedServer
        private var received: [UInt8] = []
        private var connection = 0
        private var request = 0

        init(_ server: ScriptedServer) {
            self.server = server
        }

        func channelActive(context: ChannelHandlerContext) {
            server.note { state in
                connection = state.connections
                state.connections += 1
            }
        }

        func channelInactive(context: ChannelHandlerContext) {
            server.note { $0.closed += 1 }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            received += Array(buffer: unwrapInboundIn(data))
            while let text = nextRequest() {
                let turn = Turn(connection: connection, request: request)
                request += 1
                server.note { $0.requests.append(text) }
                perform(server.script(turn)[...], context: context)
            }
        }

        /// Head and body of the next request once they are complete.
        private func nextRequest() -> String? {
            let text = String(decoding: received, as: UTF8.self)
            guard let end = text.firstRange(of: "\r\n\r\n") else { return nil }
            var length = 0
            for line in text[..<end.lowerBound].split(separator: "\r\n") where line.hasPrefix("Content-Length: ") {
                length = Int(line.dropFirst(16)) ?? 0
            }
            let total = text[..<end.upperBound].utf8.count + length
            guard received.count >= total else { return nil }
            defer { received.removeFirst(total) }
            return String(decoding: received[..<total], as: UTF8.self)
        }

        private func perform(_ steps: ArraySlice<Step>, context: ChannelHandlerContext) {
            guard let step = steps.first else { return }
            switch step {
            case .send(let text):
                context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
            case .sendBytes(let bytes):
                context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
            case .close:
                return context.close(promise: nil)
            case .reset:
                guard let options = context.channel as? any SocketOptionProvider else { return }
                return options.setSoLinger(linger(l_onoff: 1, l_linger: 0)).assumeIsolated().whenComplete { _ in
                    context.close(promise: nil)
                }
            case .cut:
                let tls = try? context.pipeline.syncOperations.context(handlerType: NIOSSLServerHandler.self)
                tls?.close(promise: nil)
                return
            case .gate:
                let promise = context.eventLoop.makePromise(of: Void.self)
                let isOpen = server.state.withLock { state in
                    if !state.isOpen { state.gated.append(promise) }
                    return state.isOpen
                }
                if isOpen { promise.succeed() }
                let rest = steps.dropFirst()
                return promise.futureResult.assumeIsolated().whenSuccess { self.perform(rest, context: context) }
            }
            perform(steps.dropFirst(), context: context)
        }
    }
}

extension Array where Element == UInt8 {
    init(buffer: ByteBuffer) {
        self = Array(buffer.readableBytesView)
    }
}
