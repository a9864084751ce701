/// What a policy would make of recorded calls, counted. It decides and does nothing else.
package struct PolicyReplay: Sendable {
    /// How often something came up, by name. Names beyond a bound are counted together.
    package struct Tally: Sendable, Hashable {
        package private(set) var counts: [String: Int] = [:]
        /// How many came up under names that are not kept.
        package private(set) var others = 0

        mutating func add(_ name: String) {
            if counts[name] == nil, counts.count >= 1000 { return others += 1 }
            counts[name, default: 0] += 1
        }

        /// Most frequent first.
        package var ordered: [(name: String, count: Int)] {
            counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { ($0.key, $0.value) }
        }
    }

    /// Calls that have something in common.
    package struct Group: Sendable, Hashable {
        package fileprivate(set) var count = 0
        package fileprivate(set) var users = Tally()
        package fileprivate(set) var agents = Tally()
        package fileprivate(set) var tools = Tally()
        /// The rules that determine the new answer.
        package fileprivate(set) var rules = Tally()
        /// The id of the first of them.
        package fileprivate(set) var example = ""

        fileprivate mutating func add(_ call: SeenCall, _ id: String, _ rules: [String] = []) {
            if count == 0 { example = id }
            count += 1
            users.add(call.user)
            agents.add(call.agent)
            tools.add(call.tool)
            for rule in rules { self.rules.add(rule) }
        }
    }

    package struct Turn: Sendable, Hashable {
        package var from: Ruling
        package var to: Ruling
        package var isWider: Bool { to.isWider(than: from) }
    }

    package private(set) var calls = 0
    package private(set) var same = 0
    package private(set) var turns: [Turn: Group] = [:]
    /// Calls of which the record lost what the answer turns on, or has only the id of a fact that may be another one now.
    package private(set) var untold = Group()
    /// Calls of tools that are none any more.
    package private(set) var missing = Group()

    private let tools: [String: ToolFacts]
    private let policies: [String: Policy]

    /// - Parameter tools: what can be called, by name.
    package init(_ policy: Policy, _ tools: [ToolFacts]) {
        self.tools = Dictionary(tools.map { ($0.name, $0) }) { first, _ in first }
        policies = self.tools.mapValues(policy.speaking)
    }

    /// Decides one call anew.
    ///
    /// - Parameters:
    ///   - id: the call's id, to be named as an example.
    ///   - ruling: what was decided when it came.
    package mutating func add(_ call: SeenCall, id: String, decided ruling: Ruling) {
        calls += 1
        guard let tool = tools[call.tool], let policy = policies[call.tool] else { return missing.add(call, id) }
        guard let (now, rules) = policy.ruling(on: call, tool) else {
            return untold.add(
                call, id,
                policy.rules.filter { ![.yes, .no, .error].contains($0.applies(to: call.facts(tool))) }.map(\.id))
        }
        if now == ruling {
            same += 1
        } else if turnsOnNames(now, ruling) {
            untold.add(call, id, policy.rules.filter { $0.demands(oneOf: ruling.namedRequirements) }.map(\.id))
        } else {
            turns[Turn(from: ruling, to: now), default: Group()].add(call, id, rules)
        }
    }

    /// Whether what changes depends on facts being the same that have the same id.
    private func turnsOnNames(_ now: Ruling, _ before: Ruling) -> Bool {
        guard now.effect != .deny else { return false }
        // As good as it can be: what is wider then, is wider in any case.
        var assumed = before
        for fact in now.requirements where assumed.namedRequirements.remove(fact.id) != nil {
            assumed.requirements.insert(fact)
        }
        return assumed != before && !now.isWider(than: assumed)
    }
}

extension Rule {
    fileprivate func demands(oneOf names: Set<String>) -> Bool { requirements.contains { names.contains($0.id) } }
}
