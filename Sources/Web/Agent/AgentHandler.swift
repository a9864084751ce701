import Core
import Engine
import HTTP
import JSON
import MCP
import NIOCore

/// One connection of the agent endpoint: one request at a time, in order.
///
/// The head is judged and authenticated before the body is read. Everything runs on the connection's event loop; the
/// call itself is a task on the same loop.
final class AgentHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = Never
    typealias OutboundOut = ByteBuffer

    private enum State {
        case idle
        /// The token is being verified; nothing more is read until that is done.
        case authenticating
        case receiving(RequestHead, Principal)
        /// The answer is settled; the rest of the request is read and dropped.
        case dropping(HTTPReply)
        case serving
        /// The last answer is out; what still comes is not looked at.
        case closing
    }

    private let parts: AgentParts
    private let executor: LoopExecutor
    private var reader = RequestReader()
    /// A head that passed the ladder; what the next request says before its body is mostly the same.
    private var passed: RequestHead?
    private var state = State.idle
    private var isKeepAlive = true
    private var isReadHeld = false
    private var isAdvancing = false
    private var isShuttingDown = false
    /// What the channel says of itself, which it takes long to find out.
    private var isActive = true
    private var isWritable = true
    private var task: Task<Void, Never>?
    private let line = InFlight.Line()
    private var cancelsOnClose = false
    private var writer = ReplyWriter()
    /// HTTP/1.0 knows no chunks, so its answers are never streams.
    private var knowsChunks = true
    private var isHead = false

    private var alarm = Alarm()
    /// When the connection is closed.
    private var deadline = NIODeadline.distantFuture
    /// Whether the deadline counts from the first byte of a request.
    private var hasBegun = false
    /// When the client of a long call hears the next sign of life, and what it asked.
    private var sign = NIODeadline.distantFuture
    private var asked: Exchange?
    /// Set by the first sign of life: from then on the status is 200, and nothing is before, so that quick errors keep
    /// their status.
    private var stream: AgentStream?

    /// Bytes of a refused request's body that are read for the sake of the connection.
    private static let maxDropped = 64 << 10
    /// Bytes of pipelined requests that are kept before reading stops.
    private static let maxWaiting = 64 << 10
    /// How long a client that was told to go has for reading that.
    private static let lingerSeconds = 2

    init(_ parts: AgentParts, executor: LoopExecutor) {
        self.parts = parts
        self.executor = executor
    }

    func handlerAdded(context: ChannelHandlerContext) {
        limitTime(parts.limits.idleSeconds, context)
    }

    // MARK: Bytes

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .closing = state { return }
        reader.add(unwrapInboundIn(data))
        advance(context)
    }

    /// Nothing more is read while there is enough to do, or while the client does not read its answers.
    func read(context: ChannelHandlerContext) {
        let isBusy =
            switch state {
            case .authenticating, .serving: reader.count >= Self.maxWaiting
            case .idle, .receiving, .dropping, .closing: false
            }
        if isBusy || !isWritable {
            isReadHeld = true
        } else {
            context.read()
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        isWritable = context.channel.isWritable
        if isWritable { advance(context) }
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is AgentShutdown else { return context.fireUserInboundEventTriggered(event) }
        isKeepAlive = false
        isShuttingDown = true
        if case .idle = state { close(context) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        isActive = false
        alarm.cancel()
        asked = nil
        stream = nil
        sign = .distantFuture
        if cancelsOnClose { task?.cancel() }
        if task == nil { parts.inFlight.remove(line) }
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    /// Takes up what has come, as far as the state allows.
    private func advance(_ context: ChannelHandlerContext) {
        // INVARIANT: an answer that is ready at once comes back here; the loop below goes on, not a deeper call.
        guard !isAdvancing else { return }
        isAdvancing = true
        defer { isAdvancing = false }
        do throws(FramingFlaw) {
            while isActive, isWritable, try step(context) {}
        } catch {
            refuseBytes(error, context)
        }
        if isReadHeld, isWritable {
            isReadHeld = false
            read(context: context)
        }
    }

    /// - Returns: false when more bytes, or the end of something else, have to come first.
    private func step(_ context: ChannelHandlerContext) throws(FramingFlaw) -> Bool {
        switch state {
        case .idle:
            if !hasBegun, reader.count > 0 {
                hasBegun = true
                limitTime(parts.limits.requestSeconds, context)
            }
            guard let head = try reader.nextHead() else { return false }
            begin(head, context)
        case .receiving(let head, let principal):
            guard let body = try reader.nextBody(limit: parts.ladder.limits.maxBodyBytes) else { return false }
            serve(head, body, as: principal, context)
        case .dropping(let reply):
            guard try reader.dropBody() else {
                if reader.dropped > Self.maxDropped { refuseRest(with: reply, context) }
                return false
            }
            finish(reply, context)
        case .authenticating, .serving, .closing: return false
        }
        return true
    }

    /// Answers bytes that are no request; nothing after them can be trusted to be one.
    private func refuseBytes(_ flaw: FramingFlaw, _ context: ChannelHandlerContext) {
        let status: Int
        switch (flaw.code, state) {
        case (.tooLarge, .idle): status = 431
        case (.tooLarge, .receiving): status = 413
        default: status = 400
        }
        if case .dropping(let reply) = state {
            refuseRest(with: reply, context)
        } else {
            refuseRest(with: HTTPReply(status: status), context)
        }
    }

    /// Answers a refused request without waiting for its body, and takes no other on this connection.
    private func refuseRest(with reply: HTTPReply, _ context: ChannelHandlerContext) {
        isKeepAlive = false
        send(reply, context)
        state = .closing
        reader.removeAll()
        context.close(mode: .output, promise: nil)
        limitTime(Self.lingerSeconds, context)
    }

    // MARK: Requests

    private func begin(_ head: RequestReader.Head, _ context: ChannelHandlerContext) {
        isKeepAlive = head.keepsAlive && !isShuttingDown
        knowsChunks = head.isCurrent
        isHead = head.request.method == "HEAD"
        judge(head, context)
        switch state {
        case .dropping(let reply):
            if case .counted(let length) = head.body, length > Self.maxDropped {
                return refuseRest(with: reply, context)
            }
            if head.expectsContinue { refuseRest(with: reply, context) }
        case .receiving where head.expectsContinue: sendContinue(context)
        default: break
        }
    }

    /// The word a client waits for before it sends its body (RFC 9110 §10.1.1).
    private func sendContinue(_ context: ChannelHandlerContext) {
        var buffer = context.channel.allocator.buffer(capacity: 32)
        buffer.writeStaticString("HTTP/1.1 100 Continue\r\n\r\n")
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
    }

    /// Decides by the head alone what becomes of a request.
    private func judge(_ head: RequestReader.Head, _ context: ChannelHandlerContext) {
        let request = head.request
        if request !== passed {
            let path = request.target.utf8.prefix { $0 != UInt8(ascii: "?") }
            guard request.target == "/mcp" || path.elementsEqual("/mcp".utf8) else {
                guard let page = parts.pages[String(Substring(path))] else {
                    state = .dropping(HTTPReply(status: 404))
                    return
                }
                let isAllowed = request.method == "GET" || isHead
                state = .dropping(isAllowed ? page : HTTPReply(status: 405, headers: [HeaderField("Allow", "GET")]))
                return
            }
            if let refusal = parts.ladder.before(request) {
                state = .dropping(refusal.reply)
                return
            }
            passed = request
        }
        guard case .token(let token) = head.bearer else {
            state = .dropping(parts.challenge(nil))
            return
        }
        let now = parts.now()
        if let principal = parts.authenticator.cached(token, at: now) {
            state = .receiving(request, principal)
            return
        }
        state = .authenticating
        let authenticator = parts.authenticator
        let expectsContinue = head.expectsContinue
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        task = Task(executorPreference: executor) {
            let result: Result<Principal, AuthenticationFault>
            do throws(AuthenticationFault) {
                result = .success(try await authenticator.authenticate(bearer: token.bytes, at: now))
            } catch {
                result = .failure(error)
            }
            let (handler, context) = bound.value
            handler.authenticated(result, request, expectsContinue, context)
        }
    }

    private func authenticated(
        _ result: Result<Principal, AuthenticationFault>, _ request: RequestHead, _ expectsContinue: Bool,
        _ context: ChannelHandlerContext
    ) {
        task = nil
        guard isActive else { return parts.inFlight.remove(line) }
        switch result {
        case .success(let principal):
            state = .receiving(request, principal)
            if expectsContinue { sendContinue(context) }
        case .failure(let fault):
            parts.onRefusedToken(fault)
            let reply = parts.challenge(fault)
            state = .dropping(reply)
            if expectsContinue { refuseRest(with: reply, context) }
        }
        advance(context)
    }

    private func serve(
        _ head: RequestHead, _ body: ByteBuffer, as principal: Principal, _ context: ChannelHandlerContext
    ) {
        deadline = .distantFuture
        switch parts.ladder.read(head, body: body.readableBytesUInt8Span) {
        case .reply(let reply): finish(reply, context)
        case .refused(let refusal): finish(refusal.reply, context)
        case .cancelled(let request):
            parts.inFlight.cancel(request, of: principal)
            finish(.accepted, context)
        case .answered(let question, let result):
            parts.questions.answer(question, result, of: principal)
            finish(.accepted, context)
        case .request(let exchange):
            state = .serving
            run(exchange, as: principal, context)
        }
    }

    private func run(_ exchange: Exchange, as principal: Principal, _ context: ChannelHandlerContext) {
        // Legacy clients may drop the connection and still want the call (mcp-wire: disconnect is no cancellation).
        cancelsOnClose = exchange.era == .modern
        let parts = parts
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        let isLegacy = exchange.era == .legacy
        var ask: AgentFace.Ask?
        if isLegacy, knowsChunks, exchange.accepts.events {
            ask = { question in
                guard let ticket = parts.questions.ask(parts.face.newID(), of: principal) else { return nil }
                defer { parts.questions.close(ticket) }
                let (handler, context) = bound.value
                handler.send(question.message(id: ticket.id, in: exchange.version), exchange, context)
                let timer = context.eventLoop.scheduleTask(in: .seconds(Int64(parts.limits.questionSeconds))) {
                    ticket.giveUp()
                }
                defer { timer.cancel() }
                return await ticket.answer().map { ElicitationAnswer(.object($0), to: question) }
            }
        }
        task = Task(executorPreference: executor) { [ask] in
            let answer = await parts.face.respond(to: exchange, as: principal, ask: ask)
            let (handler, context) = bound.value
            if isLegacy { parts.inFlight.end(on: handler.line) }
            handler.finish(answer, context)
        }
        if isLegacy, let task { parts.inFlight.begin(task, exchange.id, of: principal, on: line) }
        if knowsChunks, exchange.accepts.events, case .callTool = exchange.method {
            asked = exchange
            let limits = parts.limits
            sign =
                context.eventLoop.now
                + (exchange.progressToken == nil
                    ? .seconds(Int64(limits.keepAliveSeconds)) : .milliseconds(Int64(limits.progressMilliseconds)))
            watch(context)
        }
    }

    // MARK: Answers

    /// Sends a message before the answer.
    private func send(_ message: [UInt8], _ exchange: Exchange, _ context: ChannelHandlerContext) {
        guard isActive else { return }
        stream = write(EventStream.event(message), stream ?? AgentStream(exchange), context)
    }

    /// Writes a part of the stream, which begins with it unless it has begun.
    private func write(
        _ part: [UInt8], _ stream: AgentStream, _ context: ChannelHandlerContext
    ) -> AgentStream {
        var buffer = context.channel.allocator.buffer(capacity: part.count + 256)
        if self.stream == nil {
            writer.writeStreamHead(EventStream.opening, at: parts.now(), isKeepAlive: isKeepAlive, into: &buffer)
        }
        ReplyWriter.writeChunk(part, into: &buffer)
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
        return stream
    }

    private func giveSign(_ exchange: Exchange, _ context: ChannelHandlerContext) {
        var stream = stream ?? AgentStream(exchange)
        let sign = stream.sign()
        stream = write(sign, stream, context)
        let seconds = stream.tellsProgress ? AgentStream.progressSeconds : parts.limits.keepAliveSeconds
        self.sign = self.sign + .seconds(Int64(seconds))
        self.stream = stream
    }

    private func finish(_ answer: Answer, _ context: ChannelHandlerContext) {
        let isStreaming = stream != nil
        stream = nil
        asked = nil
        sign = .distantFuture
        guard isStreaming else { return finish(answer.reply, context) }
        var buffer = context.channel.allocator.buffer(capacity: answer.message.count + 64)
        ReplyWriter.writeChunk(EventStream.event(answer.message), into: &buffer)
        ReplyWriter.writeLastChunk(into: &buffer)
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
        next(context)
    }

    private func finish(_ reply: HTTPReply, _ context: ChannelHandlerContext) {
        send(reply, context)
        next(context)
    }

    private func send(_ reply: HTTPReply, _ context: ChannelHandlerContext) {
        guard isActive else { return }
        var buffer = ByteBufferAllocator().buffer(capacity: reply.body.count + 200)
        writer.write(reply, at: parts.now(), isKeepAlive: isKeepAlive, isHead: isHead, into: &buffer)
        context.write(wrapOutboundOut(buffer), promise: nil)
        // Where the connection ends with the answer, nothing may come between.
        if isKeepAlive { executor.flushes.value.add(context) } else { context.flush() }
    }

    private func next(_ context: ChannelHandlerContext) {
        state = .idle
        hasBegun = false
        task = nil
        cancelsOnClose = false
        guard isActive else { return parts.inFlight.remove(line) }
        guard isKeepAlive else { return end(context) }
        limitTime(parts.limits.idleSeconds, context)
        advance(context)
    }

    /// Lets the client read its last answer. INVARIANT: nothing behind it is served, however long the close takes.
    private func end(_ context: ChannelHandlerContext) {
        // Bytes that nobody reads would reset the connection, and the answer with it.
        guard reader.count > 0 else { return close(context) }
        state = .closing
        reader.removeAll()
        context.close(mode: .output, promise: nil)
        limitTime(Self.lingerSeconds, context)
    }

    private func close(_ context: ChannelHandlerContext) {
        state = .closing
        reader.removeAll()
        // The last answer may have been written a moment ago.
        context.flush()
        context.close(promise: nil)
    }

    // MARK: Time

    private func limitTime(_ seconds: Int, _ context: ChannelHandlerContext) {
        deadline = context.eventLoop.now + .seconds(Int64(seconds))
        watch(context)
    }

    private func watch(_ context: ChannelHandlerContext) {
        let moment = min(deadline, sign)
        guard alarm.isTooLate(for: moment) else { return }
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        alarm.wake(by: moment, on: context.eventLoop) {
            let (handler, context) = bound.value
            handler.ring(context)
        }
    }

    private func ring(_ context: ChannelHandlerContext) {
        alarm.hasRung()
        guard isActive else { return }
        let now = context.eventLoop.now
        if now >= deadline { return close(context) }
        if now >= sign, let asked { giveSign(asked, context) }
        if min(deadline, sign) < .distantFuture { watch(context) }
    }
}

/// Tells a connection that it is the last request it serves.
struct AgentShutdown {}
