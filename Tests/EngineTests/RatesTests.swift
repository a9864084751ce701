import Core
import JSON
import Policy
import Store
import Testing

@testable import Engine

@Suite struct RatesTests {
    private func world(_ rates: [Rate]) -> World {
        var world = World()
        world.rates = rates
        return world
    }

    private func count(_ world: World, _ times: Int, _ tool: String = "get_deal", as user: String = "ana") async throws
        -> Int
    {
        var count = 0
        for _ in 0..<times
        where try await world.call(tool, ["id": "1"], as: World.principal(user)).refusal?.code != .rateLimited {
            count += 1
        }
        return count
    }

    @Test(arguments: Rate.Subject.allCases)
    func `a rate holds for those who are counted together`(_ subject: Rate.Subject) async throws {
        let world = world([Rate(id: "r", per: subject, calls: 3, seconds: 60)])
        #expect(try await count(world, 5) == 3)
        let isShared = subject != .user
        #expect(try await count(world, 5, as: "cleo") == (isShared ? 0 : 3), "\(subject)")
        world.clock.advance(bySeconds: 59)
        #expect(try await count(world, 5) == 0)
        world.clock.advance(bySeconds: 3)
        #expect(try await count(world, 5) == 3)
        #expect(world.backend.count == (isShared ? 6 : 9))
    }

    @Test func `the refusal says when, and what is counted is what was asked for`() async throws {
        let world = world([
            Rate(id: "all", per: .agent, calls: 100, seconds: 60),
            Rate(id: "deals", per: .user, calls: 1, seconds: 60, tools: ToolMatch(names: ["get_deal"])),
        ])
        #expect(try await world.call("get_deal", ["id": "1"]).refusal == nil)
        let refusal = try await world.call("get_deal", ["id": "1"]).refusal
        #expect(refusal?.code == .rateLimited)
        #expect(refusal?.message.hasPrefix("Too many calls: at most 1 in 60 s. Try again in 6") == true)
        #expect(refusal?.cause == "rate deals, per user")
        #expect(try await world.call("refund", ["amount": 5]).refusal == nil, "another tool")
    }

    @Test func `names that are no tool and arguments that do not fit count too`() async throws {
        let world = world([Rate(id: "r", per: .agent, calls: 4, seconds: 60)])
        #expect(try await world.call("nothing", [:]).refusal?.code == .unknownTool)
        #expect(try await world.call("purge", [:]).refusal?.code == .unknownTool)
        #expect(try await world.call("get_deal", ["x": 1]).refusal?.code == .invalidArguments)
        #expect(try await world.call("get_deal", ["tenant_id": "x"]).refusal?.code != nil)
        #expect(try await world.call("nothing", [:]).refusal?.code == .rateLimited)
    }

    @Test func `a rate that refuses takes nothing from the others`() async throws {
        let world = world([
            Rate(id: "wide", per: .agent, calls: 3, seconds: 60),
            Rate(id: "narrow", per: .user, calls: 1, seconds: 3600, tools: ToolMatch(names: ["get_deal"])),
        ])
        #expect(try await count(world, 10) == 1)
        #expect(try await world.call("refund", ["amount": 1]).refusal == nil)
        #expect(try await world.call("refund", ["amount": 2]).refusal == nil)
        #expect(try await world.call("refund", ["amount": 3]).refusal?.code == .rateLimited)
    }

    @Test(arguments: [2, 3, 7, 64])
    func `processes that share a database never pass a rate together`(_ processes: Int) {
        let principal = World.principal()
        for (calls, seconds) in [(10, 60), (1, 10), (100, 1), (5, 3600), (63, 60)] {
            let rate = Rate(id: "r", per: .agent, calls: calls, seconds: seconds)
            let all = (0..<processes).map { _ in Rates() }
            for one in all { one.divide(among: processes) }
            var taken = 0
            let periods = 50
            let begin = Timestamp(seconds: 1_800_000_000)
            // A call to every process at every tenth of a period.
            for step in 0..<(periods * 10) {
                let now = Timestamp(microseconds: begin.microseconds + Int64(step * seconds) * 100_000)
                for one in all where one.take([rate], for: principal, tool: nil, named: "x", at: now) == nil {
                    taken += 1
                }
            }
            // A part is at least one call.
            #expect(taken <= max(calls, processes) * (periods + 1), "\(calls) in \(seconds) s")
            #expect(taken >= periods / 2)
        }
    }

    @Test func `a flood of equal refusals is one record and a count`() async throws {
        let world = world([Rate(id: "r", per: .agent, calls: 1, seconds: 3600)])
        for _ in 0..<500 { _ = try await world.call("get_deal", ["id": "1"]) }
        func refusals(_ act: String) async throws -> [JSONValue] {
            try await world.journal.search(EntryFilter(acts: [act], limit: 100)).flatMap(\.body)
        }
        #expect(try await refusals("call-refused").count == 1)
        try await world.gate.recordRepeatedRefusals()
        #expect(try await refusals("calls-refused").isEmpty, "the minute is not over")
        world.clock.advance(bySeconds: 61)
        try await world.gate.recordRepeatedRefusals()
        let folded = try await refusals("calls-refused")
        #expect(folded.count == 1 && folded[0]["details"]?["times"] == 498)
        try await world.gate.recordRepeatedRefusals()
        #expect(try await refusals("calls-refused").count == 1, "counted once")
        _ = try await world.call("get_deal", ["id": "1"])
        #expect(try await refusals("call-refused").count == 2, "a new minute begins with a record")
        _ = try await world.call("get_deal", ["id": "1"])
        try await world.gate.recordRepeatedRefusals(isLast: true)
        #expect(try await refusals("calls-refused").count == 2, "the end of the process records what is left")
    }

    @Test func `different refusals are not taken for one another`() async throws {
        let world = World()
        for user in ["ana", "cleo"] {
            for tool in ["a", "b"] { _ = try await world.call(tool, [:], as: World.principal(user)) }
        }
        #expect(try await world.journal.search(EntryFilter(acts: ["call-refused"], limit: 100)).count == 4)
    }
}
