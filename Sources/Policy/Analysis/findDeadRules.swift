/// A rule that never determines what becomes of a call.
package struct DeadRule: Sendable, Hashable {
    package enum Why: Sendable, Hashable {
        /// No tool of the catalogue is one that it speaks of.
        case noTool
        /// Its condition is never met.
        case neverMet
        /// Wherever it applies these, or no rule at all, decide.
        case shadowed(by: Set<String>)
        /// Wherever it applies these decide, and it only denies calls on which it cannot be evaluated.
        case onlyInError(Set<String>)
    }

    package var id: String
    package var why: Why

    package init(id: String, why: Why) {
        self.id = id
        self.why = why
    }
}

/// What was found of rules that never determine anything.
package struct DeadRules: Sendable, Hashable {
    package internal(set) var rules: [DeadRule] = []
    /// Tools of which not all was tried: a rule that speaks of one is never called dead.
    package internal(set) var openTools: Set<String> = []
    package var isExhaustive: Bool { openTools.isEmpty }
}

/// Rules that never determine an answer.
///
/// A rule determines one where it applies and is among the rules of the decision, or where its facts are demanded. Each is dead
/// while the others stand: of several ``DeadRule/Why/onlyInError(_:)`` the last that stays may be what denies.
package func findDeadRules(_ policy: Policy, _ tools: [AnalysedTool], limit: Int = 20_000) -> DeadRules {
    var result = DeadRules()
    var live: Set<String> = []
    var met: Set<String> = []
    var erring: Set<String> = []
    var shadows: [String: Set<String>] = [:]
    for tool in tools {
        let own = policy.speaking(of: tool.facts)
        guard !own.rules.allSatisfy({ live.contains($0.id) }) else { continue }
        let isWhole = Sweep(rules: own.rules, tool: tool, limit: limit).run { call in
            let facts = call.facts(tool.facts)
            let decision = decide(own, facts)
            let denying = decision.because.filter { !decision.errors.contains($0) }
            for rule in own.rules where !live.contains(rule.id) {
                let truth = rule.applies(to: facts)
                guard truth != .no else { continue }
                if truth == .yes { met.insert(rule.id) }
                if truth == .error {
                    // Together with others in error it is not what denies, until they are gone.
                    if denying.isEmpty, own.permits(facts, without: decision.errors) { erring.insert(rule.id) }
                } else if decision.because.contains(rule.id) || decision.effect != .deny && !rule.requirements.isEmpty {
                    live.insert(rule.id)
                } else {
                    shadows[rule.id, default: []].formUnion(decision.because)
                }
            }
            return true
        }
        if !isWhole { result.openTools.insert(tool.facts.name) }
    }
    for rule in policy.rules where !live.contains(rule.id) {
        let spoken = tools.filter { rule.speaks(of: $0.facts) }
        guard !spoken.isEmpty else {
            result.rules.append(DeadRule(id: rule.id, why: .noTool))
            continue
        }
        guard !spoken.contains(where: { result.openTools.contains($0.facts.name) }) else { continue }
        let others = shadows[rule.id] ?? []
        let why: DeadRule.Why =
            erring.contains(rule.id)
            ? .onlyInError(others) : met.contains(rule.id) ? .shadowed(by: others) : .neverMet
        result.rules.append(DeadRule(id: rule.id, why: why))
    }
    return result
}

extension Policy {
    fileprivate func permits(_ facts: Facts, without ids: [String]) -> Bool {
        decide(Policy(rules: rules.filter { !ids.contains($0.id) }, version: version), facts).effect != .deny
    }
}
