import Core
import Engine
import JSON
import Policy
import Store
import Testing

@Suite struct BreakersTests {
    private func world() -> World {
        var world = World()
        world.breakers = ["acme": Breaker.Limits(failures: 3, seconds: 30, rest: 10)]
        return world
    }

    @Test func `a source that fails is left alone until one call finds it again`() async throws {
        let world = world()
        world.backend.answers(.failed(didSend: false, cause: "down"))
        for _ in 0..<3 {
            #expect(try await world.call("get_deal", ["id": "1"]).refusal?.code == .sourceUnavailable)
        }
        let refusal = try await world.call("get_deal", ["id": "1"]).refusal
        #expect(refusal?.code == .sourceResting)
        #expect(refusal?.message.hasSuffix("try again in 10 s.") == true)
        #expect(world.backend.count == 3)
        world.clock.advance(bySeconds: 10)
        world.backend.answers(.answered(status: 200, mediaType: "application/json", body: Array("{}".utf8)))
        #expect(try await world.call("get_deal", ["id": "1"]).answer != nil)
        #expect(try await world.call("get_deal", ["id": "1"]).answer != nil)
    }

    @Test func `a success in between keeps it open to calls`() async throws {
        let world = world()
        for round in 0..<8 {
            world.backend.answers(
                round % 3 == 2
                    ? .answered(status: 500, mediaType: nil, body: []) : .failed(didSend: false, cause: "down"))
            #expect(try await world.call("get_deal", ["id": "1"]).refusal?.code == .sourceUnavailable)
        }
    }

    @Test func `an approval outlives the rest, and an outcome is told during it`() async throws {
        let world = world()
        let done = try #require(try await world.call("refund", ["amount": 400]).pending)
        try await world.approve(done.id)
        #expect(try await world.call("refund", ["amount": 400]).answer != nil)
        let call = try #require(try await world.call("refund", ["amount": 500]).pending)
        try await world.approve(call.id)
        world.backend.answers(.failed(didSend: false, cause: "down"))
        for _ in 0..<3 { _ = try await world.call("get_deal", ["id": "1"]) }
        #expect(try await world.call("refund", ["amount": 500]).refusal?.code == .sourceResting)
        #expect(try await world.call("refund", ["amount": 400]).earlier?.id == done.id)
        world.clock.advance(bySeconds: 10)
        world.backend.answers(.answered(status: 200, mediaType: "application/json", body: Array("{}".utf8)))
        #expect(try await world.call("refund", ["amount": 500]).answer != nil)
    }

    @Test func `what fails on our side opens nothing, and costs the one that tries nothing`() async throws {
        var world = world()
        world.backend.answers(.failed(didSend: false, cause: "cancelled", isOurs: true))
        for _ in 0..<10 {
            #expect(try await world.call("get_deal", ["id": "1"]).refusal?.code == .sourceUnavailable)
        }
        world.backend.answers(.failed(didSend: false, cause: "down"))
        for _ in 0..<3 { _ = try await world.call("get_deal", ["id": "1"]) }
        world.clock.advance(bySeconds: 10)
        world.budgets = [
            Budget(
                id: "b", per: .user, period: .seconds(60), unit: .money(currency: "EUR"), most: 1,
                tools: ToolMatch(names: ["refund"]), amount: JSONPointer(["amount"]))
        ]
        #expect(try await world.call("refund", ["amount": 5]).refusal?.code == .overBudget)
        world.backend.answers(.answered(status: 200, mediaType: "application/json", body: Array("{}".utf8)))
        #expect(try await world.call("get_deal", ["id": "1"]).answer != nil, "the pass was not lost")
    }

    @Test func `a flood of denied calls keeps the first few and counts the others`() async throws {
        var world = World()
        world.policy.rules.append(
            Rule(
                id: "tiny", effect: .deny, tools: ToolMatch(names: ["refund"]),
                condition: .argument(JSONPointer(["amount"]), .below(JSONNumber(1)))))
        for _ in 0..<30 { #expect(try await world.call("refund", ["amount": 0]).refusal?.code == .denied) }
        try await world.gate.recordRepeatedRefusals(isLast: true)
        let entries = try await world.journal.search(EntryFilter(limit: 100))
        #expect(entries.count(where: { $0.call != nil }) == 10)
        let folded = try #require(entries.first { $0.body.first?["act"] == "calls-refused" }?.body.first)
        #expect(folded["details"]?["times"] == 20)
    }

    @Test func `a refusal that could not be recorded is not counted as recorded`() async throws {
        // The first write fails, and no other.
        let journal = FailingJournal { $0 == 1 }
        let world = World(journal: journal)
        #expect(try await world.call("nothing", [:]).refusal?.code == .notRecorded)
        #expect(try await world.call("nothing", [:]).refusal?.code == .unknownTool)
        let acts = try await journal.search(EntryFilter(acts: ["call-refused"], limit: 9))
        #expect(acts.count == 1)
        try await world.gate.recordRepeatedRefusals(isLast: true)
        #expect(try await journal.search(EntryFilter(acts: ["calls-refused"], limit: 9)).isEmpty)
    }

    @Test func `counts of refusals that could not be recorded are recorded later`() async throws {
        let journal = FailingJournal { $0 == 11 }
        let world = World(journal: journal)
        for _ in 0..<15 { _ = try await world.call("nothing", [:]) }
        await #expect(throws: JournalFault.self) { try await world.gate.recordRepeatedRefusals(isLast: true) }
        try await world.gate.recordRepeatedRefusals(isLast: true)
        let folded = try await journal.search(EntryFilter(acts: ["calls-refused"], limit: 9))
        #expect(folded.first?.body.first?["details"]?["times"] == 5)
    }
}
