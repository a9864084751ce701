import NIOCore
package import NIOSSL

/// Hands mail to a server, one connection for each message.
package struct MailServer: Sendable {
    /// How the connection is kept private.
    package enum Security: String, Sendable, Hashable, CaseIterable {
        /// TLS from the first byte (RFC 8314 §3).
        case implicit
        /// TLS once both agree (RFC 3207).
        case startTLS = "starttls"
        /// Only for a server on the same machine.
        case none
    }

    /// Why a message was not taken. For the log only; holds nothing of the credential.
    package struct Fault: Error, Sendable, Hashable {
        package let detail: String
    }

    private let host: String
    private let port: Int
    private let security: Security
    private let trustRoots: NIOSSLTrustRoots

    package init(host: String, port: Int, security: Security, trustRoots: NIOSSLTrustRoots = .default) {
        self.host = host
        self.port = port
        self.security = security
        self.trustRoots = trustRoots
    }

    /// Sends one message once.
    ///
    /// - Parameter limit: seconds for all of it.
    package func send(
        _ message: MailMessage, user: String?, password: [UInt8], limit: Int = 20
    ) async throws(Fault) {
        let dialogue = SMTPDialogue(
            message,
            security: security,
            host: String(message.from.text.split(separator: "@").last ?? "localhost"),
            credential: user.map { ($0, password) })
        do {
            let context = security == .none ? nil : try clientTLS(trustRoots)
            let name = serverName(host)
            let begins = security == .implicit
            try await withChannel(to: host, port: port, limit: limit) { channel, promise in
                let pipeline = channel.pipeline.syncOperations
                if begins, let context {
                    try pipeline.addHandler(NIOSSLClientHandler(context: context, serverHostname: name))
                }
                try pipeline.addHandler(SMTPHandler(dialogue, context, name: name, promise))
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

/// Speaks a dialogue over a channel.
private final class SMTPHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var dialogue: SMTPDialogue
    private let tls: NIOSSLContext?
    private let name: String?
    private let promise: EventLoopPromise<Void>
    private var isOver = false

    init(_ dialogue: SMTPDialogue, _ tls: NIOSSLContext?, name: String?, _ promise: EventLoopPromise<Void>) {
        self.dialogue = dialogue
        self.tls = tls
        self.name = name
        self.promise = promise
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = Array(buffer: unwrapInboundIn(data))
        take(dialogue.receive(bytes), context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        end(.failure(MailServer.Fault(detail: "the server closed the connection")), context)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        end(.failure(error), context)
    }

    private func take(_ steps: [SMTPDialogue.Step], _ context: ChannelHandlerContext) {
        for step in steps {
            switch step {
            case .send(let bytes):
                context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
            case .done: end(.success(()), context)
            case .fail(let detail): end(.failure(MailServer.Fault(detail: detail)), context)
            case .beginTLS:
                do {
                    guard let tls else { throw MailServer.Fault(detail: "no TLS") }
                    let handler = try NIOSSLClientHandler(context: tls, serverHostname: name)
                    try context.pipeline.syncOperations.addHandler(handler, position: .first)
                    take(dialogue.afterTLS(), context)
                } catch {
                    end(.failure(error), context)
                }
            }
        }
    }

    private func end(_ result: Result<Void, any Error>, _ context: ChannelHandlerContext) {
        guard !isOver else { return }
        isOver = true
        promise.completeWith(result)
        if case .failure = result { context.close(promise: nil) }
    }
}
