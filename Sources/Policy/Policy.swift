/// What is allowed, asked or denied: a set of rules. No rule means no.
package struct Policy: Sendable, Hashable {
    package var rules: [Rule]
    /// Digest of the policy's text, which decisions carry.
    package var version: String

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
    let judged = policy.rules.map { (rule: $0, truth: $0.applies(to: facts)) }.filter { $0.truth != .no }
    let errors = judged.filter { $0.truth == .error }.map(\.rule.id)
    /// Rules with this effect that apply, or else stand in error, which denies.
    func sure(_ effect: Effect) -> [Rule] {
        judged.filter { $0.rule.effect == effect && $0.truth.contains(.yes) && !$0.truth.contains(.no) }.map(\.rule)
    }
    func possible(_ effect: Effect) -> Bool {
        judged.contains { $0.rule.effect == effect && $0.truth.contains(.yes) }
    }

    let denying = sure(.deny)
    let mayDeny = possible(.deny) || judged.contains { $0.truth.contains(.error) }
    if !errors.isEmpty || !denying.isEmpty {
        return Decision(
            effect: .deny, isCertain: true, because: denying.map(\.id) + errors, errors: errors,
            policyVersion: policy.version)
    }

    let asking = sure(.ask)
    let allowing = sure(.allow)
    var effects: Set<Effect> = mayDeny ? [.deny] : []
    if !asking.isEmpty {
        effects.insert(.ask)
    } else {
        if possible(.ask) { effects.insert(.ask) }
        if possible(.allow) { effects.insert(.allow) }
        if allowing.isEmpty { effects.insert(.deny) }
    }
    let effect: Effect = effects.contains(.deny) ? .deny : effects.contains(.ask) ? .ask : .allow
    let because = effect == .ask ? asking : effect == .allow ? allowing : []
    return Decision(
        effect: effect, isCertain: effects.count == 1, because: because.map(\.id),
        demands: effect == .ask ? asking.map(\.approval) : [], policyVersion: policy.version)
}
