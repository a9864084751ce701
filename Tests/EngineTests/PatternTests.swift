import Core
import Engine
import JSON
import Policy
import Store
import Synchronization
import Testing

/// Ways to approve beside one person's yes.
@Suite struct PatternTests {
    private let large: JSONObject = ["amount": 500]
    private let ben = Approver("ben", roles: ["manager"])
    private let eve = Approver("eve", roles: ["manager"])

    /// A world in which the refund is asked like this.
    private func world(_ change: (inout ApprovalDemand) -> Void) -> World {
        var world = World()
        var demand = ApprovalDemand(roles: ["manager"], expiresAfter: 600, repeatWindow: 60)
        change(&demand)
        world.policy.rules[2] = Rule(
            id: "large", effect: .ask, tools: ToolMatch(names: ["refund"]),
            condition: .argument(JSONPointer(["amount"]), .above(JSONNumber(50))), approval: demand)
        return world
    }

    private func code(_ body: () async throws -> Call) async -> Refusal.Code? {
        do {
            _ = try await body()
            return nil
        } catch {
            return (error as? Refusal)?.code
        }
    }

    private func propose(_ world: World, _ amount: Int = 500, as principal: Principal = World.principal())
        async throws -> CallID
    {
        try #require(try await world.call("refund", ["amount": JSONValue(amount)], as: principal).pending).id
    }

    @Test func `two people are two people, and both must still be who they were`() async throws {
        var world = world { $0.seats[0].count = 2 }
        let id = try await propose(world)
        #expect(try await world.decide(id, by: ben).phase == .proposed)
        #expect(await code { try await world.decide(id, by: ben) } == .denied)
        #expect(try await world.call("refund", large).pending?.missingSeats.count == 1)
        #expect(try await world.decide(id, by: eve).phase == .approved)
        world.approvers["eve"] = []
        #expect(try await world.call("refund", large).pending?.id != id)
        #expect(world.backend.count == 0)
    }

    @Test func `whoever is no user any more has approved nothing`() async throws {
        let gone = Mutex<Set<String>>([])
        let world = World(isActive: { name in gone.withLock { !$0.contains(name) } })
        let id = try await propose(world)
        try await world.decide(id, by: ben)
        gone.withLock { _ = $0.insert("ben") }
        #expect(try await world.call("refund", large).pending?.id != id)
        #expect(try await world.journal.call(id)?.phase == .expired)
        #expect(world.backend.count == 0)
    }

    @Test func `a delegate decides until the delegation ends`() async throws {
        let world = World()
        let until = world.clock.now.advanced(bySeconds: 100)
        world.gate.delegations.withLock {
            $0.add(Delegation(from: "ben", to: "cleo", until: until, reason: "away"))
        }
        let lent = world.gate.delegations.withLock {
            $0.roles(of: "cleo", among: world.approvers, at: world.clock.now)
        }
        #expect(lent == ["manager": "ben"])
        let cleo = Approver("cleo", roles: [], delegated: lent)
        let id = try await propose(world)
        try await world.decide(id, by: cleo)
        #expect(try await world.call("refund", large).answer != nil)
        // What was approved and has not run is void once it ends.
        let other = try await propose(world, 501)
        try await world.decide(other, by: cleo)
        world.clock.advance(bySeconds: 100)
        #expect(try await world.call("refund", ["amount": 501]).pending?.id != other)
        #expect(
            world.gate.delegations.withLock { $0.roles(of: "cleo", among: world.approvers, at: world.clock.now) } == [:]
        )
        #expect(world.backend.count == 1)
    }

    @Test func `what somebody lent ends with them`() async throws {
        let gone = Mutex<Set<String>>([])
        let world = World(isActive: { name in gone.withLock { !$0.contains(name) } })
        world.gate.delegations.withLock {
            $0.add(
                Delegation(from: "ben", to: "cleo", until: world.clock.now.advanced(bySeconds: 500), reason: "away"))
        }
        let id = try await propose(world)
        try await world.decide(id, by: Approver("cleo", roles: [], delegated: ["manager": "ben"]))
        gone.withLock { _ = $0.insert("ben") }
        #expect(try await world.call("refund", large).pending?.id != id)
        #expect(world.backend.count == 0)
    }

    @Test func `a delegation of some roles lends no others, and none that were lent`() {
        var delegations = Delegations()
        let now = Timestamp(seconds: 0)
        let until = now.advanced(bySeconds: 9)
        let people: [String: Set<String>] = ["ben": ["manager", "auditor"], "cleo": ["clerk"], "dan": []]
        delegations.add(Delegation(from: "ben", to: "cleo", roles: ["auditor", "owner"], until: until, reason: ""))
        delegations.add(Delegation(from: "cleo", to: "dan", until: until, reason: ""))
        #expect(delegations.roles(of: "cleo", among: people, at: now) == ["auditor": "ben"])
        #expect(delegations.roles(of: "dan", among: people, at: now) == ["clerk": "cleo"])
        #expect(delegations.roles(of: "dan", among: people, at: until) == [:])
        #expect(delegations.remove(from: "ben", to: "cleo") && !delegations.remove(from: "ben", to: "cleo"))
        #expect(delegations.all(at: now).map(\.to) == ["dan"])
    }

    @Test func `in an emergency one person is enough, with a reason`() async throws {
        let world = world {
            $0.seats[0].count = 2
            $0.breakGlass = ["oncall"]
        }
        let id = try await propose(world)
        let olga = Approver("olga", roles: ["oncall"])
        var answer = ApproverAnswer(isApproved: true, channel: "test", isEmergency: true)
        #expect(await code { try await world.decide(id, answer, by: olga) } == .denied, "no reason")
        answer.reason = "the shop is down and nobody answers"
        #expect(await code { try await world.decide(id, answer, by: ben) } == .denied, "not their role")
        let call = try await world.decide(id, answer, by: olga)
        #expect(call.phase == .approved && call.verdicts[0].isEmergency)
        #expect(try await world.call("refund", large).pending?.id != id, "whoever is not on call any more")
        var still = world
        still.approvers["olga"] = ["oncall"]
        let next = try await propose(still)
        try await still.decide(next, answer, by: olga)
        #expect(try await still.call("refund", large).answer != nil)
    }

    @Test func `the requester takes a call back, before and after a yes`() async throws {
        let world = World()
        let ana = Approver("ana", roles: [], isSure: true)
        for isApproved in [false, true] {
            let id = try await propose(world)
            if isApproved { try await world.decide(id, by: ben) }
            #expect(await code { try await world.gate.withdraw(id, by: ben) } == .unknownTool)
            #expect(await code { try await world.gate.withdraw(id, by: Approver("ana", roles: [])) } == .unknownTool)
            #expect(try await world.gate.withdraw(id, by: ana).phase == .withdrawn)
            #expect(await code { try await world.gate.withdraw(id, by: ana) } == .denied)
            #expect(try await world.call("refund", large, repeats: id).pending?.id != id)
            _ = try await world.gate.withdraw(try await propose(world), by: ana)
        }
        #expect(world.backend.count == 0)
    }

    // MARK: Haste

    private func hasty(_ remedy: ApprovalDemand.Haste.Remedy) -> World {
        world { $0.haste = .init(approvals: 2, seconds: 60, remedy: remedy) }
    }

    @Test func `whoever approves fast has to pause`() async throws {
        let world = hasty(.pause(20))
        for amount in [101, 102] { try await world.decide(try await propose(world, amount), by: ben) }
        let third = try await propose(world, 103)
        #expect(await code { try await world.decide(third, by: ben) } == .tooFast)
        #expect(try await world.journal.call(third)?.phase == .proposed)
        world.clock.advance(bySeconds: 19)
        #expect(await code { try await world.decide(third, by: ben) } == .tooFast)
        #expect(await code { try await world.decide(third, by: eve) } == nil, "somebody else is not in haste")
        world.clock.advance(bySeconds: 1)
        let fourth = try await propose(world, 104)
        #expect(await code { try await world.decide(fourth, by: ben) } == nil)
    }

    @Test func `a clock that goes back keeps nobody from being slowed down`() async throws {
        let world = hasty(.pause(20))
        for amount in [101, 102] { try await world.decide(try await propose(world, amount), by: ben) }
        world.clock.advance(bySeconds: -30)
        let third = try await propose(world, 103)
        #expect(await code { try await world.decide(third, by: ben) } == .tooFast)
    }

    @Test func `whoever approves fast types which call they mean`() async throws {
        let world = hasty(.typed)
        for amount in [101, 102] { try await world.decide(try await propose(world, amount), by: ben) }
        let third = try await propose(world, 103)
        let call = try #require(try await world.journal.call(third))
        for typed in [nil, "", "refund", "yes", String(call.typedName.dropLast())] {
            let answer = ApproverAnswer(isApproved: true, channel: "test", typed: typed)
            #expect(await code { try await world.decide(third, answer, by: ben) } == .confirmationNeeded)
        }
        let answer = ApproverAnswer(isApproved: true, channel: "test", typed: call.typedName)
        #expect(try await world.decide(third, answer, by: ben).phase == .approved)
        // Rejecting is never slowed down.
        let fourth = try await propose(world, 104)
        let no = ApproverAnswer(isApproved: false, channel: "test")
        #expect(try await world.decide(fourth, no, by: ben).phase == .rejected)
    }

    @Test func `whoever approves fast needs a second person`() async throws {
        let world = hasty(.second)
        for amount in [101, 102] { try await world.decide(try await propose(world, amount), by: ben) }
        let third = try await propose(world, 103)
        #expect(try await world.decide(third, by: ben).phase == .proposed)
        #expect(try await world.call("refund", ["amount": 103]).pending != nil)
        #expect(try await world.decide(third, by: eve).phase == .approved)
    }

    @Test func `a list that is approved at once counts as one`() async throws {
        let world = hasty(.pause(20))
        var answer = ApproverAnswer(isApproved: true, channel: "test")
        for (index, amount) in (101...105).enumerated() {
            answer.isContinued = index > 0
            try await world.decide(try await propose(world, amount), answer, by: ben)
        }
        // A call that is not decided counts for nothing, and what follows it is no continuation.
        answer.isContinued = false
        #expect(
            await code { try await world.decide(CallID(at: world.clock.now, random: (9, 9)), answer, by: ben) } != nil)
        try await world.decide(try await propose(world, 106), by: ben)
        let last = try await propose(world, 107)
        #expect(await code { try await world.decide(last, by: ben) } == .tooFast)
    }
}
