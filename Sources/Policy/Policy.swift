/// What is allowed, asked or denied: a set of rules. No rule means no.
package struct Policy: Sendable, Hashable {
    package var rules: [Rule]
    /// Digest of the policy's text, which decisions carry.
    package var version: String

    /// Stands among the rules of a decision for what no rule has to say: a deletion that nothing takes back is asked, of the
    /// role `approver`, where rules allow it.
    package static let finalDeletion = "sallyport/final-deletion"

    package init(rules: [Rule], version: String) {
        self.rules = rules
        self.version = version
    }
}

/// Decides a call: deny beats ask, ask beats allow, no rule is deny, a rule in error is deny.
///
/// Total and pure. Arguments and time may be unknown; then the answer names the strictest effect that is possible and
/// whether it is certain. A certain answer never changes when more becomes known, so what is listed and what is
/// callable is decided by one function.
package func decide(_ policy: Policy, _ facts: Facts) -> Decision {
    var errors: [String] = []
    var denying: [String] = []
    var asking: [Int] = []
    var allowing: [String] = []
    var requirements: [Requirement] = []
    var mayDeny = false
    var mayAsk = false
    var mayAllow = false
    for index in policy.rules.indices {
        let truth = policy.rules[index].applies(to: facts)
        guard truth != .no else { continue }
        if truth == .error { errors.append(policy.rules[index].id) }
        if truth.contains(.error) { mayDeny = true }
        guard truth.contains(.yes) else { continue }
        // A rule that may stand in error denies then, so what it says otherwise is sure all the same.
        let isSure = !truth.contains(.no)
        if isSure { requirements += policy.rules[index].requirements }
        switch policy.rules[index].effect {
        case .deny:
            mayDeny = true
            if isSure { denying.append(policy.rules[index].id) }
        case .ask:
            mayAsk = true
            if isSure { asking.append(index) }
        case .allow:
            mayAllow = true
            if isSure { allowing.append(policy.rules[index].id) }
        }
    }
    if !errors.isEmpty || !denying.isEmpty {
        return Decision(
            effect: .deny, isCertain: true, because: denying + errors, errors: errors, policyVersion: policy.version)
    }

    let canAsk = mayAsk
    let canAllow = asking.isEmpty && mayAllow
    let canDeny = mayDeny || asking.isEmpty && allowing.isEmpty
    let isCertain = (canDeny ? 1 : 0) + (canAsk ? 1 : 0) + (canAllow ? 1 : 0) == 1
    if canDeny { return Decision(effect: .deny, isCertain: isCertain, because: [], policyVersion: policy.version) }
    if canAsk {
        return Decision(
            effect: .ask, isCertain: isCertain, because: asking.map { policy.rules[$0].id },
            demands: asking.map { policy.rules[$0].approval }, requirements: requirements,
            policyVersion: policy.version)
    }
    if facts.tool.isFinalDeletion {
        // No rule that allows is a yes to what nobody can take back.
        return Decision(
            effect: .ask, isCertain: isCertain, because: allowing + [Policy.finalDeletion],
            demands: [ApprovalDemand()], requirements: requirements, policyVersion: policy.version)
    }
    return Decision(
        effect: .allow, isCertain: isCertain, because: allowing, requirements: requirements,
        policyVersion: policy.version)
}
