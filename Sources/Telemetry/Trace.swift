/// What one call carries of its trace.
package struct Trace: Sendable, Hashable {
    /// The trace, with our own span as the parent of what follows where we have one.
    package let own: TraceParent
    /// The span that the agent's client named; nil where the trace begins here.
    package let parent: UInt64?
    /// The span of the hop to the source; zero where no spans are kept.
    package let hop: UInt64

    /// A trace that only passes through: no spans are made. Of what came, the trace's id and whether it is kept go on; the
    /// parent is of our own, since sixteen digits less are then an agent's.
    ///
    /// - Parameter span: a random word.
    package init(passing received: TraceParent, span: UInt64) {
        let own = TraceParent(
            high: received.high, low: received.low, span: max(1, span), isSampled: received.isSampled)
        self.init(own: own, parent: nil, hop: 0)
    }

    /// The trace of a call: with spans where the sampler keeps it.
    ///
    /// What whoever came before did not keep is not kept here either; what they kept has no say in how much is kept here.
    /// - Parameters:
    ///   - received: what the client named.
    ///   - words: gives two random words each time.
    /// - Returns: nil where nothing came and nothing is kept.
    package init?(received: TraceParent?, sampler: Sampler, words: () -> (UInt64, UInt64)) {
        let (chance, span) = words()
        guard received?.isSampled ?? true, sampler.keeps(chance) else {
            guard let received else { return nil }
            self.init(passing: received, span: span)
            return
        }
        let (hop, low) = words()
        // Ids are never zero (W3C Trace Context §3.2.2).
        let own = TraceParent(
            high: received?.high ?? words().0, low: received?.low ?? max(1, low), span: max(1, span), isSampled: true)
        self.init(own: own, parent: received?.span, hop: max(1, hop))
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
