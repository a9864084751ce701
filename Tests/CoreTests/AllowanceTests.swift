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

    @Test func `all at once, then none until they are past`() {
        #expect(count(10, 60, Array(repeating: 0, count: 50)) == 10)
        #expect(count(10, 60, Array(repeating: 0, count: 50) + [30_000, 59_999]) == 10)
        #expect(count(10, 60, Array(repeating: 0, count: 50) + Array(repeating: 61_876, count: 50)) == 20)
        #expect(count(10, 60, [0, 10_000, 20_000] + Array(repeating: 59_000, count: 50) + [62_000, 62_001]) == 11)
        #expect(count(1, 1, [0, 500, 999, 1_032, 1_500, 2_064]) == 3)
    }

    @Test func `the wait is when the next may come`() {
        var allowance = Allowance(at: start)
        for _ in 0..<10 { allowance.take(calls: 10, seconds: 60, at: start) }
        let wait = allowance.wait(calls: 10, seconds: 60, at: start) ?? 0
        #expect((60_000_000...61_875_000).contains(wait))
        #expect(allowance.wait(calls: 10, seconds: 60, at: at(4_000)) == wait - 4_000_000)
        let end = Timestamp(microseconds: start.microseconds + wait)
        let before = Timestamp(microseconds: end.microseconds - 1)
        #expect(allowance.wait(calls: 10, seconds: 60, at: before) == 1)
        #expect(allowance.wait(calls: 10, seconds: 60, at: end) == nil)
    }

    @Test(arguments: 0..<200) func `no window holds more than the rate`(_ seed: UInt64) {
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
            } else {
                // None is refused but where the time of the rate, and a part of it, is full.
                let longest = Int64(seconds) * 1_000 * 33 / 32 + 1
                #expect(ran.suffix(calls).count == calls && now - ran.suffix(calls)[ran.count - calls] <= longest)
            }
        }
        let period = Int64(seconds) * 1_000
        for (index, first) in ran.enumerated() {
            let within = ran[index...].prefix { $0 - first < period }.count
            #expect(within <= calls, "calls \(calls) in \(seconds) s")
        }
    }

    @Test func `a clock that jumps gives at most one whole rate, and takes at most one period`() {
        var allowance = Allowance(at: start)
        for _ in 0..<10 { allowance.take(calls: 10, seconds: 60, at: start) }
        let before = at(-86_400_000)
        #expect((allowance.wait(calls: 10, seconds: 60, at: before) ?? 0) <= 61_875_000, "set back by a day")
        allowance.take(calls: 10, seconds: 60, at: before)
        #expect((allowance.wait(calls: 10, seconds: 60, at: before) ?? 0) <= 61_875_000)
        #expect(
            allowance.wait(calls: 10, seconds: 60, at: Timestamp(microseconds: before.microseconds + 61_875_000)) == nil
        )
        let far = Timestamp(microseconds: .max)
        #expect(allowance.wait(calls: 10, seconds: 60, at: far) == nil)
        allowance.take(calls: 10, seconds: 60, at: far)
        #expect(allowance.wait(calls: 1, seconds: 60, at: far) != nil)
        #expect(allowance.wait(calls: 1, seconds: 60, at: Timestamp(microseconds: .min)) != nil)
    }

    @Test func `who read the clock a little earlier takes nothing from who comes later`() {
        var allowance = Allowance(at: start)
        // Two calls at each border of a part, the later one first, for five windows.
        for part in Int64(0)..<160 {
            let border = (start.microseconds / 1_875_000 + part) * 1_875_000
            for time in [border, border - 1] {
                let now = Timestamp(microseconds: time)
                #expect(allowance.wait(calls: 80, seconds: 60, at: now) == nil, "part \(part)")
                allowance.take(calls: 80, seconds: 60, at: now)
            }
        }
    }

    @Test func `another time keeps what was taken`() {
        var allowance = Allowance(at: start)
        for _ in 0..<10 { allowance.take(calls: 10, seconds: 60, at: start) }
        #expect(allowance.wait(calls: 10, seconds: 120, at: at(1_000)) != nil)
        #expect(allowance.wait(calls: 20, seconds: 120, at: at(1_000)) == nil)
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
