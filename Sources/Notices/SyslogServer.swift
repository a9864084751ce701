import NIOCore
package import NIOSSL
import NIOTLS

/// Takes syslog messages over TLS (RFC 5425), one connection for each batch.
///
/// The protocol has no receipts. So a batch ends with the end of the connection: it counts as taken once all of it was handed over
/// and our side was closed, and the server then closed its own, by TLS and not only by TCP. A relay that answers for a server which
/// is away may do that as well.
package struct SyslogServer: Sendable {
    /// Why a batch was not taken. For the log only.
    package struct Fault: Error, Sendable, Hashable {
        package let detail: String
    }

    private let host: String
    private let address: String
    private let port: Int
    private let trustRoots: NIOSSLTrustRoots

    /// - Parameters:
    ///   - host: the name that the certificate has to bear.
    ///   - address: where to connect.
    package init(host: String, address: String, port: Int, trustRoots: NIOSSLTrustRoots = .default) {
        self.host = host
        self.address = address
        self.port = port
        self.trustRoots = trustRoots
    }

    /// - Parameters:
    ///   - frames: messages in their frames, one behind the other.
    ///   - limit: seconds for all of it.
    package func send(_ frames: [UInt8], limit: Int = 20) async throws(Fault) {
        do {
            let context = try clientTLS(trustRoots)
            let name = serverName(host)
            try await withChannel(to: address, port: port, limit: limit, halfClosure: true) { channel, promise in
                let pipeline = channel.pipeline.syncOperations
                try pipeline.addHandler(NIOSSLClientHandler(context: context, serverHostname: name))
                try pipeline.addHandler(LastWord(frames, promise))
            }
        } catch let fault as ChannelFault {
            throw Fault(detail: fault.detail)
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
    /// Whether everything was handed over, and our side is closed.
    private var isSaid = false

    init(_ bytes: [UInt8], _ promise: EventLoopPromise<Void>) {
        self.bytes = bytes
        self.promise = promise
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted? = event as? TLSUserEvent {
            let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
            context.write(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
            context.flush()
            let closed = context.eventLoop.makePromise(of: Void.self)
            context.close(mode: .output, promise: closed)
            closed.futureResult.whenComplete { result in
                let (handler, context) = bound.value
                switch result {
                case .success: handler.isSaid = true
                case .failure(let error): handler.end(.failure(error), context)
                }
            }
        }
        if case .inputClosed? = event as? ChannelEvent {
            end(
                isSaid
                    ? .success(())
                    : .failure(SyslogServer.Fault(detail: "the server closed before it had everything")), context)
        }
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
