package import Policy

/// One use of a tool, from request to outcome: a fold over its events.
///
/// `opened → decided → (proposed → approved | rejected | expired | withdrawn) → admitted → settled`
///
/// An outcome that was unknown may be reconciled once, when somebody found out.
///
/// Approval, audit, retry and recovery after a crash are this one value.
package struct Call: Sendable, Hashable {
    package enum Phase: String, Sendable, Hashable, CaseIterable {
        /// Goes on to `decided`.
        case opened
        /// Goes on to `proposed` (ask) or `admitted` (allow); a deny ends here.
        case decided
        /// Goes on to `approved`, `rejected`, `expired` or `withdrawn`.
        case proposed
        /// Goes on to `admitted`, `expired` or `withdrawn`.
        case approved
        case rejected
        case expired
        case withdrawn
        /// Goes on to `settled`, and nothing else: it may have been dispatched.
        case admitted
        case settled

        /// Whether nothing can follow.
        package var isFinal: Bool {
            switch self {
            case .rejected, .expired, .withdrawn, .settled: true
            case .opened, .decided, .proposed, .approved, .admitted: false
            }
        }
    }

    /// What has to happen now.
    package enum Step: Sendable, Hashable {
        case decide
        case propose
        case awaitApproval(until: Timestamp)
        case admit
        /// Dispatched or about to be; after a crash this becomes an unknown outcome.
        case settle
        case finish
    }

    /// An event that does not fit the phase.
    package struct IllegalTransition: Error, Sendable, Hashable {
        package let phase: Phase?
        package let event: CallEvent
    }

    package let id: CallID
    package private(set) var opening: Opening
    package private(set) var openedAt: Timestamp
    package private(set) var phase: Phase
    package private(set) var decision: Decision?
    package private(set) var proposedAt: Timestamp?
    /// What people were told that it would do.
    package private(set) var change: Change?
    package private(set) var expires: Timestamp?
    package private(set) var verdicts: [Verdict] = []
    package private(set) var outcome: Outcome?
    package private(set) var lastEventAt: Timestamp
    /// How many events were applied.
    package private(set) var version: Int

    /// Opens a call.
    ///
    /// - Throws: ``IllegalTransition`` when the event does not open one.
    package init(id: CallID, _ event: CallEvent) throws(IllegalTransition) {
        guard case .opened(let opening) = event.kind else { throw IllegalTransition(phase: nil, event: event) }
        self.id = id
        self.opening = opening
        openedAt = event.at
        lastEventAt = event.at
        phase = .opened
        version = 1
    }

    /// Folds a call's events.
    package init(id: CallID, events: [CallEvent]) throws(IllegalTransition) {
        guard let first = events.first else {
            throw IllegalTransition(phase: nil, event: CallEvent(.expired, at: Timestamp(microseconds: 0)))
        }
        try self.init(id: id, first)
        for event in events.dropFirst() { try apply(event) }
    }

    /// Puts what the record held before into the opening of a call that nobody has recorded yet.
    package mutating func stake(_ fields: [Change.Field]) {
        guard phase == .decided, !fields.isEmpty else { return }
        opening = opening.staking(fields)
    }

    /// Adds an event; total over the legal transitions, and refuses the others without a change.
    package mutating func apply(_ event: CallEvent) throws(IllegalTransition) {
        switch (phase, event.kind) {
        case (.opened, .decided(let decision)):
            self.decision = decision
            phase = .decided
        case (.decided, .proposed(let expires, let change)) where decision?.effect == .ask:
            self.expires = expires
            self.change = change
            proposedAt = event.at
            phase = .proposed
        case (.proposed, .approved(let verdict)) where isFresh(verdict):
            add(verdict, at: event.at)
            if isApproved(by: verdicts) { phase = .approved }
        case (.proposed, .rejected(let verdict)):
            add(verdict, at: event.at)
            phase = .rejected
        case (.proposed, .expired), (.approved, .expired):
            phase = .expired
        case (.proposed, .withdrawn), (.approved, .withdrawn):
            phase = .withdrawn
        case (.decided, .admitted) where decision?.effect == .allow, (.approved, .admitted):
            phase = .admitted
        case (.admitted, .settled(let outcome)):
            self.outcome = outcome
            phase = .settled
        case (.settled, .reconciled(let outcome, _)) where self.outcome?.kind == .unknown && outcome.kind != .unknown:
            self.outcome = outcome
        default:
            throw IllegalTransition(phase: phase, event: event)
        }
        lastEventAt = event.at
        version += 1
    }

    package var next: Step {
        switch phase {
        case .opened: .decide
        case .decided:
            switch decision?.effect {
            case .allow: .admit
            case .ask: .propose
            case .deny, nil: .finish
            }
        case .proposed: .awaitApproval(until: expires ?? openedAt)
        case .approved: .admit
        case .admitted: .settle
        case .rejected, .expired, .withdrawn, .settled: .finish
        }
    }

    /// What it would do, in one sentence for people.
    package var headline: String { change?.title ?? opening.tool }

    /// Whether the time for this call to be approved and run is over.
    package func isOverdue(at now: Timestamp) -> Bool {
        guard phase == .proposed || phase == .approved, let expires else { return false }
        return now >= expires
    }

    /// Until when a repeat of the settled call gets its outcome; nil for calls that were not asked.
    package var repeatableUntil: Timestamp? {
        guard let decision, decision.effect == .ask else { return nil }
        return lastEventAt.advanced(bySeconds: repeatWindow)
    }

    /// Until when the outcome of a settled call is there for whoever asks for it by the call's id: some minutes at least.
    package var rememberedUntil: Timestamp? {
        repeatableUntil.map { max($0, lastEventAt.advanced(bySeconds: 300)) }
    }

    /// Seconds after its outcome in which it is remembered for its client.
    package var repeatWindow: Int { decision?.demands.map(\.repeatWindow).min() ?? 0 }

    private func isFresh(_ verdict: Verdict) -> Bool {
        !verdicts.contains { $0.by == verdict.by }
    }

    private mutating func add(_ verdict: Verdict, at moment: Timestamp) {
        var verdict = verdict
        verdict.at = moment
        verdicts.append(verdict)
    }
}
