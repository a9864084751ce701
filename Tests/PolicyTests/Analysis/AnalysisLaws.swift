import JSON
import Policy
import Risk
import Testing

/// What must hold of every analysis, over seeds that are printed with a failure.
@Suite struct AnalysisLaws {
    static let seeds = UInt64(0)..<300

    @Test func `every change that is told is shown by its example`() {
        var turns = 0
        for seed in Self.seeds {
            var world = SmallWorld(seed: seed)
            let (old, new) = (world.policy(), world.policy())
            for turn in compare(old, new, world.pairs).turns {
                turns += 1
                guard let tool = world.tools.first(where: { $0.facts.name == turn.example.tool }) else {
                    Issue.record("seed \(seed): no such tool")
                    continue
                }
                let facts = turn.example.facts(tool.facts)
                let (before, after) = (decide(old, facts), decide(new, facts))
                #expect(Ruling(before) == turn.from && Ruling(after) == turn.to, "seed \(seed)")
                #expect(before.because == turn.oldRules && after.because == turn.newRules, "seed \(seed)")
            }
        }
        #expect(turns > 600)
    }

    @Test func `no call changes that the comparison does not tell of`() {
        var (found, others) = (0, 0)
        for seed in Self.seeds {
            var world = SmallWorld(seed: seed)
            let (old, new) = (world.policy(), world.policy())
            let difference = compare(old, new, world.pairs)
            #expect(difference.isExhaustive, "seed \(seed)")
            for tool in world.tools {
                for _ in 0..<60 {
                    let facts = world.facts(tool.facts)
                    let (before, after) = (decide(old, facts), decide(new, facts))
                    let (from, to) = (Ruling(before), Ruling(after))
                    // Looked at apart, since what is compared could leave it out.
                    let hasOtherFacts =
                        before.effect != .deny && after.effect != .deny
                        && Set(before.requirements.map { "\($0)" }) != Set(after.requirements.map { "\($0)" })
                    guard from != to || hasOtherFacts else { continue }
                    found += 1
                    if hasOtherFacts { others += 1 }
                    let isTold = difference.turns.contains {
                        $0.from == from && $0.to == to && $0.tools.contains(tool.facts.name)
                    }
                    #expect(isTold, "seed \(seed): \(facts)")
                }
            }
        }
        #expect(found > 1000 && others > 100, "\(found) \(others)")
    }

    @Test func `one more deny never opens anything`() {
        for seed in Self.seeds {
            var world = SmallWorld(seed: seed)
            let old = world.policy()
            var new = old
            new.rules.append(world.rule("extra", effect: .deny))
            #expect(!compare(old, new, world.pairs).isWider, "seed \(seed)")
        }
    }

    @Test func `a policy does not differ from itself`() {
        for seed in Self.seeds {
            var world = SmallWorld(seed: seed)
            let policy = world.policy()
            #expect(compare(policy, policy, world.pairs).turns.isEmpty, "seed \(seed)")
        }
    }

    @Test func `no dead rule ever determines anything`() {
        var (dead, denied) = (0, 0)
        for seed in Self.seeds {
            var world = SmallWorld(seed: seed)
            let policy = world.policy()
            let result = findDeadRules(policy, world.tools)
            #expect(result.isExhaustive, "seed \(seed)")
            for rule in result.rules {
                dead += 1
                let without = Policy(rules: policy.rules.filter { $0.id != rule.id }, version: "v")
                for tool in world.tools {
                    for _ in 0..<40 {
                        let facts = world.facts(tool.facts)
                        let decision = decide(policy, facts)
                        if case .onlyInError = rule.why {
                            denied += decision.errors == [rule.id] ? 1 : 0
                        } else {
                            #expect(Ruling(decision) == Ruling(decide(without, facts)), "seed \(seed): \(rule)")
                        }
                        let isNamed = decision.because.contains(rule.id) && !decision.errors.contains(rule.id)
                        #expect(!isNamed, "seed \(seed): \(rule)")
                    }
                }
            }
        }
        #expect(dead > 60 && denied > 30, "\(dead) \(denied)")
    }

    @Test func `what is dead and never errs can go together`() {
        var gone = 0
        for seed in Self.seeds {
            var world = SmallWorld(seed: seed)
            let policy = world.policy()
            let dead = findDeadRules(policy, world.tools).rules.filter {
                if case .onlyInError = $0.why { false } else { true }
            }.map(\.id)
            gone += dead.count
            let without = Policy(rules: policy.rules.filter { !dead.contains($0.id) }, version: "v")
            #expect(compare(policy, without, world.pairs).turns.isEmpty, "seed \(seed): \(dead)")
        }
        #expect(gone > 30)
    }

    @Test func `rules that err together are each told as what denies in error`() {
        let tool = AnalysedTool(ToolFacts(name: "pay", source: "s", bucket: .write, level: .critical))
        let late = Condition.argument(JSONPointer(["amount"]), .atMost(JSONNumber(5)))
        let rules = [
            Rule(id: "all", effect: .ask), Rule(id: "one", effect: .allow, condition: late),
            Rule(id: "two", effect: .allow, condition: late),
        ]
        #expect(
            findDeadRules(Policy(rules: rules, version: "v"), [tool]).rules == [
                DeadRule(id: "one", why: .onlyInError(["all"])), DeadRule(id: "two", why: .onlyInError(["all"])),
            ])
    }

    @Test func `a fact that is asked otherwise under its old id is a change, and wider`() throws {
        let tool = AnalysedTool(ToolFacts(name: "pay", source: "s", bucket: .write, level: .critical))
        let pair = ToolPair(old: tool.facts, new: tool.facts, analysed: tool)
        func policy(_ fact: Requirement) -> Policy {
            Policy(rules: [Rule(id: "r", effect: .allow, requirements: [fact])], version: "v")
        }
        let field = JSONPointer(["at"])
        let young = Requirement(id: "backup", tool: "get", field: field, test: .youngerThan(3600))
        let others = [
            Requirement(id: "backup", tool: "get", field: field, test: .youngerThan(31_536_000)),
            Requirement(id: "backup", tool: "list", field: field, test: .youngerThan(3600)),
            Requirement(id: "backup", tool: "get", field: JSONPointer(["now"]), test: .youngerThan(3600)),
            Requirement(
                id: "backup", tool: "get", arguments: ["of": .constant("x")], field: field, test: .youngerThan(3600)),
            Requirement(
                id: "backup", .address(.init(url: "https://facts.example/x")), field: field, test: .youngerThan(3600)),
        ]
        for other in others {
            let turn = try #require(compare(policy(young), policy(other), [pair]).turns.first, "\(other)")
            #expect(turn.isWider && turn.from.requirements == [young] && turn.to.requirements == [other])
        }
        #expect(compare(policy(young), policy(young), [pair]).turns.isEmpty)
    }

    @Test func `prefixes that look alike are two, and each is tried`() {
        let (composed, decomposed) = ("caf\u{E9}", "cafe\u{301}")
        let name = JSONPointer(["name"])
        let tool = AnalysedTool(ToolFacts(name: "pay", source: "s", bucket: .write, level: .critical))
        let pair = ToolPair(old: tool.facts, new: tool.facts, analysed: tool)
        func policy(_ prefixes: String...) -> Policy {
            let condition = Condition.any(prefixes.map { .argument(name, .hasPrefix($0)) })
            return Policy(rules: [Rule(id: "r", effect: .allow, condition: condition)], version: "v")
        }
        let difference = compare(policy(composed), policy(composed, decomposed), [pair])
        #expect(difference.isExhaustive && difference.isWider)
        #expect(policy(composed).rules != policy(decomposed).rules)
        #expect(policy(composed).rules == policy(composed).rules)
    }

    @Test func `a dead rule is told with why`() {
        let tool = AnalysedTool(ToolFacts(name: "pay", source: "s", bucket: .write, level: .critical))
        let amount = JSONPointer(["amount"])
        let rules = [
            Rule(id: "all", effect: .ask),
            Rule(id: "other", effect: .allow, tools: ToolMatch(names: ["gone"])),
            Rule(id: "less", effect: .allow),
            Rule(
                id: "never", effect: .deny,
                condition: .all([.argument(amount, .isPresent(true)), .argument(amount, .isPresent(false))])),
            Rule(id: "late", effect: .allow, condition: .argument(amount, .atMost(JSONNumber(5)))),
        ]
        let dead = findDeadRules(Policy(rules: rules, version: "v"), [tool]).rules
        #expect(
            dead == [
                DeadRule(id: "other", why: .noTool), DeadRule(id: "less", why: .shadowed(by: ["all", "late"])),
                DeadRule(id: "never", why: .neverMet), DeadRule(id: "late", why: .onlyInError(["all"])),
            ])
    }

    @Test func `what is said to be out of reach is, and each way leads there`() {
        var (yes, no) = (0, 0)
        for seed in Self.seeds {
            var world = SmallWorld(seed: seed)
            let policy = world.policy()
            var askers = AskerFilter()
            askers.roles = ["clerk"]
            let question = ReachQuestion(askers: askers, tools: ToolMatch(categories: [.financial]), approvals: 2)
            let answer = reach(question, policy, world.tools)
            #expect(answer.openTools.isEmpty, "seed \(seed)")
            for tool in world.tools where tool.facts.categories.contains(.financial) {
                if let way = answer.ways.first(where: { $0.call.tool == tool.facts.name }) {
                    yes += 1
                    let decision = decide(policy, way.call.facts(tool.facts))
                    #expect(way.call.roles == ["clerk"] && decision.effect != .deny, "seed \(seed)")
                    #expect(Ruling(decision).approvals < 2, "seed \(seed)")
                } else {
                    no += 1
                    for _ in 0..<60 {
                        var facts = world.facts(tool.facts)
                        facts.roles = ["clerk"]
                        let decision = decide(policy, facts)
                        #expect(decision.effect == .deny || Ruling(decision).approvals >= 2, "seed \(seed): \(facts)")
                    }
                }
            }
        }
        #expect(yes > 60 && no > 60, "\(yes) \(no)")
    }

    @Test func `where not all was tried, it is said`() {
        let pointers = (0..<12).map { JSONPointer(["a\($0)"]) }
        let rule = Rule(
            id: "many", effect: .allow,
            condition: .all(pointers.map { .argument($0, .oneOf(["a", "b", "c", "d"])) }))
        let tool = AnalysedTool(ToolFacts(name: "t", source: "s", bucket: .write, level: .sideEffect))
        let pair = ToolPair(old: tool.facts, new: tool.facts, analysed: tool)
        let difference = compare(
            Policy(rules: [rule], version: "a"), Policy(rules: [], version: "b"), [pair], limit: 100)
        #expect(!difference.isExhaustive && difference.openTools == ["t"])
        #expect(!findDeadRules(Policy(rules: [rule], version: "a"), [tool], limit: 10).isExhaustive)
    }
}
