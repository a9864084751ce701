import NIOCore

/// Wakes a connection no later than it asked for.
///
/// A connection's deadlines move with every request, nearly always backwards. One timer is set to the earliest moment
/// that was asked for and set again when it comes too early, so that a request that ends in time costs no timer.
struct Alarm {
    private var moment = NIODeadline.distantFuture
    private var timer: Scheduled<Void>?

    /// Whether nothing that was asked for so far comes in time.
    func isTooLate(for moment: NIODeadline) -> Bool {
        moment < self.moment
    }

    mutating func wake(by moment: NIODeadline, on loop: any EventLoop, _ body: @escaping @Sendable () -> Void) {
        guard isTooLate(for: moment) else { return }
        timer?.cancel()
        self.moment = moment
        timer = loop.scheduleTask(deadline: moment, body)
    }

    /// The timer has run: the next ``wake(by:on:_:)`` sets another.
    mutating func hasRung() {
        moment = .distantFuture
        timer = nil
    }

    mutating func cancel() {
        timer?.cancel()
        hasRung()
    }
}
