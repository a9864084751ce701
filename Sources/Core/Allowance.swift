/// What was taken of a rate within its time: at most so many calls in any window of that length.
///
/// The time is counted in parts, the present one and as many before it as a window can touch. So no window holds more calls than the
/// rate, wherever it begins, and a call counts at most one part longer than it has to.
package struct Allowance: Sendable {
    /// Into how many parts the time of a rate is divided.
    private static let parts = 32

    /// The number of the present part since the epoch.
    private var present: Int64
    /// The length of a part, in microseconds.
    private var length: Int64
    /// Calls by part; that of part `n` is at `n` modulo their number.
    private var counts = InlineArray<33, UInt32>(repeating: 0)

    package init(at now: Timestamp) {
        length = 1
        present = now.microseconds
    }

    /// How long a call has to wait, in microseconds; nil where it may run now.
    package mutating func wait(calls: Int, seconds: Int, at now: Timestamp) -> Int64? {
        move(to: now, seconds: seconds)
        var above = counts.indices.reduce(0) { $0 + Int(counts[$1]) } + 1 - max(1, calls)
        guard above > 0 else { return nil }
        let oldest = present - Int64(Self.parts)
        for part in oldest...present {
            above -= Int(counts[index(of: part)])
            guard above <= 0 else { continue }
            let end = (part + Int64(counts.count)).multipliedReportingOverflow(by: length)
            return end.overflow ? length : max(1, end.partialValue - now.microseconds)
        }
        return length
    }

    /// Takes one call. A clock that was set back costs at most two whole times of the rate.
    package mutating func take(calls: Int, seconds: Int, at now: Timestamp) {
        move(to: now, seconds: seconds)
        let here = index(of: present)
        counts[here] = counts[here] == .max ? .max : counts[here] + 1
    }

    private func index(of part: Int64) -> Int {
        let index = Int(part % Int64(counts.count))
        return index < 0 ? index + counts.count : index
    }

    /// Forgets what no window that ends now can hold.
    private mutating func move(to now: Timestamp, seconds: Int) {
        let wanted = max(1, Timestamp(seconds: max(1, seconds)).microseconds / Int64(Self.parts))
        let part = now.microseconds / wanted
        // Who read the clock a little before somebody else may come a little behind them.
        let (behind, isFar) = present.subtractingReportingOverflow(part)
        if wanted == length, part < present, !isFar, behind <= Int64(Self.parts) { return }
        if wanted != length || part < present {
            // Another time, or a clock that was set back far: all that counted counts from now on.
            let sum = counts.indices.reduce(UInt64(0)) { $0 + UInt64(counts[$1]) }
            counts = InlineArray(repeating: 0)
            length = wanted
            present = part
            counts[index(of: part)] = UInt32(clamping: sum)
            return
        }
        for passed in 0..<min(part - present, Int64(counts.count)) { counts[index(of: present + 1 + passed)] = 0 }
        present = part
    }
}
