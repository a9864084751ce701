import Core
import Engine
import MCP
import NIOCore
import NIOHTTP1

/// One connection of the agent endpoint: one request at a time, in order.
///
/// The head is judged and authenticated before the body is read. Everything runs on the connection's event loop; the
/// call itself is a task on the same loop.
final class AgentHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = Never
    typealias OutboundOut = ByteBuffer

    private enum State {
        case idle
        /// The token is being verified; nothing more is read until that is done.
        case authenticating
        case receiving(RequestHead, Principal, ByteBuffer?)
        /// The answer is settled; the rest of the request is read and dropped.
        case dropping(HTTPReply)
        case serving
        /// The last answer is out; what still comes is not read.
        case closing
    }

    private let parts: AgentParts
    private let executor: LoopExecutor
    private var state = State.idle
    private var isKeepAlive = true
    private var waiting: [HTTPServerRequestPart] = []
    private var isReadHeld = false
    private var isResuming = false
    private var task: Task<Void, Never>?
    private var cancelsOnClose = false
    private var stream: AgentStream?
    private var date = HTTPDate()
    private var deadline: Scheduled<Void>?
    private var isShuttingDown = false
    /// Whether something came that is no HTTP; the decoder hands on nothing after it.
    private var isBroken = false
    private var dropped = 0
    /// HTTP/1.0 knows no chunks, so its answers are never streams.
    private var knowsChunks = true
    private var isHead = false

    /// Bytes of a refused request's body that are read for the sake of the connection.
    private static let maxDropped = 64 << 10
    /// Parts of a pipelined request that are kept before reading stops.
    private static let maxWaiting = 64

    init(_ parts: AgentParts, executor: LoopExecutor) {
        self.parts = parts
        self.executor = executor
    }

    func handlerAdded(context: ChannelHandlerContext) {
        limitTime(parts.limits.idleSeconds, context)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        switch state {
        case .idle, .receiving, .dropping:
            // What waits comes first, and nothing is answered while the client does not read.
            if waiting.isEmpty, context.channel.isWritable { receive(part, context) } else { waiting.append(part) }
        case .authenticating, .serving: waiting.append(part)
        case .closing: break
        }
    }

    /// Nothing more is read while there is enough to do, or while the client does not read its answers.
    func read(context: ChannelHandlerContext) {
        if waiting.count >= Self.maxWaiting || !context.channel.isWritable {
            isReadHeld = true
        } else {
            context.read()
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { resume(context) }
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is AgentShutdown else { return context.fireUserInboundEventTriggered(event) }
        isKeepAlive = false
        isShuttingDown = true
        if case .idle = state { close(context) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        deadline?.cancel()
        if cancelsOnClose { task?.cancel() }
        stream?.end()
        stream = nil
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // The decoder refuses what is no HTTP/1.1; nothing after that can be trusted to be a request.
        isKeepAlive = false
        isBroken = true
        switch state {
        // What came before it is a request and keeps its answer, or has it and gets the time to read it.
        case .authenticating, .serving, .closing: break
        case .idle:
            if context.channel.isActive { send(HTTPReply(status: 400), context) }
            close(context)
        case .receiving, .dropping: close(context)
        }
    }

    private func receive(_ part: HTTPServerRequestPart, _ context: ChannelHandlerContext) {
        switch (part, state) {
        case (.head(let head), .idle): begin(head, context)
        case (.body(let bytes), .receiving(let head, let principal, let body)):
            let limit = parts.ladder.limits.maxBodyBytes
            guard (body?.readableBytes ?? 0) + bytes.readableBytes <= limit else {
                state = .dropping(HTTPReply(status: 413))
                refuseRest(context)
                return
            }
            var whole = body ?? bytes
            if body != nil {
                var bytes = bytes
                whole.writeBuffer(&bytes)
            }
            state = .receiving(head, principal, whole)
        case (.end, .receiving(let head, let principal, let body)):
            serve(head, body, as: principal, context)
        case (.body(let bytes), .dropping):
            dropped += bytes.readableBytes
            if dropped > Self.maxDropped { refuseRest(context) }
        case (.end, .dropping): finishDropping(context)
        default: break
        }
    }

    private func begin(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        limitTime(parts.limits.requestSeconds, context)
        isKeepAlive = head.isKeepAlive && !isShuttingDown
        knowsChunks = head.version.major > 1 || head.version.minor > 0
        isHead = head.method == .HEAD
        dropped = 0
        judge(head, context)
        let declared = head.headers.first(name: "content-length").flatMap { Int($0) } ?? 0
        let asksFirst = head.headers[canonicalForm: "expect"].contains { $0.lowercased() == "100-continue" }
        switch state {
        case .dropping where asksFirst || declared > Self.maxDropped: refuseRest(context)
        case .receiving where asksFirst: sendContinue(context)
        default: break
        }
    }

    /// Answers a refused request without waiting for its body, and takes no other on this connection.
    private func refuseRest(_ context: ChannelHandlerContext) {
        guard case .dropping(let reply) = state else { return }
        isKeepAlive = false
        send(reply, context)
        state = .closing
        context.close(mode: .output, promise: nil)
        limitTime(2, context)
    }

    /// The word a client waits for before it sends its body (RFC 9110 §10.1.1).
    private func sendContinue(_ context: ChannelHandlerContext) {
        var buffer = context.channel.allocator.buffer(capacity: 32)
        buffer.writeStaticString("HTTP/1.1 100 Continue\r\n\r\n")
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
    }

    /// Decides by the head alone what becomes of a request.
    private func judge(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        let path = head.uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).first ?? ""
        if let page = parts.pages[String(path)] {
            state = .dropping(
                head.method == .GET || isHead ? page : HTTPReply(status: 405, headers: [HeaderField("Allow", "GET")]))
            return
        }
        guard path == "/mcp" else {
            state = .dropping(HTTPReply(status: 404))
            return
        }
        let request = RequestHead(
            method: head.method.rawValue, target: head.uri,
            headers: head.headers.map { HeaderField($0.name, $0.value) })
        if let refusal = parts.ladder.before(request) {
            state = .dropping(refusal.reply)
            return
        }
        guard let token = Self.bearerToken(request) else {
            state = .dropping(parts.challenge(nil))
            return
        }
        let now = parts.now()
        if let principal = parts.authenticator.cached(token, at: now) {
            state = .receiving(request, principal, nil)
            return
        }
        state = .authenticating
        let authenticator = parts.authenticator
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        task = Task(executorPreference: executor) {
            let result: Result<Principal, AuthenticationFault>
            do throws(AuthenticationFault) {
                result = .success(try await authenticator.authenticate(bearer: token, at: now))
            } catch {
                result = .failure(error)
            }
            let (handler, context) = bound.value
            handler.authenticated(result, request, context)
        }
    }

    private func authenticated(
        _ result: Result<Principal, AuthenticationFault>, _ request: RequestHead, _ context: ChannelHandlerContext
    ) {
        task = nil
        guard context.channel.isActive else { return }
        switch result {
        case .success(let principal):
            state = .receiving(request, principal, nil)
            if case .once(let expectation) = request.occurrence(of: "expect"),
                expectation.lowercased() == "100-continue"
            {
                sendContinue(context)
            }
        case .failure(let fault):
            parts.onRefusedToken(fault)
            state = .dropping(parts.challenge(fault))
        }
        resume(context)
        switch state {
        case .receiving where isBroken, .dropping where isBroken: close(context)  // The rest will never come.
        default: break
        }
    }

    private func serve(
        _ head: RequestHead, _ body: ByteBuffer?, as principal: Principal, _ context: ChannelHandlerContext
    ) {
        deadline?.cancel()
        deadline = nil
        let bytes = body.map { Array($0.readableBytesView) } ?? []
        switch parts.ladder.read(head, body: bytes) {
        case .reply(let reply): finish(reply, context)
        case .refused(let refusal): finish(refusal.reply, context)
        case .cancelled(let request):
            parts.inFlight.cancel(request, of: principal)
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
        task = Task(executorPreference: executor) {
            let answer = await parts.face.respond(to: exchange, as: principal)
            let (handler, context) = bound.value
            if isLegacy, let task = handler.task { parts.inFlight.remove(task, exchange.id, of: principal) }
            handler.finish(answer, context)
        }
        if isLegacy, let task { parts.inFlight.add(task, exchange.id, of: principal) }
        if knowsChunks, exchange.accepts.events, case .callTool = exchange.method {
            stream = AgentStream(exchange, parts.limits, on: context.eventLoop) { bytes in
                let (handler, context) = bound.value
                handler.write(bytes, context)
            } open: {
                let (handler, context) = bound.value
                handler.openStream(context)
            }
        }
    }

    /// Commits to an event stream: from here on the status is 200.
    private func openStream(_ context: ChannelHandlerContext) {
        var buffer = context.channel.allocator.buffer(capacity: 256)
        ReplyWriter.writeStreamHead(
            EventStream.opening, date: date.text(at: parts.now()), isKeepAlive: isKeepAlive, into: &buffer)
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
    }

    private func write(_ bytes: [UInt8], _ context: ChannelHandlerContext) {
        var buffer = context.channel.allocator.buffer(capacity: bytes.count + 16)
        ReplyWriter.writeChunk(bytes, into: &buffer)
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
    }

    private func finish(_ answer: Answer, _ context: ChannelHandlerContext) {
        let isStreaming = stream?.end() ?? false
        stream = nil
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

    private func finishDropping(_ context: ChannelHandlerContext) {
        guard case .dropping(let reply) = state else { return }
        finish(reply, context)
    }

    private func send(_ reply: HTTPReply, _ context: ChannelHandlerContext) {
        guard context.channel.isActive else { return }
        var buffer = context.channel.allocator.buffer(capacity: reply.body.count + 320)
        ReplyWriter.write(
            reply, date: date.text(at: parts.now()), isKeepAlive: isKeepAlive, isHead: isHead, into: &buffer)
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
    }

    private func next(_ context: ChannelHandlerContext) {
        state = .idle
        task = nil
        cancelsOnClose = false
        guard context.channel.isActive else { return }
        guard isKeepAlive else { return close(context) }
        limitTime(parts.limits.idleSeconds, context)
        resume(context)
    }

    /// Ends the connection; what was read together with the last request is served no more (RFC 9112 §9.6).
    private func close(_ context: ChannelHandlerContext) {
        state = .closing
        context.close(promise: nil)
    }

    /// Takes up what came while the connection was busy.
    private func resume(_ context: ChannelHandlerContext) {
        // INVARIANT: an answer that is ready at once comes back here; the loop below goes on, not a deeper call.
        guard !isResuming else { return }
        isResuming = true
        defer { isResuming = false }
        var taken = 0
        defer { waiting.removeFirst(min(taken, waiting.count)) }
        while taken < waiting.count, context.channel.isWritable, context.channel.isActive {
            switch state {
            case .authenticating, .serving, .closing: return
            case .idle, .receiving, .dropping:
                taken += 1
                receive(waiting[taken - 1], context)
            }
        }
        if isReadHeld, taken == waiting.count, context.channel.isWritable {
            isReadHeld = false
            context.read()
        }
    }

    private func limitTime(_ seconds: Int, _ context: ChannelHandlerContext) {
        deadline?.cancel()
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        deadline = context.eventLoop.scheduleTask(in: .seconds(Int64(seconds))) {
            bound.value.close(promise: nil)
        }
    }

    /// The one token of the `Authorization` header (RFC 6750 §2.1); nil when there is none or more than one.
    private static func bearerToken(_ request: RequestHead) -> [UInt8]? {
        guard case .once(let value) = request.occurrence(of: "authorization") else { return nil }
        let bytes = Array(value.utf8)
        let scheme = Array("bearer ".utf8)
        guard bytes.count > scheme.count,
            zip(bytes, scheme).allSatisfy({ $0 == $1 || ($1 != 0x20 && $0 | 0x20 == $1) })
        else { return nil }
        let token = bytes.dropFirst(scheme.count)
        let isToken68 = token.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E, 0x2B, 0x2F, 0x3D: true
            default: false
            }
        }
        return isToken68 ? Array(token) : nil
    }
}

/// Tells a connection that it is the last request it serves.
struct AgentShutdown {}
