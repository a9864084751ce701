import NIOCore
import NIOPosix

/// Sends bytes to a port of this machine and takes what comes back until the other side closes.
///
/// - Returns: what came within the time; it may be cut off there.
func sendRaw(_ bytes: [UInt8], to port: Int, on group: any EventLoopGroup, seconds: Int64 = 5) async throws -> [UInt8] {
    let loop = group.next()
    let answer = loop.makePromise(of: [UInt8].self)
    let channel: any Channel
    do {
        channel = try await ClientBootstrap(group: loop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(RawAnswerHandler(answer))
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
    } catch {
        answer.fail(error)
        throw error
    }
    let timer = loop.scheduleTask(in: .seconds(seconds)) { channel.close(promise: nil) }
    channel.writeAndFlush(channel.allocator.buffer(bytes: bytes), promise: nil)
    let taken = try await answer.futureResult.get()
    timer.cancel()
    return taken
}

private final class RawAnswerHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let answer: EventLoopPromise<[UInt8]>
    private var bytes: [UInt8] = []

    init(_ answer: EventLoopPromise<[UInt8]>) {
        self.answer = answer
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        bytes += Array(unwrapInboundIn(data).readableBytesView)
        if bytes.count > 16 << 20 { context.close(promise: nil) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        answer.succeed(bytes)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
