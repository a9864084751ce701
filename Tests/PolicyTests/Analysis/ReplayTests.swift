import JSON
import Policy
import Risk
import Testing

@Suite struct ReplayTests {
    private let pay = ToolFacts(name: "pay", source: "s", bucket: .write, level: .critical)

    private func call(_ amount: JSONValue?, tool: String = "pay", user: String = "ana") -> SeenCall {
        var arguments = JSONObject()
        arguments["amount"] = amount
        return SeenCall(
            user: user, agent: "desk", tenant: nil, roles: [], tool: tool, arguments: arguments,
            hidden: amount?.string == nil ? [] : [JSONPointer(["amount"])], minute: 720)
    }

    private let policy = Policy(
        rules: [
            Rule(id: "small", effect: .allow, condition: .argument(JSONPointer(["amount"]), .atMost(JSONNumber(50)))),
            Rule(id: "large", effect: .ask, condition: .argument(JSONPointer(["amount"]), .above(JSONNumber(50)))),
        ], version: "v")

    @Test func `what changes is counted with users, tools and the first call of it`() throws {
        var replay = PolicyReplay(policy, [pay])
        let allowed = Ruling(effect: .allow)
        for (index, amount) in [10, 60, 70, 80].enumerated() {
            replay.add(call(JSONValue(amount), user: index == 3 ? "ben" : "ana"), id: "c\(index)", decided: allowed)
        }
        let (turn, group) = try #require(replay.turns.first)
        #expect(replay.calls == 4 && replay.same == 1 && replay.turns.count == 1)
        #expect(turn.from == allowed && turn.to.effect == .ask && !turn.isWider)
        #expect(group.count == 3 && group.example == "c1")
        #expect(group.users.counts == ["ana": 2, "ben": 1] && group.tools.counts == ["pay": 3])
        #expect(group.rules.counts == ["large": 3])
    }

    @Test func `what turns on a lost value cannot be told, and what does not can`() {
        var replay = PolicyReplay(policy, [pay])
        replay.add(call("[redacted]"), id: "a", decided: Ruling(effect: .allow))
        #expect(replay.untold.count == 1 && replay.untold.rules.counts == ["small": 1, "large": 1])
        var denying = PolicyReplay(
            Policy(rules: policy.rules + [Rule(id: "no", effect: .deny)], version: "w"), [pay])
        denying.add(call("[redacted]"), id: "a", decided: Ruling(effect: .allow))
        #expect(denying.untold.count == 0 && denying.turns.keys.first?.to == .denied)
    }

    @Test func `who is asked counts, also where that they are asked is sure`() {
        let rules = [
            Rule(id: "always", effect: .ask),
            Rule(
                id: "large", effect: .ask, condition: .argument(JSONPointer(["amount"]), .isPresent(false)),
                approval: ApprovalDemand(roles: ["boss"])),
            Rule(
                id: "maybe", effect: .ask,
                condition: .any([
                    .argument(JSONPointer(["amount"]), .equals(3)), .argument(JSONPointer(["amount"]), .equals(4)),
                ]), approval: ApprovalDemand(roles: ["boss"])),
        ]
        var replay = PolicyReplay(Policy(rules: rules, version: "v"), [pay])
        let asked = Ruling(effect: .ask, demands: [ApprovalDemand()])
        replay.add(call("[redacted]"), id: "a", decided: asked)
        #expect(replay.untold.count == 1)
        replay.add(call(1), id: "b", decided: asked)
        #expect(replay.same == 1)
        replay.add(call(3), id: "c", decided: asked)
        #expect(replay.turns.keys.first.map { $0.to.demands.count == 2 && !$0.isWider } ?? false)
    }

    @Test func `calls of tools that are none any more are counted apart`() {
        var replay = PolicyReplay(policy, [pay])
        replay.add(call(1, tool: "gone"), id: "x", decided: Ruling(effect: .allow))
        #expect(replay.missing.count == 1 && replay.missing.tools.counts == ["gone": 1] && replay.turns.isEmpty)
    }

    @Test func `a fact of which the record has the id alone cannot be told to be the same`() throws {
        let young = Requirement(id: "backup", tool: "get", field: JSONPointer(["at"]), test: .youngerThan(3600))
        func replay(_ ruling: Ruling, on rules: [Rule]) -> PolicyReplay {
            var replay = PolicyReplay(Policy(rules: rules, version: "v"), [pay])
            replay.add(call(1), id: "a", decided: ruling)
            return replay
        }
        let named = Ruling(effect: .allow, namedRequirements: ["backup"])
        let demanding = Rule(id: "r", effect: .allow, requirements: [young])
        let unknown = replay(named, on: [demanding])
        #expect(unknown.untold.count == 1 && unknown.untold.rules.counts == ["r": 1] && unknown.turns.isEmpty)
        // Asked besides: not less, if the fact is the same.
        #expect(replay(named, on: [demanding, Rule(id: "ask", effect: .ask)]).untold.count == 1)
        #expect(replay(named.defining([young]), on: [demanding]).same == 1)
        // What does not turn on it is told.
        let without = try #require(replay(named, on: [Rule(id: "r", effect: .allow)]).turns.keys.first)
        #expect(without.isWider)
        let denied = try #require(replay(named, on: [Rule(id: "r", effect: .deny)]).turns.keys.first)
        #expect(!denied.isWider)
        let asked = Ruling(effect: .ask, demands: [ApprovalDemand()], namedRequirements: ["backup"])
        let allowed = try #require(replay(asked, on: [demanding]).turns.keys.first)
        #expect(allowed.isWider && allowed.from == asked)
    }

    @Test func `a call keeps what rules read when it is reduced, and is answered alike`() {
        for seed in UInt64(0)..<600 {
            var world = SmallWorld(seed: seed)
            let policy = world.policy()
            for tool in world.tools {
                let facts = world.facts(tool.facts)
                guard case .known(let arguments) = facts.arguments, case .known(let minute) = facts.minuteOfDay else {
                    continue
                }
                var whole = arguments
                whole["unread"] = "[redacted]"
                let call = SeenCall(
                    user: facts.user, agent: facts.agent, tenant: facts.tenant, roles: facts.roles,
                    tool: tool.facts.name, arguments: whole, hidden: [JSONPointer(["unread"])], minute: minute)
                let reduced = call.reduced(to: policy.rules)
                #expect(reduced.arguments["unread"] == nil && reduced.hidden.isEmpty)
                #expect(Ruling(decide(policy, facts)) == policy.ruling(on: reduced, tool.facts)?.ruling, "seed \(seed)")
            }
        }
    }
}
