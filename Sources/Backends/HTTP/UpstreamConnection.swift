import NIOCore
import NIOSSL
import NIOTLS

/// One connection to an upstream, from its opening to its close; the last handler of its channel.
final class UpstreamConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    enum State {
        /// Resolving, connecting, shaking hands. Goes to idle, busy or closed.
        case opening
        /// Goes to busy or closed.
        case idle
        /// Carries a request. Goes to settling or closed.
        case busy
        /// The response is complete, the read that brought its end is not. Goes to idle or closed.
        case settling
        case closed
    }

    private(set) var state = State.opening
    /// When the state has lasted too long.
    private(set) var deadline: NIODeadline
    private(set) var exchange: UpstreamExchange?

    private let pool: UpstreamPool
    private var context: ChannelHandlerContext?
    private var parser: ResponseParser
    private var hasServed = false
    /// Judged addresses that have not been tried.
    private var attempts: ArraySlice<IPAddress> = []

    init(pool: UpstreamPool, exchange: UpstreamExchange, deadline: NIODeadline) {
        self.pool = pool
        self.exchange = exchange
        self.deadline = deadline
        parser = ResponseParser(limits: pool.responseLimits, answersHead: false)
        exchange.connection = self
    }

    // MARK: Opening

    func open() {
        pool.opener.addresses(on: pool.loop).assumeIsolated().whenComplete { result in
            guard case .opening = self.state else { return self.pool.remove(self) }
            switch result {
            case .success(let addresses):
                self.attempts = addresses[...]
                self.connectToNext(after: nil)
            case .failure(let error as UpstreamFault): self.failOpening(error.code, error.detail)
            case .failure(let error): self.failOpening(.resolveFailed, "\(error)")
            }
        }
    }

    private func connectToNext(after error: (any Error)?) {
        guard let address = attempts.first else {
            return failOpening(.connectFailed, "\(pool.opener.origin): \(error.map { "\($0)" } ?? "no address")")
        }
        let share = (deadline - .now()).nanoseconds / Int64(attempts.count)
        attempts.removeFirst()
        pool.opener.connect(self, to: address, within: .nanoseconds(max(share, 1_000_000)), on: pool.loop)
            .assumeIsolated().whenFailure { error in
                guard case .opening = self.state else { return self.pool.remove(self) }
                if self.attempts.isEmpty, case ChannelError.connectTimeout = error {
                    return self.failOpening(
                        .timedOut, "\(self.pool.opener.origin): connecting to \(address) takes too long")
                }
                self.connectToNext(after: error)
            }
    }

    /// INVARIANT: called in `opening` only, and no channel is active or ever will be.
    private func failOpening(_ code: UpstreamFault.Code, _ detail: String) {
        state = .closed
        exchange.take()?.fail(code, detail)
        pool.remove(self)
    }

    private func becomeReady() {
        guard case .opening = state else { return closeNow() }
        hasServed = false
        if let exchange = exchange.take(), !exchange.isFinished {
            send(exchange, now: .now())
        } else {
            becomeIdle()
        }
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        // The channel of a failed attempt is torn down after the next one has begun.
        if self.context === context { self.context = nil }
    }

    func channelActive(context: ChannelHandlerContext) {
        if !pool.opener.usesTLS { becomeReady() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case .handshakeCompleted? = event as? TLSUserEvent else { return }
        guard pool.opener.isNamed(by: context) else {
            exchange.take()?.fail(.tlsFailed, "\(pool.opener.origin): the certificate is for another name")
            return closeNow()
        }
        becomeReady()
    }

    // MARK: A request

    /// Whether the peer has not closed its side, as far as the system knows.
    ///
    /// The event loop hears of a close only when it polls again; a request sent before that is lost, and one that must
    /// not be sent twice is then a call of unknown outcome. Asking costs one system call.
    var isOpenAtPeer: Bool {
        #if os(Linux)
            // The first byte of the kernel's tcp_info is the state; 1 is ESTABLISHED (linux/tcp.h, net/tcp_states.h).
            let tcpInfo = NIOBSDSocket.Option(rawValue: 11)
            guard let options = context?.channel.syncOptions,
                let value = try? options.getOption(ChannelOptions.Types.SocketOption(level: .tcp, name: tcpInfo))
            else { return false }
            return CInt(truncatingIfNeeded: value).littleEndian & 0xFF == 1
        #else
            return context?.channel.isActive ?? false
        #endif
    }

    /// INVARIANT: called in `opening` when ready, or in `idle`.
    func send(_ exchange: UpstreamExchange, now: NIODeadline) {
        guard let context else { return exchange.fail(.closedBeforeResponse, "the connection is gone") }
        self.exchange = exchange
        exchange.connection = self
        exchange.didSend = true
        state = .busy
        parser = ResponseParser(limits: pool.responseLimits, answersHead: exchange.isHead, after: parser)
        setDeadline(min(exchange.deadline, now + pool.readLimit))
        context.write(wrapOutboundOut(exchange.bytes), promise: nil)
        pool.flushSoon(context)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = unwrapInboundIn(data)
        guard case .busy = state, let exchange else {
            // Bytes that answer nothing: the next request must not take them for its response.
            return closeNow()
        }
        do throws(ResponseFlaw) {
            guard try parser.consume(&buffer) else {
                return setDeadline(min(exchange.deadline, .now() + pool.readLimit))
            }
        } catch {
            return fail(error.code, error.detail)
        }
        // A peer that answers before it has taken the whole request leaves unsent bytes behind.
        let isClean = buffer.readableBytes == 0 && parser.keepsAlive && context.channel.isWritable
        finish(exchange)
        if isClean {
            state = .settling
            hasServed = true
        } else {
            close()
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        // Only now is it certain that the read brought nothing behind the response.
        if case .settling = state { becomeIdle() }
    }

    private func finish(_ exchange: UpstreamExchange) {
        self.exchange = nil
        guard let response = parser.takeResponse() else {
            return exchange.fail(.protocolViolation, "the response has no head")
        }
        exchange.finish(.success(response))
    }

    private func becomeIdle() {
        state = .idle
        var limit = pool.idleLimit
        if let seconds = parser.keepAliveSeconds {
            // The upstream's clock started earlier than ours.
            limit = min(limit, .seconds(Int64(seconds) - 1))
        }
        guard limit > .nanoseconds(0), !pool.isShuttingDown || pool.hasWaiting else { return close() }
        setDeadline(.now() + limit)
        pool.release(self)
    }

    // MARK: Ends

    func channelInactive(context: ChannelHandlerContext) {
        switch state {
        case .opening:
            state = .closed
            exchange.take()?.fail(
                pool.opener.usesTLS ? .tlsFailed : .connectFailed,
                "\(pool.opener.origin): closed while the connection was opened")
        case .busy:
            do throws(ResponseFlaw) {
                try parser.end()
                if let exchange { finish(exchange) }
                state = .closed
            } catch {
                fail(error.code, error.detail)
            }
        case .idle, .settling, .closed:
            state = .closed
        }
        self.context = nil
        pool.remove(self)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch state {
        case .opening:
            exchange.take()?.fail(
                pool.opener.usesTLS ? .tlsFailed : .connectFailed, "\(pool.opener.origin): \(error)")
        case .busy:
            // Where only the end of the connection ends the body, an end without a TLS closure alert may be forged.
            fail(parser.hasStarted ? .truncated : .closedBeforeResponse, "\(error)")
        case .idle, .settling, .closed: break
        }
        closeNow()
    }

    /// Ends the request with a fault, or sends it again if the connection was stale before it got there.
    private func fail(_ code: UpstreamFault.Code, _ detail: String) {
        guard let exchange = exchange.take() else { return closeNow() }
        exchange.connection = nil
        closeNow()
        if case .closedBeforeResponse = code, hasServed, exchange.isIdempotent, !exchange.isFinished {
            pool.retry(exchange)
        } else {
            exchange.fail(code, detail)
        }
    }

    /// The task no longer waits.
    func abandon(_ abandoned: UpstreamExchange) {
        guard exchange === abandoned else { return }
        exchange = nil
        // What is being opened may serve another request.
        if case .busy = state { closeNow() }
    }

    /// ``deadline`` has passed.
    func expire() {
        switch state {
        case .opening:
            exchange.take()?.fail(.timedOut, "\(pool.opener.origin): opening a connection takes too long")
            closeNow()
        case .busy:
            let isWhole = (exchange?.deadline ?? .now()) <= .now()
            fail(.timedOut, isWhole ? "the request takes too long" : "the upstream is silent")
        case .idle: close()
        case .settling, .closed: break
        }
    }

    /// Closes in order, with TLS's closure alert.
    func close() {
        guard state != .closed else { return }
        state = .closed
        pool.withdraw(self)
        context?.close(promise: nil)
    }

    /// Closes at once: whatever the peer still sends is not waited for.
    private func closeNow() {
        state = .closed
        pool.withdraw(self)
        guard let context else { return }
        if pool.opener.usesTLS,
            let tls = try? context.pipeline.syncOperations.context(handlerType: NIOSSLClientHandler.self)
        {
            // From there the close does not pass the TLS handler, which would wait for the peer's alert.
            tls.close(promise: nil)
        } else {
            context.close(promise: nil)
        }
    }

    private func setDeadline(_ deadline: NIODeadline) {
        self.deadline = deadline
        pool.watch(deadline)
    }
}
