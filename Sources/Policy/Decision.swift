/// What a policy says about one call, and which rules made it say so.
package struct Decision: Sendable, Hashable {
    /// The strictest effect that is still possible.
    package var effect: Effect
    /// Whether no other effect is possible whatever the unknown turns out to be.
    package var isCertain: Bool
    /// The rules that determined the effect; empty when no rule applies.
    package var because: [String]
    /// Rules that could not be evaluated.
    package var errors: [String]
    /// With ``Effect/ask``: the demands of every rule that asks. All must be met.
    package var demands: [ApprovalDemand]
    /// Facts that every rule demands which applies; all have to be there when the call runs.
    package var requirements: [Requirement]
    /// The policy that decided.
    package var policyVersion: String

    package init(
        effect: Effect, isCertain: Bool, because: [String], errors: [String] = [], demands: [ApprovalDemand] = [],
        requirements: [Requirement] = [], policyVersion: String
    ) {
        self.effect = effect
        self.isCertain = isCertain
        self.because = because
        self.errors = errors
        self.demands = demands
        self.requirements = requirements
        self.policyVersion = policyVersion
    }

    /// Whether the call is refused whatever its arguments are. A tool with such a decision is not listed.
    package var isCertainDeny: Bool {
        effect == .deny && isCertain
    }

    /// The call's decision in one sentence for a person.
    package var explanation: String {
        let rules = because.joined(separator: ", ")
        if !errors.isEmpty { return "denied: rule \(errors.joined(separator: ", ")) could not be evaluated" }
        return switch effect {
        case .deny: because.isEmpty ? "denied: no rule allows it" : "denied by \(rules)"
        case .ask: "needs a human's approval by \(rules)"
        case .allow: "allowed by \(rules)"
        }
    }
}
