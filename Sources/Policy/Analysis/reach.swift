/// "Can such a principal reach such a tool for less than so many people's yes?"
package struct ReachQuestion: Sendable, Hashable {
    package var askers: AskerFilter
    package var tools: ToolMatch
    /// Ways that take so many approvals or more do not count.
    package var approvals: Int

    package init(askers: AskerFilter, tools: ToolMatch, approvals: Int) {
        self.askers = askers
        self.tools = tools
        self.approvals = approvals
    }
}

/// What answers a question about reach.
package struct PolicyReach: Sendable, Hashable {
    /// A way that was found.
    package struct Way: Sendable, Hashable {
        package var call: ExampleCall
        package var ruling: Ruling
        package var rules: [String]
    }

    /// For each tool that is reached, the way that takes the fewest approvals; by name.
    package internal(set) var ways: [Way] = []
    /// How many tools were asked about.
    package internal(set) var tools = 0
    /// Tools of which not all was tried and no way was found: of them the answer is neither yes nor no.
    package internal(set) var openTools: Set<String> = []
}

/// Answers whether tools can be reached for less than some approvals, with a call for each that can.
package func reach(
    _ question: ReachQuestion, _ policy: Policy, _ tools: [AnalysedTool], limit: Int = 20_000
) -> PolicyReach {
    var reach = PolicyReach()
    for tool in tools where question.tools.matches(tool.facts) {
        reach.tools += 1
        let own = policy.speaking(of: tool.facts)
        var best: PolicyReach.Way?
        let sweep = Sweep(rules: own.rules, tool: tool, askers: question.askers, limit: limit)
        let isWhole = sweep.run { call in
            let facts = call.facts(tool.facts)
            let decision = decide(own, facts)
            let ruling = Ruling(decision)
            guard ruling.effect != .deny, ruling.approvals < question.approvals else { return true }
            var call = call
            call.isAccepted = tool.accepts(facts)
            let way = PolicyReach.Way(call: call, ruling: ruling, rules: decision.because)
            if best.map({ way.isBetter(than: $0) }) ?? true { best = way }
            return !(ruling.effect == .allow && call.isAccepted)
        }
        if let best {
            reach.ways.append(best)
        } else if !isWhole {
            reach.openTools.insert(tool.facts.name)
        }
    }
    return reach
}

extension PolicyReach.Way {
    fileprivate func isBetter(than other: PolicyReach.Way) -> Bool {
        if call.isAccepted != other.call.isAccepted { return call.isAccepted }
        return ruling.approvals < other.ruling.approvals
    }
}
