import JSON

/// What is otherwise under another policy.
package struct PolicyDifference: Sendable {
    /// Calls that are answered otherwise for the same reasons.
    package struct Turn: Sendable, Hashable {
        package var from: Ruling
        package var to: Ruling
        /// The rules that determine the answer on either side.
        package var oldRules: [String]
        package var newRules: [String]
        package var tools: Set<String>
        /// A call that is answered so. One that a tool's schema takes, where one was found.
        package var example: ExampleCall

        package var isWider: Bool { to.isWider(than: from) }
    }

    package internal(set) var turns: [Turn] = []
    /// Whether every call that rules can tell apart was tried.
    package internal(set) var isExhaustive = true
    /// Tools of which not all was tried.
    package internal(set) var openTools: Set<String> = []

    /// Whether something becomes possible, or possible for less.
    package var isWider: Bool { turns.contains(where: \.isWider) }
}

/// A tool as two configurations have it; nil where one does not.
package struct ToolPair: Sendable {
    package var old: ToolFacts?
    package var new: ToolFacts?
    /// How arguments are made for it.
    package var analysed: AnalysedTool

    package init(old: ToolFacts?, new: ToolFacts?, analysed: AnalysedTool) {
        self.old = old
        self.new = new
        self.analysed = analysed
    }
}

/// What changes between two policies, with a call for each change.
///
/// Tool by tool: only rules that speak of it count there, and of tools that rules cannot tell apart, and whose arguments
/// none reads, one is tried for all.
/// - Parameter limit: how many calls of each tool are tried at most. Where there would be more, the difference says so.
package func compare(_ old: Policy, _ new: Policy, _ tools: [ToolPair], limit: Int = 20_000) -> PolicyDifference {
    var difference = PolicyDifference()
    var places: [TurnKey: Int] = [:]
    for group in alike(tools, old, new) {
        guard let first = group.first else { continue }
        let oldRules = first.old.map(old.speaking) ?? Policy(rules: [], version: old.version)
        let newRules = first.new.map(new.speaking) ?? Policy(rules: [], version: new.version)
        let names = Set(group.map(\.analysed.facts.name))
        let sweep = Sweep(rules: oldRules.rules + newRules.rules, tool: first.analysed, limit: limit)
        let isWhole = sweep.run { call in
            let before = first.old.map { decide(oldRules, call.facts($0)) }
            let after = first.new.map { decide(newRules, call.facts($0)) }
            let from = before.map { Ruling($0) } ?? .denied
            let to = after.map { Ruling($0) } ?? .denied
            guard from != to else { return true }
            let key = TurnKey(from: from, to: to, oldRules: before?.because ?? [], newRules: after?.because ?? [])
            if let place = places[key] {
                difference.turns[place].tools.formUnion(names)
                if !difference.turns[place].example.isAccepted, let better = accepted(call, group) {
                    difference.turns[place].example = better
                }
            } else {
                var example = accepted(call, group)
                if example == nil {
                    example = call
                    example?.isAccepted = false
                }
                places[key] = difference.turns.count
                difference.turns.append(
                    PolicyDifference.Turn(
                        from: from, to: to, oldRules: key.oldRules, newRules: key.newRules, tools: names,
                        example: example ?? call))
            }
            return true
        }
        if !isWhole {
            difference.isExhaustive = false
            difference.openTools.formUnion(names)
        }
    }
    return difference
}

private struct TurnKey: Hashable {
    var from: Ruling
    var to: Ruling
    var oldRules: [String]
    var newRules: [String]
}

/// The call, of a tool whose schema takes it; nil where there is none.
private func accepted(_ call: ExampleCall, _ group: [ToolPair]) -> ExampleCall? {
    for pair in group.prefix(16) {
        var call = call
        call.tool = pair.analysed.facts.name
        // Where no rule reads an argument, each has its own.
        if group.count > 1 { call.arguments = pair.analysed.sample }
        if pair.analysed.accepts(call.facts(pair.new ?? pair.old ?? pair.analysed.facts)) { return call }
    }
    return nil
}

/// Tools that no rule can tell apart, together.
private func alike(_ tools: [ToolPair], _ old: Policy, _ new: Policy) -> [[ToolPair]] {
    struct Key: Hashable {
        var old: [Bool]?
        var new: [Bool]?
        var isFinal: [Bool?]
        /// Of tools whose arguments are read none is like another.
        var name: String?
    }
    var groups: [Key: Int] = [:]
    var result: [[ToolPair]] = []
    for tool in tools {
        let speaking =
            (tool.old.map { old.speaking(of: $0).rules } ?? []) + (tool.new.map { new.speaking(of: $0).rules } ?? [])
        let key = Key(
            old: tool.old.map { facts in old.rules.map { $0.speaks(of: facts) } },
            new: tool.new.map { facts in new.rules.map { $0.speaks(of: facts) } },
            isFinal: [tool.old?.isFinalDeletion, tool.new?.isFinalDeletion],
            name: speaking.comparisons.isEmpty ? nil : tool.analysed.facts.name)
        if let place = groups[key] {
            result[place].append(tool)
        } else {
            groups[key] = result.count
            result.append([tool])
        }
    }
    return result
}

extension Policy {
    /// The same policy with only the rules that may have a word on a tool, which decides its calls alike.
    package func speaking(of tool: ToolFacts) -> Policy {
        Policy(rules: rules.filter { $0.speaks(of: tool) }, version: version)
    }
}

extension Rule {
    /// Whether it can apply to calls of a tool.
    package func speaks(of tool: ToolFacts) -> Bool {
        tools.matches(tool) && !(except?.matches(tool) ?? false)
    }
}
