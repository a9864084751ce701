import Core
import Documents
import Foundation
import JSON
import Policy
import Risk
import Settings
import Testing

@Suite struct PolicySectionTests {
    /// The rules as they are read back from what is written of them.
    private func readBack(_ rules: [Rule]) throws -> [Rule] {
        let start = try #require(Folder.configuration.range(of: "policy:"))
        let text = Folder.configuration[..<start.lowerBound] + policySection(Policy(rules: rules, version: ""))
        let folder = try Folder(String(text))
        return try #require(folder.load().configuration, "\(folder.errors)").policy.rules
    }

    private func argument(_ name: String, _ comparison: Comparison) -> Condition {
        .argument(JSONPointer([name]), comparison)
    }

    @Test func `what is written of rules is read as the same rules`() throws {
        var asked = ApprovalDemand(seats: [.init(["boss", "manager"], count: 2)], expiresAfter: 60, repeatWindow: 0)
        asked.escalation = .init(after: 30, roles: ["owner"])
        asked.breakGlass = ["owner"]
        asked.runsOnApproval = true
        asked.haste = .init(approvals: 3, seconds: 60, remedy: .pause(10))
        var confirmed = ApprovalDemand(seats: [], isConfirmation: true)
        confirmed.acceptsForm = true
        let half = try #require(JSONNumber("0.50"))
        let rules = [
            Rule(id: "all", effect: .allow),
            Rule(
                id: "yes", effect: .deny,
                principals: PrincipalMatch(
                    users: ["ana", "no \"quotes\", [lists] or #"], agents: ["a"], tenants: ["1"],
                    roles: ["true", "x-y"]),
                tools: ToolMatch(
                    names: ["list_orders"], sources: ["shop"], tags: ["t: a"], buckets: [.read, .write],
                    levels: [.readOnly], categories: [.financial, .bulk]),
                except: ToolMatch(names: ["create_order"], categories: [.bulk])),
            Rule(
                id: "conditions", effect: .allow,
                condition: .any([
                    .all([argument("a", .atLeast(half)), argument("a", .below(JSONNumber(5)))]),
                    .all([argument("a", .atLeast(half)), argument("b", .below(JSONNumber(5)))]),
                    .not(argument("a.b", .equals(["x": [1, true, "null"]]))),
                    .argument(JSONPointer(["to", "name"]), .hasPrefix("~/ \u{7}")),
                    argument("/c", .oneOf(["1", 1, .bool(false)])), argument("d", .isPresent(false)),
                    argument("e", .atMost(JSONNumber(-3))), argument("e", .above(JSONNumber(0))),
                    .timeOfDay(from: 1320, to: 65),
                ])),
            Rule(id: "one", effect: .ask, approval: asked),
            Rule(id: "each", effect: .ask, approval: ApprovalDemand(seats: [.init(["a"]), .init(["b"])])),
            Rule(
                id: "own", effect: .ask, tools: ToolMatch(names: ["list_orders"]), approval: confirmed),
            Rule(
                id: "facts", effect: .allow,
                requirements: [
                    Requirement(
                        id: "young", tool: "list_orders",
                        arguments: ["a": .constant("x"), "b": .argument(JSONPointer(["c"]))],
                        field: JSONPointer(["made", "at"]), test: .youngerThan(3600)),
                    Requirement(
                        id: "there",
                        .address(.init(url: "https://facts.example/x", secret: "key", allowsLoopback: true)),
                        field: JSONPointer(["ok"]), test: .comparison(.equals(true))),
                ]),
        ]
        let back = try readBack(rules)
        for (left, right) in zip(rules, back) { #expect(left == right) }
        #expect(back.count == rules.count)
        #expect(try readBack([]).isEmpty)
    }

    @Test func `a policy alone is read on another configuration, and its problems are told where they are`() throws {
        let folder = try Folder()
        try folder.write("sound.yaml", "policy:\n  rules:\n    - { id: none, effect: deny }\n")
        let base = folder.path + "/sallyport.yaml"
        let sound = load(folder.path + "/sound.yaml", on: base)
        #expect(sound.configuration?.policy.rules.map(\.id) == ["none"])
        #expect(sound.configuration?.tools.isEmpty == false)
        #expect(sound.configuration?.policy.version != folder.load().configuration?.policy.version)
        try folder.write("broken.yaml", "policy:\n  rules:\n    - { id: none, effect: deny, tools: [list_order] }\n")
        let broken = load(folder.path + "/broken.yaml", on: base)
        #expect(broken.configuration == nil)
        let texts = broken.diagnostics.map { "\($0)" }
        #expect(texts.contains { $0.contains("broken.yaml:3: error: no source has a tool") }, "\(texts)")
        // A whole configuration is one.
        #expect(load(base, on: folder.path + "/sound.yaml").configuration?.policy.rules.count == 2)
    }

    @Test func `a tool takes what its schema takes and what is the caller's own`() throws {
        let configuration = try #require(try Folder().load().configuration)
        let tool = AnalysedTool(try #require(configuration.tools.first { $0.name == "list_orders" }))
        func accepts(_ arguments: JSONObject, tenant: String? = "north") -> Bool {
            tool.accepts(
                Facts(
                    user: "u", agent: "a", tenant: tenant, roles: [], tool: tool.facts, arguments: .known(arguments),
                    minuteOfDay: .known(0)))
        }
        #expect(accepts([:]) && accepts(["limit": 3]) && accepts(["tenant_id": "north"]))
        #expect(!accepts(["limit": "x"]) && !accepts(["tenant_id": "south"]) && !accepts([:], tenant: nil))
    }
}
