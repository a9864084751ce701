import Core
import Testing

@Suite struct BreakerTests {
    private let limits = Breaker.Limits(failures: 3, seconds: 30, rest: 10)
    private let start = Timestamp(seconds: 1_000_000)

    private func at(_ seconds: Int) -> Timestamp { start.advanced(bySeconds: seconds) }

    /// A breaker that failed at these moments.
    private func failed(_ moments: Int...) -> Breaker {
        var breaker = Breaker()
        for moment in moments { breaker.noteFailure(limits, at: at(moment)) }
        return breaker
    }

    @Test func `it opens with enough failures in the time, and not before`() {
        var breaker = failed(0, 1)
        #expect(breaker.pass(limits, at: at(2)) == nil)
        breaker = failed(0, 1, 2)
        #expect(breaker.pass(limits, at: at(2)) == 10)
        #expect(breaker.pass(limits, at: at(11)) == 1)
        breaker = failed(0, 1, 31)
        #expect(breaker.pass(limits, at: at(31)) == nil, "the first two are too old")
    }

    @Test func `after the rest one tries alone`() {
        var breaker = failed(0, 1, 2)
        #expect(breaker.pass(limits, at: at(12)) == nil)
        #expect(breaker.pass(limits, at: at(12)) == 10)
        #expect(breaker.pass(limits, at: at(21)) == 1)
        // Where nothing came of it, another may.
        #expect(breaker.pass(limits, at: at(22)) == nil)
        breaker.noteFailure(limits, at: at(23))
        #expect(breaker.pass(limits, at: at(32)) == 1, "one failure begins the rest anew")
    }

    @Test func `a pass that nobody used goes to the next`() {
        var breaker = failed(0, 1, 2)
        breaker.giveBack(at: at(3))
        #expect(breaker.pass(limits, at: at(3)) == 9, "nobody had one")
        #expect(breaker.pass(limits, at: at(12)) == nil)
        breaker.giveBack(at: at(13))
        #expect(breaker.pass(limits, at: at(13)) == nil)
        #expect(breaker.pass(limits, at: at(13)) == 10)
    }

    @Test func `a clock that goes back makes no rest longer`() {
        var breaker = failed(0, 1, 2)
        #expect(breaker.pass(limits, at: at(-5000)) == 10)
        #expect(breaker.pass(limits, at: at(-4990)) == nil)
    }

    @Test func `what a source says of one request does not count against it`() {
        for status in [200, 204, 302, 400, 401, 404, 429, 500, 501] {
            let answer = RawAnswer.answered(status: status, mediaType: nil, body: [])
            #expect(answer.isFromWorkingSource == true, "\(status)")
        }
        for status in [502, 503, 504] {
            let answer = RawAnswer.answered(status: status, mediaType: nil, body: [])
            #expect(answer.isFromWorkingSource == false, "\(status)")
        }
        #expect(RawAnswer.failed(didSend: true, cause: "").isFromWorkingSource == false)
        #expect(RawAnswer.failed(didSend: false, cause: "", isOurs: true).isFromWorkingSource == nil)
    }
}
