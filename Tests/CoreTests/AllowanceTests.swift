import Core
import Testing

@Suite struct AllowanceTests {
    private let start = Timestamp(seconds: 1_800_000_000)

    private func at(_ milliseconds: Int64) -> Timestamp {
        Timestamp(microseconds: start.microseconds + milliseconds * 1_000)
    }

    /// How many calls of a schedule may run.
    private func count(_ calls: Int, _ seconds: Int, _ times: [Int64]) -> Int {
        var allowance = Allowance(at: start)
        var count = 0
        for time in times where allowance.wait(calls: calls, seconds: seconds, at: at(time)) == nil {
            allowance.take(calls: calls, seconds: seconds, at: at(time))
            count += 1
        }
        return count
    }

    @Test func `all at once, then one after each part of the time`() {
        #expect(count(10, 60, Array(repeating: 0, count: 50)) == 10)
        #expect(count(10, 60, Array(repeating: 0, count: 50) + [5_999]) == 10)
        #expect(count(10, 60, Array(repeating: 0, count: 50) + [6_000, 6_001]) == 11)
        #expect(count(10, 60, Array(repeating: 0, count: 50) + Array(repeating: 60_000, count: 50)) == 20)
        #expect(count(1, 1, [0, 500, 999, 1_000, 1_500, 2_000]) == 3)
    }

    @Test func `the wait is when the next may come`() {
        var allowance = Allowance(at: start)
        for _ in 0..<10 { allowance.take(calls: 10, seconds: 60, at: start) }
        #expect(allowance.wait(calls: 10, seconds: 60, at: start) == 6_000_000)
        #expect(allowance.wait(calls: 10, seconds: 60, at: at(4_000)) == 2_000_000)
    }

    @Test(arguments: 0..<200) func `in no window run more than the rate and what was saved`(_ seed: UInt64) {
        var generator = Xorshift(seed)
        let calls = Int(generator.next() % 20) + 1
        let seconds = Int(generator.next() % 30) + 1
        var now: Int64 = 0
        var ran: [Int64] = []
        var allowance = Allowance(at: start)
        for _ in 0..<400 {
            now += Int64(generator.next() % 2_000)
            if allowance.wait(calls: calls, seconds: seconds, at: at(now)) == nil {
                allowance.take(calls: calls, seconds: seconds, at: at(now))
                ran.append(now)
            }
        }
        let period = Int64(seconds) * 1_000
        for (index, first) in ran.enumerated() {
            let within = ran[index...].prefix { $0 - first < period }.count
            #expect(within <= 2 * calls, "calls \(calls) in \(seconds) s")
        }
        #expect(ran.count >= min(400, calls), "what is allowed runs")
    }

    @Test func `a clock that jumps gives at most one whole rate, and takes at most one period`() {
        var allowance = Allowance(at: start)
        for _ in 0..<10 { allowance.take(calls: 10, seconds: 60, at: start) }
        let before = at(-86_400_000)
        #expect(allowance.wait(calls: 10, seconds: 60, at: before) == 6_000_000, "set back by a day")
        allowance.take(calls: 10, seconds: 60, at: before)
        #expect((allowance.wait(calls: 10, seconds: 60, at: before) ?? 0) <= 12_000_000)
        let far = Timestamp(microseconds: .max)
        #expect(allowance.wait(calls: 10, seconds: 60, at: far) == nil)
        allowance.take(calls: 10, seconds: 60, at: far)
    }
}

/// Marsaglia's generator, for seeds that are written down.
private struct Xorshift {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
}
