/// What is left of a rate, as one moment: when everything that was taken is paid back.
///
/// A token bucket without a bucket (the generic cell rate algorithm, ITU-T I.371): each call moves the moment on by the time
/// that it costs, and may run while the moment is no further away than the whole period.
package struct Allowance: Sendable, Hashable {
    private var paidBack: Timestamp

    package init(at now: Timestamp) {
        paidBack = now
    }

    /// How long a call has to wait, in microseconds; nil where it may run now.
    package func wait(calls: Int, seconds: Int, at now: Timestamp) -> Int64? {
        let (period, cost) = Self.measure(calls, seconds)
        let ahead = min(max(0, paidBack.microseconds - now.microseconds), period) + cost - period
        return ahead > 0 ? ahead : nil
    }

    /// Takes one call's time. A clock that was set back costs at most one whole period.
    package mutating func take(calls: Int, seconds: Int, at now: Timestamp) {
        let (period, cost) = Self.measure(calls, seconds)
        let ahead = min(max(0, paidBack.microseconds - now.microseconds), period)
        paidBack = Timestamp(microseconds: now.microseconds &+ ahead &+ cost)
    }

    private static func measure(_ calls: Int, _ seconds: Int) -> (period: Int64, cost: Int64) {
        let period = Timestamp(seconds: max(1, seconds)).microseconds
        return (period, max(1, period / Int64(max(1, calls))))
    }
}
