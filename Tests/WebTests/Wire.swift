import Foundation
import NIOCore
import NIOPosix
import Synchronization

/// A client's end of a real connection.
final class Wire: Sendable {
    private struct State {
        var text = ""
        var isClosed = false
        var watchers: [EventLoopPromise<Void>] = []
    }

    private let state = Mutex(State())
    private let channel: Mutex<(any Channel)?> = Mutex(nil)
    private static let loop: any EventLoop = MultiThreadedEventLoopGroup.singleton.next()

    static func connect(port: Int) async throws -> Wire {
        let wire = Wire()
        let channel = try await wire.bootstrap.connect(host: "127.0.0.1", port: port).get()
        wire.channel.withLock { $0 = channel }
        return wire
    }

    static func connect(path: String) async throws -> Wire {
        let wire = Wire()
        let channel = try await wire.bootstrap.connect(unixDomainSocketPath: path).get()
        wire.channel.withLock { $0 = channel }
        return wire
    }

    private var bootstrap: ClientBootstrap {
        ClientBootstrap(group: Self.loop).channelInitializer { [self] channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(Handler(self))
            }
        }
    }

    /// Sends without waiting: the other end may have gone.
    func send(_ text: String) {
        let channel = channel.withLock { $0 }
        channel?.writeAndFlush(ByteBuffer(string: text), promise: nil)
    }

    func hangUp() async throws {
        try await channel.withLock { $0 }?.close().get()
    }

    /// The next whole response.
    ///
    /// - Throws: when the connection ends before it is there.
    func response() async throws -> Response {
        try await take { Response(&$0) }
    }

    /// The next line without its end.
    func line() async throws -> String {
        try await take { text in
            guard let end = text.firstIndex(of: "\n") else { return nil }
            defer { text = String(text[text.index(after: end)...]) }
            return String(text[..<end])
        }
    }

    /// Returns when the other end has closed.
    ///
    /// - Returns: what came and was not taken.
    func closed() async throws -> String {
        while true {
            let (text, isClosed, watcher) = watch()
            if isClosed { return text }
            try await watcher.futureResult.get()
        }
    }

    private func take<Part>(_ part: (inout String) -> Part?) async throws -> Part {
        while true {
            let (_, isClosed, watcher) = watch()
            if let found = state.withLock({ part(&$0.text) }) { return found }
            if isClosed { throw ChannelError.eof }
            try await watcher.futureResult.get()
        }
    }

    private func watch() -> (text: String, isClosed: Bool, watcher: EventLoopPromise<Void>) {
        let promise = Self.loop.makePromise(of: Void.self)
        let (text, isClosed) = state.withLock { state in
            if !state.isClosed { state.watchers.append(promise) }
            return (state.text, state.isClosed)
        }
        if isClosed { promise.succeed() }
        return (text, isClosed, promise)
    }

    private func change(_ change: (inout State) -> Void) {
        let watchers = state.withLock { state in
            change(&state)
            defer { state.watchers = [] }
            return state.watchers
        }
        for watcher in watchers { watcher.succeed() }
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let wire: Wire

        init(_ wire: Wire) {
            self.wire = wire
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let text = String(buffer: unwrapInboundIn(data))
            wire.change { $0.text += text }
        }

        func channelInactive(context: ChannelHandlerContext) {
            wire.change { $0.isClosed = true }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }
    }
}
