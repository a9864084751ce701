import Core
import JSON
import Policy
import Store
import TestSupport
import Testing

@testable import Engine

/// Parts of budgets that are taken for many calls at once.
@Suite struct AllotmentTests {
    private func budget(_ most: Int64, of unit: Budget.Unit = .calls) -> Budget {
        Budget(id: "b", per: .user, period: .seconds(86_400), unit: unit, most: most)
    }

    private func key(_ world: World, _ unit: Budget.Unit = .calls) -> String {
        Account(
            budget: "b", unit: unit, who: "north\u{0}ana",
            time: .period(seconds: 86_400, number: world.clock.now.seconds / 86_400)
        ).key
    }

    private func read(_ world: World) async throws -> Refusal? { try await world.call("get_deal", ["id": "d"]).refusal }

    @Test func `one process uses a budget to the last call`() async throws {
        var world = World()
        world.budgets = [budget(200)]
        var done = 0
        while done < 300, try await read(world) == nil { done += 1 }
        #expect(done == 200)
        #expect(try await read(world)?.code == .overBudget)
        #expect(try await world.journal.spent(key(world)) == 200)
    }

    @Test func `the journal is ahead of what is used by a part at most, until it is given back`() async throws {
        var world = World()
        world.budgets = [budget(6_400)]
        for done in 1...250 {
            #expect(try await read(world) == nil)
            let spent = try await world.journal.spent(key(world))
            #expect((done...done + 101).contains(Int(spent)))
        }
        try await world.gate.returnAllotments()
        #expect(try await world.journal.spent(key(world)) > 250)
        try await world.gate.returnAllotments(all: true)
        #expect(try await world.journal.spent(key(world)) == 250)
        #expect(try await read(world) == nil)
    }

    @Test func `calls that were not made give back what they took`() async throws {
        var world = World()
        world.budgets = [budget(6_400)]
        #expect(try await read(world) == nil)
        await world.gate.admissions.stop(
            Stop(.tool("get_deal"), by: "op", at: world.clock.now, reason: "a test"))
        for _ in 0..<50 { #expect(try await read(world)?.code == .stopped) }
        world.backend.refuses(Refusal(.missingCredential, "none"))
        for _ in 0..<50 { #expect(try await read(world) != nil) }
        try await world.gate.returnAllotments(all: true)
        #expect(try await world.journal.spent(key(world)) == 1)
    }

    @Test func `a source that failed costs nothing`() async throws {
        var world = World()
        world.budgets = [budget(6_400)]
        world.backend.answers(.failed(didSend: false, cause: "down", isOurs: false))
        for _ in 0..<3 { #expect(try await read(world) != nil) }
        try await world.gate.returnAllotments(all: true)
        #expect(try await world.journal.spent(key(world)) == 0)
    }

    @Test func `records are as many as came, out of the part or beyond it`() async throws {
        var world = World()
        world.budgets = [budget(640, of: .records)]
        world.backend.answers(
            .answered(
                status: 200, mediaType: "application/json",
                body: Array(
                    (#"{"id":"x","list":["# + Array(repeating: "1", count: 30).joined(separator: ",") + "]}").utf8)))
        let shaped = try await world.call("get_deal", ["id": "d"])
        #expect(shaped.answer != nil)
        try await world.gate.returnAllotments(all: true)
        // The list is not declared, so it is not shown, and not counted.
        #expect(try await world.journal.spent(key(world, .records)) == 1)
    }

    /// However calls come to two processes that share a journal, and whoever of them dies, no ceiling is passed, and what
    /// cannot be used is what the dead took along.
    @Test(arguments: [UInt64(1), 2, 3, 4, 5, 6])
    func `two processes never pass a ceiling`(seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        let journal = MemoryJournal()
        let most = Int64.random(in: 64...700, using: &random)
        var worlds = [World(journal: journal), World(journal: journal, firstID: 1 << 40)]
        for index in worlds.indices { worlds[index].budgets = [budget(most)] }
        var done = 0
        var dead = 0
        var refused = 0
        for round in 0..<1_500 {
            let index = Int.random(in: 0...1, using: &random)
            if Int.random(in: 0..<300, using: &random) == 0 {
                // A process dies, and another takes its place.
                worlds[index] = World(journal: journal, firstID: UInt64(round + 3) << 40)
                worlds[index].budgets = [budget(most)]
                dead += 1
            }
            if try await read(worlds[index]) == nil { done += 1 } else { refused += 1 }
        }
        #expect(done <= most, "seed \(seed)")
        #expect(refused > 0)
        // The two that live may each hold a part when the other is refused.
        let portion = max(1, most / 64)
        #expect(Int64(done) >= most - Int64(dead) * portion - portion, "seed \(seed), \(dead) died")
    }

    @Test func `a ceiling that is lowered is not passed out of what was taken before`() async throws {
        var world = World()
        world.budgets = [budget(64_000)]
        #expect(try await read(world) == nil)
        world.budgets = [budget(100)]
        var done = 1
        while done < 300, try await read(world) == nil { done += 1 }
        #expect(done <= 100)
    }

    @Test func `a part holds no more than its portion, whatever is given back`() async throws {
        var world = World()
        let budget = Budget(
            id: "b", per: .user, period: .seconds(86_400), unit: .records, most: 6_400, amount: JSONPointer(["amount"]))
        world.budgets = [budget]
        world.policy.rules.append(Rule(id: "all", effect: .allow, tools: ToolMatch(names: ["refund"])))
        world.policy.rules.remove(at: 2)
        world.backend.answers(.failed(didSend: false, cause: "down"))
        for _ in 0..<3 { _ = try await world.call("refund", ["amount": 1_000]) }
        #expect(try await world.journal.spent(key(world, .records)) <= 100)
    }

    @Test func `calls that find an empty part together take one portion for all`() async throws {
        var world = World()
        world.budgets = [budget(6_400)]
        let (gate, snapshot) = (world.gate, try world.snapshot)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<64 {
                group.addTask {
                    _ = await gate.serve(
                        ToolRequest(name: "get_deal", arguments: ["id": "d"]), as: World.principal(), in: snapshot)
                }
            }
        }
        #expect(world.backend.count == 64)
        #expect(try await world.journal.spent(key(world)) <= 264)
        try await gate.returnAllotments(all: true)
        #expect(try await world.journal.spent(key(world)) == 64)
    }
}
