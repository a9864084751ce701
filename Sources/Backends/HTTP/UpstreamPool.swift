import NIOCore

/// The connections of one upstream on one event loop, and the requests that wait for one.
final class UpstreamPool {
    let loop: any EventLoop
    let opener: ConnectionOpener
    let responseLimits: ResponseParser.Limits
    let readLimit: TimeAmount
    let idleLimit: TimeAmount
    private(set) var isShuttingDown = false

    private let connectLimit: TimeAmount
    private let queueLimit: TimeAmount
    private let maxConnections: Int
    private let maxWaiting: Int

    /// All connections whose socket may exist.
    private var connections: [UpstreamConnection] = []
    /// Those without a request; the last is taken first, so that what is not needed ages.
    private var idle: [UpstreamConnection] = []
    /// First come, first served.
    private var waiting = FIFO<UpstreamExchange>()
    private var alarm: (deadline: NIODeadline, task: Scheduled<Void>)?
    private var closers: [EventLoopPromise<Void>] = []
    /// Connections with a request that is written and not flushed.
    private var written: [ChannelHandlerContext] = []

    init(loop: any EventLoop, options: Upstream.Options, opener: ConnectionOpener) {
        self.loop = loop
        self.opener = opener
        responseLimits = ResponseParser.Limits(
            maxHeaderBytes: options.maxHeaderBytes, maxHeaderCount: options.maxHeaderCount,
            maxBodyBytes: options.maxBodyBytes)
        readLimit = TimeAmount(options.readTimeout)
        idleLimit = TimeAmount(options.idleTimeout)
        connectLimit = TimeAmount(options.connectTimeout)
        queueLimit = TimeAmount(options.queueTimeout)
        maxConnections = max(1, options.maxConnections)
        maxWaiting = max(0, options.maxWaiting)
    }

    var hasWaiting: Bool { !waiting.isEmpty }

    // MARK: Requests

    func start(_ exchange: UpstreamExchange, _ waiter: UpstreamExchange.Waiter) {
        let now = NIODeadline.now()
        guard exchange.begin(waiter, now: now) else { return }
        guard !isShuttingDown else { return exchange.fail(.shutDown, "the upstream is being closed") }
        if let connection = takeIdle(for: exchange) {
            connection.send(exchange, now: now)
        } else if connections.count < maxConnections {
            open(for: exchange, now: now)
        } else if hasRoomToWait() {
            exchange.queueDeadline = min(exchange.deadline, now + queueLimit)
            waiting.append(exchange)
            watch(exchange.queueDeadline)
        } else {
            exchange.fail(.overloaded, "\(maxWaiting) requests are waiting for a connection")
        }
    }

    private func takeIdle(for exchange: UpstreamExchange) -> UpstreamConnection? {
        while let connection = idle.popLast() {
            // An idempotent request is simply sent again.
            if exchange.isIdempotent || connection.isOpenAtPeer { return connection }
            connection.close()
        }
        return nil
    }

    private func hasRoomToWait() -> Bool {
        // Cancelled requests keep their place until it is needed.
        if waiting.count >= maxWaiting { waiting.removeAll { $0.isFinished } }
        return waiting.count < maxWaiting
    }

    /// Sends a request once more, on a connection that nobody has used. So that one cannot be stale, and there is no
    /// third time.
    func retry(_ exchange: UpstreamExchange) {
        // The stale connection counts until its socket is closed, so there may be one too many for a moment.
        open(for: exchange, now: .now())
    }

    private func open(for exchange: UpstreamExchange, now: NIODeadline) {
        let connection = UpstreamConnection(
            pool: self, exchange: exchange, deadline: min(exchange.deadline, now + connectLimit))
        connections.append(connection)
        watch(connection.deadline)
        connection.open()
    }

    // MARK: Connections

    /// Flushes a connection together with others that are written to before the loop has done what it woke up for: an
    /// upstream that sleeps is woken once for all of them.
    func flushSoon(_ context: ChannelHandlerContext) {
        written.append(context)
        guard written.count == 1 else { return }
        loop.assumeIsolated().execute {
            let contexts = self.written
            self.written.removeAll(keepingCapacity: true)
            for context in contexts { context.flush() }
        }
    }

    /// The connection is idle: it serves who waits longest, or waits itself.
    func release(_ connection: UpstreamConnection) {
        // Whoever waits then gets a new one as soon as this one is closed.
        guard waiting.isEmpty || connection.isOpenAtPeer else { return connection.close() }
        while let exchange = waiting.popFirst() {
            guard !exchange.isFinished else { continue }
            return connection.send(exchange, now: .now())
        }
        idle.append(connection)
    }

    /// The connection serves no more requests.
    func withdraw(_ connection: UpstreamConnection) {
        if let index = idle.lastIndex(where: { $0 === connection }) { idle.remove(at: index) }
    }

    /// The connection's socket is closed.
    func remove(_ connection: UpstreamConnection) {
        withdraw(connection)
        guard let index = connections.firstIndex(where: { $0 === connection }) else { return }
        connections.swapAt(index, connections.count - 1)
        connections.removeLast()
        while connections.count < maxConnections, let exchange = waiting.popFirst() {
            guard !exchange.isFinished else { continue }
            open(for: exchange, now: .now())
        }
        closeIfDone()
    }

    // MARK: Time

    /// Wakes the pool no later than `deadline`.
    ///
    /// One timer per pool, set to the earliest deadline it has heard of: a request that ends in time costs no timer.
    func watch(_ deadline: NIODeadline) {
        if let alarm {
            guard deadline < alarm.deadline else { return }
            alarm.task.cancel()
        }
        let task = loop.assumeIsolated().scheduleTask(deadline: deadline) { self.expire() }
        alarm = (deadline, task)
    }

    private func expire() {
        alarm = nil
        let now = NIODeadline.now()
        for connection in connections where connection.deadline <= now { connection.expire() }
        for exchange in waiting where exchange.queueDeadline <= now {
            exchange.fail(.overloaded, "no connection became free in time")
        }
        waiting.removeAll { $0.isFinished }
        var next = NIODeadline.distantFuture
        for connection in connections where connection.state != .closed { next = min(next, connection.deadline) }
        for exchange in waiting { next = min(next, exchange.queueDeadline) }
        if next < .distantFuture { watch(max(next, now + .milliseconds(1))) }
    }

    // MARK: The end

    func shutDown(_ promise: EventLoopPromise<Void>) {
        isShuttingDown = true
        closers.append(promise)
        for connection in idle { connection.close() }
        closeIfDone()
    }

    private func closeIfDone() {
        guard isShuttingDown, connections.isEmpty, waiting.isEmpty else { return }
        alarm?.task.cancel()
        alarm = nil
        let closers = closers
        self.closers = []
        for closer in closers { closer.succeed() }
    }
}
