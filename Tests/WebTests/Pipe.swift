import NIOCore
import NIOEmbedded

@testable import Web

/// One connection of the agent endpoint without a network, whose clock moves when told.
final class Pipe {
    private let channel: NIOAsyncTestingChannel
    private var text = ""

    /// - Parameter holdsClose: whether closing takes for ever, as it may where TLS says goodbye first.
    init(_ parts: AgentParts, holdsClose: Bool = false) async throws {
        channel = try await NIOAsyncTestingChannel { channel in
            if holdsClose { try channel.pipeline.syncOperations.addHandler(CloseHolder()) }
            try channel.pipeline.syncOperations.addHandler(
                AgentHandler(parts, executor: LoopExecutor(channel.eventLoop)))
        }
        try await channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).get()
    }

    var isOpen: Bool { channel.isActive }

    func send(_ requests: Request...) async throws {
        try await send(requests.map(\.text).joined())
    }

    func send(_ text: String) async throws {
        _ = try? await channel.writeInbound(ByteBuffer(string: text))
        try await settle()
    }

    /// Lets time pass.
    func advance(_ time: TimeAmount) async throws {
        await channel.testingEventLoop.advanceTime(by: time)
        try await settle()
    }

    /// The client goes away.
    func hangUp() async throws {
        try? await channel.close().get()
        try await settle()
    }

    /// Runs whatever can run.
    func settle() async throws {
        for _ in 0..<8 {
            await channel.testingEventLoop.run()
            await Task.yield()
        }
        while let buffer = try await channel.readOutbound(as: ByteBuffer.self) { text += String(buffer: buffer) }
    }

    /// The next whole response; nil when there is none yet.
    func response(isBare: Bool = false) -> Response? {
        Response(&text, isBare: isBare)
    }

    /// All responses so far.
    func responses() -> [Response] {
        var responses: [Response] = []
        while let response = response() { responses.append(response) }
        return responses
    }

    /// What came and is no whole response yet.
    var rest: String { text }
}

/// Never lets a close come through.
private final class CloseHolder: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {}
}
