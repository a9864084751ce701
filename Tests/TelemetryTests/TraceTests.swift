import Telemetry
import TestSupport
import Testing

@Suite struct TraceTests {
    private let received = TraceParent(high: 1, low: 2, span: 3, isSampled: true)
    /// Gives the words one pair after another, over and over.
    private func words(_ all: (UInt64, UInt64)...) -> () -> (UInt64, UInt64) {
        var index = -1
        return {
            index += 1
            return all[index % all.count]
        }
    }

    @Test func `a kept call is a child of what came, and the source's parent is our hop`() throws {
        let trace = try #require(Trace(received: received, sampler: Sampler(share: 1), words: words((0, 11), (12, 13))))
        #expect(trace.isKept)
        #expect(trace.own == TraceParent(high: 1, low: 2, span: 11, isSampled: true))
        #expect(trace.parent == 3)
        #expect(trace.passedOn == TraceParent(high: 1, low: 2, span: 12, isSampled: true).text)
    }

    @Test func `where nothing came a trace begins here, with ids that are not zero`() throws {
        let trace = try #require(Trace(received: nil, sampler: Sampler(share: 1), words: words((0, 0))))
        #expect(trace.parent == nil)
        #expect(TraceParent(trace.own.text) == trace.own)
        #expect(TraceParent(trace.passedOn) != nil)
    }

    @Test func `what is not kept goes on with a parent of ours`() throws {
        let trace = try #require(Trace(received: received, sampler: Sampler(share: 0), words: words((5, 0), (6, 7))))
        #expect(!trace.isKept && trace.parent == nil)
        #expect(trace.passedOn == TraceParent(high: 1, low: 2, span: 1, isSampled: true).text, "an id is never zero")
        let dropped = TraceParent(high: 1, low: 2, span: 3, isSampled: false)
        #expect(
            Trace(passing: dropped, span: 8).passedOn == TraceParent(high: 1, low: 2, span: 8, isSampled: false).text)
        #expect(Trace(received: nil, sampler: Sampler(share: 0), words: words((5, 6))) == nil)
    }

    @Test func `naming one trace over and over keeps no more of it`() {
        var generator = SplitMix64(seed: 11)
        for low in [UInt64.max, 1] {
            let named = TraceParent(high: 1, low: low, span: 3, isSampled: true)
            let kept = (0..<10_000).count { _ in
                Trace(received: named, sampler: Sampler(share: 0.1)) { (generator.next(), generator.next()) }?.isKept
                    == true
            }
            #expect(abs(kept - 1_000) < 200)
        }
    }

    @Test func `what the client did not keep is not kept here`() {
        let dropped = TraceParent(high: 1, low: 2, span: 3, isSampled: false)
        #expect(Trace(received: dropped, sampler: Sampler(share: 1), words: words((.max, 1)))?.isKept == false)
    }

    @Test(arguments: [0.0, 0.1, 0.5, 0.9, 1.0]) func `as many are kept as the share says`(_ share: Double) {
        var generator = SplitMix64(seed: 7)
        let sampler = Sampler(share: share)
        let kept = (0..<10_000).count { _ in
            Trace(received: nil, sampler: sampler) { (generator.next(), generator.next()) } != nil
        }
        #expect(abs(Double(kept) / 10_000 - share) < 0.02)
    }

    @Test func `a share that is none keeps nothing`() {
        for share in [Double.nan, -.infinity, .infinity, -1] {
            #expect(Trace(received: nil, sampler: Sampler(share: share), words: words((1, 2))) == nil)
        }
    }
}
