/// What a policy says of one call, as far as two policies may differ in it.
package struct Ruling: Sendable, Hashable {
    package var effect: Effect
    /// Whose yes it takes; all of them have to be met.
    package var demands: Set<ApprovalDemand> = []
    /// Facts that have to be there. Two of one id are two facts where they are asked otherwise.
    package var requirements: Set<Requirement> = []
    /// Facts that have to be there and of which only the id is known, as a record has it. None of them is known to be one of
    /// ``requirements``.
    package var namedRequirements: Set<String> = []

    package init(
        effect: Effect, demands: Set<ApprovalDemand> = [], requirements: Set<Requirement> = [],
        namedRequirements: Set<String> = []
    ) {
        self.effect = effect
        self.demands = demands
        self.requirements = requirements
        self.namedRequirements = namedRequirements
    }

    package init(_ decision: Decision) {
        effect = decision.effect
        guard effect != .deny else { return }
        demands = Set(decision.demands)
        requirements = Set(decision.requirements)
    }

    /// What is not in a catalogue is denied before any rule is asked.
    package static let denied = Ruling(effect: .deny)

    /// Whether this permits what the other does not, or for less.
    package func isWider(than other: Ruling) -> Bool {
        if effect == .deny || other.effect == .deny { return effect.rank < other.effect.rank }
        // No human's yes stands in for a fact that has to be there.
        guard requirements.isSuperset(of: other.requirements),
            namedRequirements.isSuperset(of: other.namedRequirements)
        else { return true }
        if effect != other.effect { return effect.rank < other.effect.rank }
        return !other.demands.allSatisfy { demand in demands.contains { $0.isAsStrict(as: demand) } }
    }

    /// The same with facts in the place of their ids, as far as these are facts of one id each.
    package func defining(_ known: some Sequence<Requirement>) -> Ruling {
        var ruling = self
        for (id, facts) in Dictionary(grouping: Set(known), by: \.id) where namedRequirements.contains(id) {
            guard let fact = facts.first, facts.count == 1 else { continue }
            ruling.namedRequirements.remove(id)
            ruling.requirements.insert(fact)
        }
        return ruling
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
