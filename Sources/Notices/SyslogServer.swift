import NIOCore
import NIOPosix
package import NIOSSL
import NIOTLS

/// Takes syslog messages over TLS (RFC 5425), one connection for each batch.
///
/// The protocol has no receipts. So a batch ends with the end of the connection: only once the server has closed its side as well,
/// by TLS and not only by TCP, has it read everything, and counts the batch as taken.
package struct SyslogServer: Sendable {
    /// Why a batch was not taken. For the log only.
    package struct Fault: Error, Sendable, Hashable {
        package let detail: String
    }

    private let host: String
    private let port: Int
    private let trustRoots: NIOSSLTrustRoots

    package init(host: String, port: Int, trustRoots: NIOSSLTrustRoots = .default) {
        self.host = host
        self.port = port
        self.trustRoots = trustRoots
    }

    /// - Parameters:
    ///   - frames: messages in their frames, one behind the other.
    ///   - limit: seconds for all of it.
    package func send(_ frames: [UInt8], limit: Int = 20) async throws(Fault) {
        do {
            var configuration = TLSConfiguration.makeClientConfiguration()
            configuration.minimumTLSVersion = .tlsv12
            configuration.trustRoots = trustRoots
            let context = try NIOSSLContext(configuration: configuration)
            let name = (try? SocketAddress(ipAddress: host, port: 0)) == nil ? host : nil
            let group = MultiThreadedEventLoopGroup.singleton
            let promise = group.next().makePromise(of: Void.self)
            let connecting = ClientBootstrap(group: group).connectTimeout(.seconds(5))
                .channelOption(.allowRemoteHalfClosure, value: true)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let pipeline = channel.pipeline.syncOperations
                        try pipeline.addHandler(NIOSSLClientHandler(context: context, serverHostname: name))
                        try pipeline.addHandler(LastWord(frames, promise))
                    }
                }
            let channel: any Channel
            do {
                channel = try await connecting.connect(host: host, port: port).get()
            } catch {
                promise.fail(error)
                throw error
            }
            let timer = channel.eventLoop.scheduleTask(in: .seconds(Int64(limit))) {
                promise.fail(Fault(detail: "the server did not end the connection within \(limit) s"))
            }
            defer {
                timer.cancel()
                channel.close(promise: nil)
            }
            try await withTaskCancellationHandler {
                try await promise.futureResult.get()
            } onCancel: {
                channel.close(promise: nil)
            }
        } catch let fault as Fault {
            throw fault
        } catch {
            throw Fault(detail: "\(error)")
        }
    }
}

/// Says everything once TLS stands, closes its side, and waits for the other's end.
private final class LastWord: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let bytes: [UInt8]
    private let promise: EventLoopPromise<Void>
    private var isOver = false

    init(_ bytes: [UInt8], _ promise: EventLoopPromise<Void>) {
        self.bytes = bytes
        self.promise = promise
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted? = event as? TLSUserEvent {
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
            context.close(mode: .output, promise: nil)
        }
        if case .inputClosed? = event as? ChannelEvent { end(.success(()), context) }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        end(.failure(SyslogServer.Fault(detail: "the connection was cut")), context)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        end(.failure(error), context)
    }

    private func end(_ result: Result<Void, any Error>, _ context: ChannelHandlerContext) {
        guard !isOver else { return }
        isOver = true
        promise.completeWith(result)
        context.close(promise: nil)
    }
}
