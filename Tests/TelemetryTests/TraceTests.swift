import Telemetry
import TestSupport
import Testing

@Suite struct TraceTests {
    private let received = TraceParent(high: 1, low: 2, span: 3, isSampled: true)
    private let words: (UInt64, UInt64, UInt64, UInt64) = (11, 12, 13, 14)

    @Test func `a kept call is a child of what came, and the source's parent is our hop`() throws {
        let trace = try #require(Trace(received: received, sampler: Sampler(share: 1), words: words))
        #expect(trace.isKept)
        #expect(trace.own == TraceParent(high: 1, low: 2, span: 11, isSampled: true))
        #expect(trace.parent == 3)
        #expect(trace.passedOn == TraceParent(high: 1, low: 2, span: 12, isSampled: true).text)
    }

    @Test func `where nothing came a trace begins here, with ids that are not zero`() throws {
        let trace = try #require(Trace(received: nil, sampler: Sampler(share: 1), words: (0, 0, 0, 0)))
        #expect(trace.parent == nil)
        #expect(TraceParent(trace.own.text) == trace.own)
        #expect(TraceParent(trace.passedOn) != nil)
    }

    @Test func `what is not kept goes on as it came`() throws {
        let trace = try #require(Trace(received: received, sampler: Sampler(share: 0), words: words))
        #expect(!trace.isKept)
        #expect(trace.passedOn == received.text)
        #expect(Trace(received: nil, sampler: Sampler(share: 0), words: words) == nil)
    }

    @Test func `what the client did not keep is not kept here`() {
        let dropped = TraceParent(high: 1, low: 2, span: 3, isSampled: false)
        #expect(Trace(received: dropped, sampler: Sampler(share: 1), words: words)?.isKept == false)
    }

    @Test(arguments: [0.0, 0.1, 0.5, 0.9, 1.0]) func `as many are kept as the share says`(_ share: Double) {
        var generator = SplitMix64(seed: 7)
        let sampler = Sampler(share: share)
        let kept = (0..<10_000).count { _ in
            let words = (generator.next(), generator.next(), generator.next(), generator.next())
            return Trace(received: nil, sampler: sampler, words: words) != nil
        }
        #expect(abs(Double(kept) / 10_000 - share) < 0.02)
    }

    @Test func `a share that is none keeps nothing`() {
        for share in [Double.nan, -.infinity, .infinity, -1] {
            #expect(Trace(received: nil, sampler: Sampler(share: share), words: words) == nil)
        }
    }
}
