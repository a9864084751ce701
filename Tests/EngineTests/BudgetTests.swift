import Core
import JSON
import Policy
import Risk
import Store
import TestSupport
import Testing

@testable import Engine

@Suite struct BudgetTests {
    private static let amount = JSONPointer(["amount"])

    private func world(_ budgets: Budget...) -> World {
        var world = World()
        world.budgets = budgets
        world.policy.rules.append(
            Rule(id: "all", effect: .allow, tools: ToolMatch(names: ["refund", "send", "drop", "drop_many"])))
        world.policy.rules.remove(at: 2)
        return world
    }

    private func euros(_ most: Int64, per: Rate.Subject = .user, in period: Budget.Period = .seconds(86_400)) -> Budget
    {
        Budget(
            id: "refunds", per: per, period: period, unit: .money(currency: "EUR"), most: most * 1_000_000,
            tools: ToolMatch(names: ["refund"]), amount: Self.amount)
    }

    private func number(_ text: String) throws -> JSONValue { try JSONParser.parse(text) }

    private func refund(_ world: World, _ amount: JSONValue, as user: String = "ana") async throws -> Refusal? {
        try await world.call("refund", ["amount": amount], as: World.principal(user)).refusal
    }

    @Test func `money is counted to the millionth and never passed`() async throws {
        let world = world(euros(100))
        #expect(try await refund(world, 60) == nil)
        #expect(try await refund(world, try number("39.999999")) == nil)
        let refusal = try #require(try await refund(world, try number("0.0000011")))
        #expect(refusal.code == .overBudget)
        #expect(refusal.message.hasPrefix("At most 100 EUR in a day are allowed, and this call would pass that."))
        #expect(try await refund(world, try number("0.000001")) == nil)
        #expect(try await refund(world, 1) != nil)
        #expect(try await refund(world, 60, as: "cleo") == nil, "another user has their own")
        let count = world.backend.count
        world.clock.advance(bySeconds: 86_400)
        #expect(try await refund(world, 100) == nil)
        #expect(world.backend.count == count + 1)
    }

    @Test(arguments: ["-1", "1e30", "1e300000", "\"60\"", "null"])
    func `an amount that cannot be counted is refused`(_ text: String) async throws {
        let arguments: JSONObject = ["amount": try number(text)]
        #expect(throws: Refusal.self) { try euros(100).amount(of: arguments, for: try World.tools[1].facts) }
    }

    @Test func `what is too large by itself says so`() async throws {
        let world = world(euros(100))
        #expect(try await refund(world, 101)?.message.contains("too large by itself") == true)
        #expect(try await refund(world, 100) == nil)
    }

    @Test func `another currency is refused`() async throws {
        let budget = euros(100).with(currency: JSONPointer(["note"]))
        let world = world(budget)
        for note in ["USD", "eur", ""] {
            let refusal = try await world.call("refund", ["amount": 1, "note": .string(note)]).refusal
            #expect(refusal?.code == .overBudget, "\(note)")
            #expect(refusal?.message.contains("its amount is not in EUR") == true)
        }
        #expect(try await world.call("refund", ["amount": 1]).refusal?.code == .overBudget)
        #expect(try await world.call("refund", ["amount": 1, "note": "EUR"]).refusal == nil)
        #expect(world.backend.count == 1)
    }

    @Test func `a call that did nothing gives back what it took, one that may have done something does not`()
        async throws
    {
        let world = world(euros(100))
        world.backend.answers(.failed(didSend: false, cause: "down"))
        for _ in 0..<3 { #expect(try await refund(world, 90)?.code == .sourceUnavailable) }
        world.backend.answers(.answered(status: 422, mediaType: nil, body: []))
        for _ in 0..<3 { #expect(try await refund(world, 90)?.code == .sourceRefused) }
        world.backend.answers(.failed(didSend: true, cause: "lost"))
        #expect(try await refund(world, 90)?.code == .outcomeUnknown)
        #expect(try await refund(world, 91)?.code == .overBudget)
    }

    @Test func `fifty at once take no more than there is`() async throws {
        let world = world(euros(100))
        let snapshot = try world.snapshot
        let gate = world.gate
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<50 {
                group.addTask {
                    _ = await gate.serve(
                        ToolRequest(name: "refund", arguments: ["amount": 30]), as: World.principal(), in: snapshot)
                }
            }
        }
        #expect(world.backend.count == 3)
    }

    @Test func `two budgets are taken together or not at all`() async throws {
        let other = euros(1000, per: .tool).with(id: "other")
        let world = world(other, euros(100))
        #expect(try await refund(world, 100) == nil)
        for _ in 0..<20 { #expect(try await refund(world, 90)?.code == .overBudget) }
        #expect(try await refund(world, 100, as: "cleo") == nil, "what was refused took nothing of the other")
    }

    @Test func `a conversation ends with half an hour of silence`() async throws {
        let world = world(Budget(id: "calls", per: .agent, period: .conversation, unit: .calls, most: 2))
        #expect(try await refund(world, 1) == nil)
        world.clock.advance(bySeconds: 1799)
        #expect(try await refund(world, 1) == nil)
        world.clock.advance(bySeconds: 1799)
        #expect(try await refund(world, 1)?.code == .overBudget, "asking goes on with it")
        try await world.journal.discardKept(at: world.clock.now.advanced(bySeconds: 1799))
        world.clock.advance(bySeconds: 1799)
        #expect(try await refund(world, 1)?.code == .overBudget, "what was spent is remembered as long as it goes on")
        world.clock.advance(bySeconds: -7200)
        #expect(try await refund(world, 1)?.code == .overBudget, "a clock that goes back begins none anew")
        world.clock.advance(bySeconds: 7200 + 1800)
        #expect(try await refund(world, 1) == nil)
    }

    @Test func `records are as many as came`() async throws {
        let world = world(Budget(id: "records", per: .user, period: .seconds(3600), unit: .records, most: 5))
        world.backend.answers(
            .answered(status: 200, mediaType: "application/json", body: Array(#"{"items":[1,2,3,4]}"#.utf8)))
        func count(_ text: String) -> Int { countRecords(in: Array(text.utf8)) }
        #expect(count(#"{"items":[1,2,3,4],"next":"x"}"#) == 4)
        #expect(count("[1,2]") == 2 && count(#"{"id":1}"#) == 1 && count("[]") == 0 && count(" [ ] ") == 0)
        #expect(count(#"{"data":{"items":[{"a":1},{"a":2}],"total":2}}"#) == 2)
        #expect(count(#"{"text":"[1,2,3,4,5]","quote":"\\\"[,,,]"}"#) == 1)
        #expect(count(#"[[],[]]"#) == 2 && count("[[]]") == 1 && count(#"{"a":[]}"#) == 1 && count("7") == 1)
        #expect(count(#"["a,b","c"]"#) == 2 && count(#"[[1,2,3],[4]]"#) == 3 && count(#""[""#) == 1)
        #expect(try await refund(world, 1) == nil)
        #expect(try await refund(world, 1) == nil)
    }

    @Test func `a write gives back nothing of the records that it said it would change`() async throws {
        let budget = Budget(
            id: "records", per: .user, period: .seconds(3600), unit: .records, most: 500, amount: Self.amount)
        let world = world(budget)
        #expect(try await refund(world, 400) == nil)
        #expect(try await refund(world, 400)?.code == .overBudget)
    }

    @Test func `messages and deletions are counted for tools that send and destroy`() throws {
        let send = ToolFacts(
            name: "send", source: "s", bucket: .write, level: .sideEffect, categories: [.communication])
        let drop = ToolFacts(
            name: "drop", source: "s", bucket: .write, level: .critical, categories: [.destructive, .bulk])
        let messages = Budget(id: "m", per: .user, period: .seconds(60), unit: .messages, most: 10)
        #expect(messages.counts(send) && !messages.counts(drop))
        #expect(try messages.amount(of: [:], for: send) == 1)
        let counted = messages.with(amount: JSONPointer(["to"]))
        #expect(try counted.amount(of: ["to": ["a", "b", "c"]], for: send) == 3)
        #expect(throws: Refusal.self) { try counted.amount(of: [:], for: send) }
        let deletions = Budget(id: "d", per: .user, period: .seconds(60), unit: .deletions, most: 10)
        #expect(throws: Refusal.self, "how many it deletes is not said") { try deletions.amount(of: [:], for: drop) }
        let listed = deletions.with(amount: JSONPointer(["ids"]))
        #expect(try listed.amount(of: ["ids": [1, 2]], for: drop) == 2)
        #expect(try listed.amount(of: ["ids": try number("2.5")], for: drop) == 3)
    }

    @Test func `a budget that is used up lets no approved call run`() async throws {
        var world = World()
        world.budgets = [euros(100)]
        let call = try #require(try await world.call("refund", ["amount": 90]).pending)
        try await world.approve(call.id)
        #expect(try await refund(world, 20) == nil)
        #expect(try await refund(world, 90)?.code == .overBudget)
        #expect(world.backend.count == 1)
        #expect(try await world.journal.call(call.id)?.phase == .approved)
    }

    @Test func `amounts are shown as people write them`() {
        let budget = euros(1)
        #expect(budget.text(of: 1_500_000) == "1.50 EUR" && budget.text(of: 2_000_000) == "2 EUR")
        #expect(budget.text(of: 1) == "0.000001 EUR" && budget.text(of: 1_230_400) == "1.2304 EUR")
    }
}

extension Budget {
    fileprivate func with(id: String? = nil, amount: JSONPointer? = nil, currency: JSONPointer? = nil) -> Budget {
        Budget(
            id: id ?? self.id, per: per, period: period, unit: unit, most: most, tools: tools,
            amount: amount ?? self.amount, currency: currency ?? self.currency)
    }
}

extension BudgetTests {
    /// The elements of the longest list, by the value.
    private func longest(_ value: JSONValue) -> Int {
        switch value {
        case .array(let list): max(list.count, list.map(longest).max() ?? 0)
        case .object(let object): max(1, object.map { longest($0.value) }.max() ?? 1)
        case .null, .bool, .number, .string: 1
        }
    }

    private func value(_ random: inout SplitMix64, depth: Int) -> JSONValue {
        switch Int.random(in: 0..<(depth > 3 ? 4 : 6), using: &random) {
        case 0: return .null
        case 1: return JSONValue(Int.random(in: -9...9, using: &random))
        case 2: return .bool(Bool.random(using: &random))
        case 3:
            let marks = ["[", "]", ",", "\"", "\\", "{", "}", "é", "\n"]
            return .string(
                (0..<Int.random(in: 0..<5, using: &random)).map { _ in marks.randomElement(using: &random) ?? "" }
                    .joined())
        case 4: return .array((0..<Int.random(in: 0..<4, using: &random)).map { _ in value(&random, depth: depth + 1) })
        default:
            var object = JSONObject()
            for name in 0..<Int.random(in: 0..<4, using: &random) {
                object["k\(name)"] = value(&random, depth: depth + 1)
            }
            return .object(object)
        }
    }

    @Test(arguments: [UInt64.random(in: 0 ... .max), 1, 2])
    func `records are counted in the text as in the value`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for _ in 0..<2_000 {
            let value = value(&random, depth: 0)
            #expect(countRecords(in: value.bytes) == longest(value), "seed \(seed): \(value.text)")
        }
    }
}
