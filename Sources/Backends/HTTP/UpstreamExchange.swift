import NIOCore

/// One request on its way through a pool, until its task has been answered. Lives on one event loop.
final class UpstreamExchange {
    /// A task that waits. The exchange sees to it that it is answered once, and keeps it until then.
    @safe struct Waiter {
        private let continuation: UnsafeContinuation<Result<UpstreamResponse, UpstreamFault>, Never>

        init(_ continuation: UnsafeContinuation<Result<UpstreamResponse, UpstreamFault>, Never>) {
            unsafe self.continuation = continuation
        }

        fileprivate func answer(_ result: Result<UpstreamResponse, UpstreamFault>) {
            unsafe continuation.resume(returning: result)
        }
    }

    let bytes: ByteBuffer
    let isHead: Bool
    let isIdempotent: Bool
    let timeLimit: Duration
    var deadline = NIODeadline.distantFuture
    var queueDeadline = NIODeadline.distantFuture
    var didSend = false
    /// That opens for the request or carries it.
    var connection: UpstreamConnection?

    private var waiter: Waiter?
    /// Set at the end, and before the start by a task that is cancelled early.
    private(set) var isFinished = false

    init(bytes: ByteBuffer, isHead: Bool, isIdempotent: Bool, timeLimit: Duration) {
        self.bytes = bytes
        self.isHead = isHead
        self.isIdempotent = isIdempotent
        self.timeLimit = timeLimit
    }

    /// False if the task was cancelled before; it has then been answered.
    func begin(_ waiter: Waiter, now: NIODeadline) -> Bool {
        guard !isFinished else {
            waiter.answer(.failure(cancelled))
            return false
        }
        self.waiter = waiter
        deadline = now + TimeAmount(timeLimit)
        return true
    }

    /// Answers the task. INVARIANT: once; whoever comes later changes nothing.
    func finish(_ result: Result<UpstreamResponse, UpstreamFault>) {
        guard !isFinished else { return }
        isFinished = true
        connection = nil
        waiter.take()?.answer(result)
    }

    func fail(_ code: UpstreamFault.Code, _ detail: String) {
        finish(.failure(UpstreamFault(code, didSend: didSend, detail: detail)))
    }

    func cancel() {
        guard !isFinished else { return }
        connection?.abandon(self)
        finish(.failure(cancelled))
    }

    private var cancelled: UpstreamFault {
        UpstreamFault(.cancelled, didSend: didSend, detail: "the calling task was cancelled")
    }
}

extension TimeAmount {
    /// Negative durations count as none, and what does not fit as the longest.
    init(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        let (whole, overflow) = max(0, seconds).multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, overflowToo) = whole.addingReportingOverflow(max(0, attoseconds) / 1_000_000_000)
        // A century keeps deadlines far from overflow.
        self = .nanoseconds(overflow || overflowToo ? 3_000_000_000_000_000_000 : min(sum, 3_000_000_000_000_000_000))
    }
}
