/// What a policy says of one call, as far as two policies may differ in it.
package struct Ruling: Sendable, Hashable {
    package var effect: Effect
    /// Whose yes it takes; all of them have to be met.
    package var demands: Set<ApprovalDemand> = []
    /// Facts that have to be there, by name.
    package var requirements: Set<String> = []

    package init(effect: Effect, demands: Set<ApprovalDemand> = [], requirements: Set<String> = []) {
        self.effect = effect
        self.demands = demands
        self.requirements = requirements
    }

    package init(_ decision: Decision) {
        effect = decision.effect
        guard effect != .deny else { return }
        demands = Set(decision.demands)
        requirements = Set(decision.requirements.map(\.id))
    }

    /// What is not in a catalogue is denied before any rule is asked.
    package static let denied = Ruling(effect: .deny)

    /// Whether this permits what the other does not, or for less.
    package func isWider(than other: Ruling) -> Bool {
        if effect != other.effect { return effect.rank < other.effect.rank }
        return !other.demands.allSatisfy { demand in demands.contains { $0.isAsStrict(as: demand) } }
            || !requirements.isSuperset(of: other.requirements)
    }

    /// How many different people have to say yes at least, where each holds all roles that are asked for. The acting user's own
    /// confirmation is none; whoever may approve alone in an emergency is one.
    package var approvals: Int {
        guard effect == .ask, let first = demands.first else { return 0 }
        let people = demands.map { $0.seats.reduce(0) { $0 + max(0, $1.count) } }.max() ?? 0
        let isAlone = !demands.dropFirst().reduce(first.breakGlass) { $0.intersection($1.breakGlass) }.isEmpty
        return isAlone ? min(people, 1) : people
    }
}

extension Effect {
    /// Stricter is greater.
    package var rank: Int {
        switch self {
        case .allow: 0
        case .ask: 1
        case .deny: 2
        }
    }
}
