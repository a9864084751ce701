import Synchronization
import Telemetry

/// Takes in what became of each call: counts for figures, spans for traces. Where nothing is told, it is not asked.
///
/// Under one lock for a handful of additions: what a call does with it is small against the call, so a lock for each loop
/// would gain nothing.
final class CallMeter: Sendable {
    private let counts = Mutex(Tally())
    private let random = RandomWords()
    private let sampler: Sampler?
    let spans = SpanQueue()

    /// - Parameter sampler: which traces are kept; nil where nobody gets spans.
    init(sampler: Sampler?) {
        self.sampler = sampler
    }

    var tally: Tally { counts.withLock { $0 } }

    func note(_ course: Course) {
        let entry = Tally.Entry(course)
        counts.withLock { $0.add(entry) }
        if let trace = course.trace, trace.isKept { spans.add(course.spans) }
    }

    /// The trace of a call whose client named one, or none.
    func trace(_ received: TraceParent?) -> Trace? {
        guard let sampler else { return received.map { Trace(passing: $0, span: random.two().0) } }
        return Trace(received: received, sampler: sampler, words: random.two)
    }
}
