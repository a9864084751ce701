import Core
import JSON
import Policy
import Synchronization
import Testing

@testable import Engine

/// Calls that run without their client.
@Suite struct DetachTests {
    private let large: JSONObject = ["amount": 500]

    private final class Approved: Sendable {
        let calls = Mutex<[CallID]>([])

        func note(_ call: CallID, _ principal: Principal?) { calls.withLock { $0.append(call) } }
    }

    @Test func `a kept call runs once it is approved, and its client finds the outcome`() async throws {
        let approved = Approved()
        let world = World(onApproval: approved.note)
        let call = try #require(try await world.call("refund", large).pending)
        try await world.gate.keepRequest(ToolRequest(name: "refund", arguments: large), for: call)
        #expect(approved.calls.withLock { $0 }.isEmpty)
        try await world.approve(call.id)
        #expect(approved.calls.withLock { $0 } == [call.id])
        let snapshot = try world.snapshot
        #expect(try await world.gate.runApproved(call.id, in: snapshot)?.answer == #"{"id":"x"}"#)
        #expect(try await world.gate.runApproved(call.id, in: snapshot)?.answer == nil)
        #expect(world.backend.count == 1)
        #expect(world.backend.last == large)
        let settled = try #require(try await world.journal.call(call.id))
        guard case .earlier(let answer?, _) = try await world.gate.outcome(of: settled) else {
            Issue.record("no answer")
            return
        }
        #expect(String(decoding: answer.text, as: UTF8.self) == #"{"id":"x"}"#)
    }

    @Test func `what was not kept does not run by itself`() async throws {
        let world = World()
        let call = try #require(try await world.call("refund", large).pending)
        try await world.approve(call.id)
        #expect(try await world.gate.runApproved(call.id, in: try world.snapshot) == nil)
        #expect(world.backend.count == 0)
    }

    @Test func `it does not run for a user who is none any more, nor after its time`() async throws {
        let isUser = Mutex(false)
        let world = World(isCurrent: { _ in isUser.withLock { $0 } })
        let call = try #require(try await world.call("refund", large).pending)
        try await world.gate.keepRequest(ToolRequest(name: "refund", arguments: large), for: call)
        try await world.approve(call.id)
        #expect(try await world.gate.runApproved(call.id, in: try world.snapshot)?.refusal?.code == .missingIdentity)
        #expect(try await world.journal.call(call.id)?.phase == .approved)
        isUser.withLock { $0 = true }
        world.clock.advance(bySeconds: 601)
        #expect(try await world.gate.runApproved(call.id, in: try world.snapshot) == nil)
        #expect(world.backend.count == 0)
    }

    @Test func `a policy that denies meanwhile ends it, and says why`() async throws {
        var world = World()
        let call = try #require(try await world.call("refund", large).pending)
        try await world.gate.keepRequest(ToolRequest(name: "refund", arguments: large), for: call)
        try await world.approve(call.id)
        world.policy.rules.append(Rule(id: "stop", effect: .deny, tools: ToolMatch(names: ["refund"])))
        #expect(try await world.gate.runApproved(call.id, in: try world.snapshot)?.refusal?.code == .unknownTool)
        #expect(try await world.journal.call(call.id)?.phase == .expired)
        #expect(world.gate.lateRefusal(of: call.id)?.code == .unknownTool)
        #expect(world.backend.count == 0)
    }

    @Test func `what stands in the way for a while leaves the approval`() async throws {
        let world = World()
        let call = try #require(try await world.call("refund", large).pending)
        try await world.gate.keepRequest(ToolRequest(name: "refund", arguments: large), for: call)
        try await world.approve(call.id)
        world.backend.refuses(Refusal(.sourceUnavailable, "not now"))
        #expect(try await world.gate.runApproved(call.id, in: try world.snapshot)?.refusal?.code == .sourceUnavailable)
        #expect(try await world.journal.call(call.id)?.phase == .approved)
        world.backend.refuses(nil)
        #expect(try await world.gate.runApproved(call.id, in: try world.snapshot)?.answer != nil)
        #expect(world.backend.count == 1)
    }

    @Test func `a rule may say that a call runs on its approval`() async throws {
        let approved = Approved()
        var world = World(onApproval: approved.note)
        var demand = ApprovalDemand(roles: ["manager"])
        demand.runsOnApproval = true
        world.ask(demand)
        let call = try #require(try await world.call("refund", large).pending)
        try await world.approve(call.id)
        #expect(approved.calls.withLock { $0 } == [call.id])
        #expect(try await world.gate.runApproved(call.id, in: try world.snapshot)?.answer != nil)
        #expect(world.backend.count == 1)
        let now = world.clock.now
        #expect(try await world.journal.kept(for: call.id, as: .answer, at: now)?.isEmpty == false)
        #expect(try await world.journal.kept(for: call.id, as: .request, at: now) == nil)
    }

    @Test func `two who run it together run it once`() async throws {
        let world = World()
        let call = try #require(try await world.call("refund", large).pending)
        try await world.gate.keepRequest(ToolRequest(name: "refund", arguments: large), for: call)
        try await world.approve(call.id)
        let (gate, snapshot) = (world.gate, try world.snapshot)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<20 { group.addTask { _ = try await gate.runApproved(call.id, in: snapshot) } }
            try await group.waitForAll()
        }
        #expect(world.backend.count == 1)
    }

    @Test func `a form confirms only where the rule takes it, and only for its own user`() async throws {
        var world = World()
        var demand = ApprovalDemand(seats: [], isConfirmation: true)
        world.ask(demand)
        let call = try #require(try await world.call("refund", large).pending)
        await #expect(throws: Refusal.self) { try await world.gate.confirm(call.id, as: World.principal()) }
        demand.acceptsForm = true
        world.ask(demand)
        let other = try #require(try await world.call("refund", ["amount": 600]).pending)
        await #expect(throws: Refusal.self) { try await world.gate.confirm(other.id, as: World.principal("eve")) }
        let confirmed = try await world.gate.confirm(other.id, as: World.principal())
        #expect(confirmed.phase == .approved)
        #expect(confirmed.verdicts.map(\.channel) == ["client-form"])
        #expect(try await world.call("refund", ["amount": 600]).answer != nil)
        #expect(world.backend.count == 1)
    }

    @Test func `a form never stands in for another's approval`() async throws {
        var world = World()
        var client = ApprovalDemand(seats: [], isConfirmation: true)
        client.acceptsForm = true
        world.policy.rules.append(
            Rule(id: "own", effect: .ask, tools: ToolMatch(names: ["refund"]), approval: client))
        let call = try #require(try await world.call("refund", large).pending)
        await #expect(throws: Refusal.self) { try await world.gate.confirm(call.id, as: World.principal()) }
        #expect(try await world.journal.call(call.id)?.verdicts.isEmpty == true)
    }
}

extension World {
    /// Asks for refunds like this.
    fileprivate mutating func ask(_ demand: ApprovalDemand) {
        policy.rules[2] = Rule(id: "large", effect: .ask, tools: ToolMatch(names: ["refund"]), approval: demand)
    }
}

extension DetachTests {
    @Test func `what nobody waits for is not asked for again`() async throws {
        var world = World()
        let call = try #require(try await world.call("refund", large).pending)
        try await world.gate.keepRequest(ToolRequest(name: "refund", arguments: large), for: call)
        try await world.approve(call.id)
        world.policy.version = "p2"
        #expect(try await world.gate.runApproved(call.id, in: try world.snapshot)?.refusal?.code == .expired)
        #expect(try await world.gate.waiting().isEmpty)
        #expect(try await world.journal.call(call.id)?.phase == .expired)
        #expect(try await world.journal.kept(for: call.id, as: .request, at: world.clock.now) == nil)
        #expect(world.backend.count == 0)
    }

    @Test func `what was kept goes with the call`() async throws {
        let world = World()
        for isWithdrawn in [true, false] {
            let call = try #require(try await world.call("refund", ["amount": isWithdrawn ? 501 : 502]).pending)
            try await world.gate.keepRequest(ToolRequest(name: "refund", arguments: large), for: call)
            #expect(try await world.journal.kept(for: call.id, as: .request, at: world.clock.now) != nil)
            if isWithdrawn {
                _ = try await world.gate.withdraw(call.id, as: World.principal())
            } else {
                _ = try await world.decide(
                    call.id, ApproverAnswer(isApproved: false, channel: "test"), by: Approver("ben", roles: ["manager"])
                )
            }
            #expect(try await world.journal.kept(for: call.id, as: .request, at: world.clock.now) == nil)
        }
    }

    @Test func `a user who is none any more when it is about to leave stops it`() async throws {
        let asked = Mutex(0)
        let world = World(isCurrent: { _ in
            asked.withLock { count in
                count += 1
                return count == 1
            }
        })
        let call = try #require(try await world.call("refund", large).pending)
        try await world.gate.keepRequest(ToolRequest(name: "refund", arguments: large), for: call)
        try await world.approve(call.id)
        #expect(try await world.gate.runApproved(call.id, in: try world.snapshot)?.refusal?.code == .denied)
        #expect(world.backend.count == 0)
    }

    @Test func `a held request gets the outcome of a call that runs without it`() async throws {
        let world = World(pause: { _ in
            // For ever, until whoever waits gives up.
            let (stream, _) = AsyncStream<Void>.makeStream()
            for await _ in stream {}
        })
        let call = try #require(try await world.call("refund", large).pending)
        try await world.gate.keepRequest(ToolRequest(name: "refund", arguments: large), for: call)
        let (begun, bell) = AsyncStream<Void>.makeStream()
        let (gate, snapshot) = (world.gate, try world.snapshot)
        let approved = try await world.approve(call.id)
        let (release, end) = AsyncStream<Void>.makeStream()
        world.backend.beforeSending {
            bell.yield()
            for await _ in release { break }
        }
        let running = Task { try await gate.runApproved(call.id, in: snapshot) }
        for await _ in begun { break }
        let held = Task {
            await gate.resume(
                approved, ToolRequest(name: "refund", arguments: ["amount": 500]), as: World.principal(), in: snapshot)
        }
        while gate.decisions.count == 0 { await Task.yield() }
        end.yield()
        #expect(try await running.value?.answer != nil)
        #expect(await held.value.earlier?.id == call.id)
        #expect(world.backend.count == 1)
    }

    @Test func `what rules came to allow meanwhile does not run as another call`() async throws {
        var world = World()
        let call = try #require(try await world.call("refund", large).pending)
        try await world.gate.keepRequest(ToolRequest(name: "refund", arguments: large), for: call)
        try await world.approve(call.id)
        world.policy.rules[2] = Rule(id: "large", effect: .allow, tools: ToolMatch(names: ["refund"]))
        for _ in 0..<3 { _ = try await world.gate.runApproved(call.id, in: try world.snapshot) }
        #expect(world.backend.count == 0)
        #expect(try await world.journal.call(call.id)?.phase == .expired)
        #expect(try await world.journal.calls(in: .settled, limit: 9).isEmpty)
    }

    @Test func `trying again takes nothing of the user's rates`() async throws {
        var world = World()
        let call = try #require(try await world.call("refund", large).pending)
        try await world.gate.keepRequest(ToolRequest(name: "refund", arguments: large), for: call)
        try await world.approve(call.id)
        world.rates = [Rate(id: "r", per: .user, calls: 2, seconds: 3600)]
        world.backend.refuses(Refusal(.sourceUnavailable, "not now"))
        for _ in 0..<10 { _ = try await world.gate.runApproved(call.id, in: try world.snapshot) }
        world.backend.refuses(nil)
        #expect(try await world.call("get_deal", ["id": "d"]).refusal == nil)
    }

    @Test func `whoever nobody asks for acts with the roles of now`() async throws {
        let world = World(actor: { principal in
            var principal = principal
            principal.roles = ["intern"]
            return principal
        })
        let call = try #require(try await world.call("refund", large).pending)
        try await world.gate.keepRequest(ToolRequest(name: "refund", arguments: large), for: call)
        try await world.approve(call.id)
        #expect(try await world.gate.runApproved(call.id, in: try world.snapshot)?.refusal != nil)
        #expect(world.backend.count == 0)
    }

    @Test func `nothing is kept for a call that has ended`() async throws {
        let world = World()
        let call = try #require(try await world.call("refund", large).pending)
        _ = try await world.gate.withdraw(call.id, as: World.principal())
        try await world.gate.keepRequest(ToolRequest(name: "refund", arguments: large), for: call)
        #expect(try await world.journal.kept(for: call.id, as: .request, at: world.clock.now) == nil)
    }
}
