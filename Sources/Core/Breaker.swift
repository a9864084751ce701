/// Leaves a source alone for a while that failed too often (a circuit breaker).
///
/// Closed, it counts failures that no success came between. Open, nothing passes until the rest is over. Then one call passes
/// alone: if it is answered, all may; if not, the rest begins anew.
package struct Breaker: Sendable, Hashable {
    package struct Limits: Sendable, Hashable {
        /// So many failures within so many seconds open it.
        package var failures: Int
        package var seconds: Int
        /// Seconds that it stays open.
        package var rest: Int

        package init(failures: Int = 10, seconds: Int = 30, rest: Int = 10) {
            self.failures = failures
            self.seconds = seconds
            self.rest = rest
        }
    }

    private var failures: [Timestamp] = []
    /// When the rest, or the time of the one call that tries, is over.
    private var until: Timestamp?
    /// Whether that one call is under way.
    private var isTrying = false

    package init() {}

    /// Lets a call pass, or says in how many seconds one may. The first after a rest passes alone.
    package mutating func pass(_ limits: Limits, at now: Timestamp) -> Int? {
        guard var until else { return nil }
        // A clock that was set back makes no rest longer.
        until = min(until, now.advanced(bySeconds: limits.rest))
        let left = until.microseconds - now.microseconds
        self.until = left > 0 ? until : now.advanced(bySeconds: limits.rest)
        if left <= 0 { isTrying = true }
        return left > 0 ? Int((left + 999_999) / 1_000_000) : nil
    }

    /// Whether nothing passes, or one call alone that tries.
    package var isOpen: Bool { until != nil }

    /// Takes back a pass that no call used: where a rest is over, the next may try.
    package mutating func giveBack(at now: Timestamp) {
        if until != nil, isTrying { until = now }
        isTrying = false
    }

    /// Takes in that a call failed. After one that was answered, begin with a fresh breaker.
    package mutating func noteFailure(_ limits: Limits, at now: Timestamp) {
        isTrying = false
        let start = now.advanced(bySeconds: -limits.seconds)
        failures = (failures.filter { $0 > start && $0 <= now } + [now]).suffix(max(1, limits.failures))
        if failures.count >= limits.failures || until != nil { until = now.advanced(bySeconds: limits.rest) }
    }
}

extension RawAnswer {
    /// Whether the source is there and does its work; nil where the answer says nothing of that. What it says of one request
    /// does not count against it, or whoever asks wrongly could close it for everybody.
    package var isFromWorkingSource: Bool? {
        switch self {
        case .answered(let status, _, _), .withheld(let status, _): !(502...504).contains(status)
        case .failed(_, _, let isOurs): isOurs ? nil : false
        case .late: nil
        }
    }
}
