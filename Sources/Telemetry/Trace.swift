/// What one call carries of its trace.
package struct Trace: Sendable, Hashable {
    /// The trace, with our own span as the parent of what follows where we have one.
    package let own: TraceParent
    /// The span that the agent's client named; nil where the trace begins here.
    package let parent: UInt64?
    /// The span of the hop to the source; zero where no spans are kept.
    package let hop: UInt64

    /// A trace that only passes through: no spans are made, and what came goes on as it came.
    package init(passing received: TraceParent) {
        self.init(own: received, parent: nil, hop: 0)
    }

    /// The trace of a call: with spans where the sampler keeps it, else as it came.
    ///
    /// What whoever came before did not keep is not kept here either; what they kept has no say in how much is kept here.
    /// - Parameters:
    ///   - received: what the client named.
    ///   - words: four random words.
    /// - Returns: nil where nothing came and nothing is kept.
    package init?(received: TraceParent?, sampler: Sampler, words: (UInt64, UInt64, UInt64, UInt64)) {
        // Ids are never zero (W3C Trace Context §3.2.2).
        let high = received?.high ?? words.2, low = received?.low ?? max(1, words.3)
        guard received?.isSampled ?? true, sampler.keeps(low) else {
            guard let received else { return nil }
            self = Trace(passing: received)
            return
        }
        self = Trace(
            own: TraceParent(high: high, low: low, span: max(1, words.0), isSampled: true), parent: received?.span,
            hop: max(1, words.1))
    }

    private init(own: TraceParent, parent: UInt64?, hop: UInt64) {
        self.own = own
        self.parent = parent
        self.hop = hop
    }

    /// Whether spans are kept.
    package var isKept: Bool { hop != 0 }

    /// The `traceparent` that the source gets.
    package var passedOn: String {
        guard isKept else { return own.text }
        return TraceParent(high: own.high, low: own.low, span: hop, isSampled: true).text
    }
}
