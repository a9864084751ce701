import JSON
import Policy
import Risk
import Testing

@Suite struct SuggestTests {
    private func seen(_ facts: Facts) -> SeenCall? {
        guard case .known(let arguments) = facts.arguments, case .known(let minute) = facts.minuteOfDay else {
            return nil
        }
        return SeenCall(
            user: facts.user, agent: facts.agent, tenant: facts.tenant, roles: facts.roles, tool: facts.tool.name,
            arguments: arguments, hidden: [], minute: minute)
    }

    @Test func `what is suggested permits what was seen as before, and nothing that was not permitted`() {
        var (permitted, narrower) = (0, 0)
        for seed in AnalysisLaws.seeds {
            var world = SmallWorld(seed: seed)
            let present = world.policy()
            var calls: [SeenCall: Int] = [:]
            for tool in world.tools {
                for _ in 0..<6 { if let call = seen(world.facts(tool.facts)) { calls[call, default: 0] += 1 } }
            }
            let suggestion = suggest(present, calls, world.tools)
            for tool in world.tools {
                for call in calls.keys where call.tool == tool.facts.name {
                    let before = Ruling(decide(present, call.facts(tool.facts)))
                    guard before.effect != .deny else { continue }
                    permitted += 1
                    #expect(
                        Ruling(decide(suggestion.policy, call.facts(tool.facts))) == before, "seed \(seed): \(call)")
                }
                for _ in 0..<60 {
                    let facts = world.facts(tool.facts)
                    let (before, after) = (Ruling(decide(present, facts)), Ruling(decide(suggestion.policy, facts)))
                    #expect(!after.isWider(than: before), "seed \(seed): \(facts)")
                    let kept = Set(after.requirements.map { "\($0)" })
                    let isLess = !before.requirements.allSatisfy { kept.contains("\($0)") }
                    #expect(after.effect == .deny || !isLess, "seed \(seed): \(facts)")
                    if after != before { narrower += 1 }
                }
            }
            #expect(Set(suggestion.policy.rules.map(\.id)).count == suggestion.policy.rules.count, "seed \(seed)")
        }
        #expect(permitted > 300 && narrower > 1000, "\(permitted) \(narrower)")
    }

    private let refund = AnalysedTool(ToolFacts(name: "refund", source: "s", bucket: .write, level: .critical))
    private let policy = Policy(
        rules: [
            Rule(
                id: "small", effect: .allow,
                condition: .argument(JSONPointer(["amount"]), .atMost(JSONNumber(50)))),
            Rule(
                id: "large", effect: .ask, condition: .argument(JSONPointer(["amount"]), .above(JSONNumber(50))),
                approval: ApprovalDemand(roles: ["manager"])),
        ], version: "v")

    private func call(_ amount: JSONValue, _ roles: Set<String> = ["clerk"], user: String = "ana") -> SeenCall {
        SeenCall(
            user: user, agent: "desk", tenant: nil, roles: roles, tool: "refund", arguments: ["amount": amount],
            hidden: hiddenIfText(amount), minute: 720)
    }

    private func hiddenIfText(_ value: JSONValue) -> [JSONPointer] {
        value.string == nil ? [] : [JSONPointer(["amount"])]
    }

    @Test func `numbers are bounded by what was seen, and roles stand before users`() throws {
        let calls = [call(10): 3, call(JSONValue(20)): 1, call(500): 1, call(15, [], user: "zoe"): 1]
        let suggestion = suggest(policy, calls, [refund])
        #expect(suggestion.keptTools.isEmpty)
        let rules = suggestion.policy.rules
        #expect(rules.map(\.id) == ["small", "small-2", "large"])
        #expect(rules.map(\.principals.users) == [["zoe"], nil, nil])
        #expect(rules.map(\.principals.roles) == [nil, ["clerk"], ["clerk"]])
        #expect(rules.allSatisfy { $0.tools.names == ["refund"] && $0.principals.agents == ["desk"] })
        func effect(_ amount: JSONValue, user: String = "ana", _ roles: Set<String> = ["clerk"]) -> Effect {
            decide(suggestion.policy, call(amount, roles, user: user).facts(refund.facts)).effect
        }
        #expect(effect(12) == .allow && effect(20) == .allow && effect(500) == .ask)
        #expect(effect(30) == .deny && effect(5) == .deny && effect(501) == .deny)
        #expect(effect(12, user: "zoe", []) == .deny && effect(15, user: "zoe", []) == .allow)
    }

    @Test func `of two facts with one id the stricter is not dropped`() {
        func fact(_ seconds: Int) -> Requirement {
            Requirement(id: "backup", tool: "get", field: JSONPointer(["at"]), test: .youngerThan(seconds))
        }
        let asking = Rule(id: "asks", effect: .ask, requirements: [fact(31_536_000)])
        let allowing = Rule(id: "allows", effect: .allow, requirements: [fact(3600)])
        let present = Policy(rules: [asking, allowing], version: "v")
        let suggestion = suggest(present, [call(10): 1], [refund])
        let decision = decide(suggestion.policy, call(10).facts(refund.facts))
        #expect(decision.requirements.contains { $0.test == .youngerThan(3600) })
    }

    @Test func `where a record lost what rules read, they stay as they are`() {
        let suggestion = suggest(policy, [call("[redacted]"): 2, call(10): 1], [refund])
        #expect(suggestion.untoldCalls == 2 && suggestion.keptTools == ["refund"])
        let pair = ToolPair(old: refund.facts, new: refund.facts, analysed: refund)
        #expect(compare(policy, suggestion.policy, [pair]).turns.isEmpty)
    }

    @Test func `what is denied by now and what is no tool any more is counted and not suggested`() {
        var gone = call(10)
        gone.tool = "gone"
        let denied = Policy(rules: [Rule(id: "no", effect: .deny)], version: "v")
        let suggestion = suggest(denied, [call(10): 2, gone: 3], [refund])
        #expect(suggestion.deniedCalls == 2 && suggestion.missingCalls == 3 && suggestion.policy.rules.isEmpty)
    }
}
