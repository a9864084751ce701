import Core
import Engine
import JSON
import Policy
import Testing

@Suite struct ApproveTests {
    private let large: JSONObject = ["amount": 500]

    @Test func `a large refund waits, is approved, and happens once`() async throws {
        let world = World()
        let call = try #require(try await world.call("refund", large).pending)
        #expect(world.backend.count == 0)
        try await world.approve(call.id)
        #expect(try await world.call("refund", large).answer == #"{"id":"x"}"#)
        let earlier = try #require(try await world.call("refund", large).earlier)
        #expect(earlier.id == call.id)
        #expect(world.backend.count == 1)
    }

    @Test func `after the window the same call is a new one`() async throws {
        let world = World()
        let call = try #require(try await world.call("refund", large).pending)
        try await world.approve(call.id)
        _ = try await world.call("refund", large)
        world.clock.advance(bySeconds: 61)
        #expect(try await world.call("refund", large).pending?.id != call.id)
    }

    @Test func `repeating before the answer attaches to the one proposal`() async throws {
        let world = World()
        let first = try #require(try await world.call("refund", large).pending)
        let second = try #require(try await world.call("refund", large).pending)
        #expect(first.id == second.id)
        #expect(try await world.gate.waiting().count == 1)
    }

    @Test func `an approval covers exactly one call`() async throws {
        let world = World()
        let call = try #require(try await world.call("refund", large).pending)
        try await world.approve(call.id)
        let others: [(JSONObject, Principal)] = [
            (["amount": 501], World.principal()), (large, World.principal("dan")),
            (large, World.principal(tenant: "south")), (["amount": 500, "note": "x"], World.principal()),
        ]
        for (arguments, principal) in others {
            #expect(try await world.call("refund", arguments, as: principal).pending != nil)
        }
        // 500 and 500.0 are one value, so they are one call.
        let same = try #require(JSONNumber("5.00e2"))
        #expect(try await world.call("refund", ["amount": .number(same)]).answer != nil)
        #expect(world.backend.count == 1)
    }

    @Test func `fifty repeats of an approved call run it once`() async throws {
        let world = World()
        let call = try #require(try await world.call("refund", large).pending)
        try await world.approve(call.id)
        let snapshot = try world.snapshot
        let gate = world.gate
        let arguments = large
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<50 {
                group.addTask {
                    _ = await gate.serve(
                        ToolRequest(name: "refund", arguments: arguments), as: World.principal(), in: snapshot)
                }
            }
        }
        #expect(world.backend.count == 1)
    }

    @Test func `another policy makes an approval void`() async throws {
        var world = World()
        let call = try #require(try await world.call("refund", large).pending)
        try await world.approve(call.id)
        world.policy.version = "p2"
        let fresh = try #require(try await world.call("refund", large).pending)
        #expect(fresh.id != call.id)
        #expect(try await world.journal.call(call.id)?.phase == .expired)
        #expect(world.backend.count == 0)
    }

    @Test func `a rule that came to ask for more makes an approval void`() async throws {
        var world = World()
        let call = try #require(try await world.call("refund", large).pending)
        try await world.approve(call.id)
        world.policy.rules.append(
            Rule(
                id: "director", effect: .ask, tools: ToolMatch(names: ["refund"]),
                approval: ApprovalDemand(roles: ["director"])))
        #expect(try await world.call("refund", large).pending?.id != call.id)
        #expect(world.backend.count == 0)
    }

    @Test func `a call with a key is approved and runs, and a fresh key asks for a second one`() async throws {
        let world = World()
        let call = try #require(try await world.call("refund", large, key: "one").pending)
        try await world.approve(call.id)
        #expect(try await world.call("refund", large, key: "one").answer != nil)
        #expect(try await world.call("refund", large, key: "one").earlier?.id == call.id)
        #expect(try await world.call("refund", large, key: "two").pending?.id != call.id)
        #expect(world.backend.count == 1)
    }

    @Test func `a known key releases nothing that policy denies now`() async throws {
        var world = World()
        _ = try await world.call("refund", ["amount": 5], key: "k")
        world.policy.rules.append(
            Rule(id: "stop", effect: .deny, condition: .argument(JSONPointer(["amount"]), .above(JSONNumber(1)))))
        #expect(try await world.call("refund", ["amount": 5], key: "k").refusal?.code == .denied)
    }

    @Test func `nobody decides their own call under another name`() async throws {
        let world = World()
        let call = try #require(try await world.call("refund", large, as: World.principal("auth0|7")).pending)
        await #expect(throws: Refusal.self) {
            _ = try await world.decide(call.id, by: Approver("ana", subjects: ["auth0|7"], roles: ["manager"]))
        }
    }

    @Test func `policy that came to deny beats an approval`() async throws {
        var world = World()
        let call = try #require(try await world.call("refund", large).pending)
        try await world.approve(call.id)
        world.policy.rules.append(
            Rule(id: "stop", effect: .deny, condition: .argument(JSONPointer(["amount"]), .above(JSONNumber(100)))))
        #expect(try await world.call("refund", large).refusal?.code == .denied)
        #expect(world.backend.count == 0)
    }

    @Test func `a proposal expires, and an approval too`() async throws {
        let world = World()
        let call = try #require(try await world.call("refund", large).pending)
        try await world.approve(call.id)
        world.clock.advance(bySeconds: 600)
        #expect(try await world.call("refund", large).pending?.id != call.id)
        let other = try #require(try await world.call("refund", ["amount": 900]).pending)
        world.clock.advance(bySeconds: 600)
        await #expect(throws: Refusal.self) { try await world.approve(other.id) }
        #expect(world.backend.count == 0)
    }

    @Test func `a rejection is told and changes nothing`() async throws {
        let world = World()
        let call = try #require(try await world.call("refund", large).pending)
        _ = try await world.decide(
            call.id, ApproverAnswer(isApproved: false, reason: "not now", channel: "test"),
            by: Approver("ben", roles: ["manager"]))
        let refusal = try #require(try await world.call("refund", large).refusal)
        #expect(refusal.code == .rejected)
        #expect(refusal.message.contains("not now"))
        #expect(world.backend.count == 0)
    }

    @Test(arguments: [("ana", ["manager"]), ("ben", ["sales"]), ("ben", [])] as [(String, Set<String>)])
    func `neither the requester nor somebody without the role decides`(person: String, roles: Set<String>) async throws
    {
        let world = World()
        let call = try #require(try await world.call("refund", large).pending)
        await #expect(throws: Refusal.self) { try await world.approve(call.id, by: person, roles: roles) }
        #expect(try await world.call("refund", large).pending != nil)
    }

    @Test func `a decision is given once`() async throws {
        let world = World()
        let call = try #require(try await world.call("refund", large).pending)
        try await world.approve(call.id)
        await #expect(throws: Refusal.self) { try await world.approve(call.id, by: "eve") }
    }

    @Test(arguments: [[:], ["ben": []], ["ben": ["clerk"]], ["Ben": ["manager"], "eve": ["manager"]]])
    func `an approval by somebody who may not approve any more is void`(now: [String: Set<String>]) async throws {
        var world = World()
        let call = try #require(try await world.call("refund", large).pending)
        try await world.approve(call.id)
        world.approvers = now
        let fresh = try #require(try await world.call("refund", large).pending)
        #expect(fresh.id != call.id && fresh.phase == .proposed)
        #expect(try await world.journal.call(call.id)?.phase == .expired)
        #expect(world.backend.count == 0)
        // Coming back later does not bring the approval back.
        world.approvers = ["ben": ["manager"]]
        #expect(try await world.call("refund", large).pending?.id == fresh.id)
    }

    @Test func `an approval outlives a change of roles that leaves the one it needs`() async throws {
        var world = World()
        let call = try #require(try await world.call("refund", large).pending)
        try await world.approve(call.id, roles: ["manager", "director"])
        world.approvers = ["ben": ["manager", "clerk"]]
        #expect(try await world.call("refund", large).answer != nil)
    }

    @Test(
        arguments: [
            (["ben": ["manager"], "dora": ["director"]], true), (["ben": ["manager"]], false),
            (["dora": ["director"]], false), (["ben": ["director"], "dora": ["manager"]], false),
            (["ben": ["manager", "director"]], false),
        ] as [([String: Set<String>], Bool)])
    func `each demand needs somebody who may still meet it`(now: [String: Set<String>], runs: Bool) async throws {
        var world = World()
        world.policy.rules.append(
            Rule(
                id: "director", effect: .ask, tools: ToolMatch(names: ["refund"]),
                approval: ApprovalDemand(roles: ["director"], expiresAfter: 600, repeatWindow: 60)))
        let call = try #require(try await world.call("refund", large).pending)
        try await world.approve(call.id)
        #expect(try await world.approve(call.id, by: "dora", roles: ["director"]).phase == .approved)
        world.approvers = now
        let answer = try await world.call("refund", large).answer
        #expect((answer != nil) == runs)
        #expect(world.backend.count == (runs ? 1 : 0))
    }

    // MARK: Floods

    private func refund(_ amount: Int) -> JSONObject { ["amount": JSONValue(amount)] }

    @Test func `as many calls of one principal wait as may, and no more`() async throws {
        let world = World(maxWaiting: 3)
        var waiting: [Call] = []
        for amount in 101...103 { waiting.append(try #require(try await world.call("refund", refund(amount)).pending)) }
        let refusal = try #require(try await world.call("refund", refund(104)).refusal)
        #expect(refusal.code == .tooManyWaiting)
        #expect(refusal.message.hasPrefix("3 of your calls wait for a person already."))
        #expect(try await world.gate.waiting().map(\.id) == waiting.map(\.id))
        let act = try #require(try await world.journal.search(EntryFilter(limit: 1)).first?.body.first)
        #expect(act["act"] == "call-refused" && act["details"]?["code"] == "too-many-waiting")

        // Neither those that wait, nor what needs nobody, nor anybody else is held up.
        #expect(try await world.call("refund", refund(102)).pending?.id == waiting[1].id)
        #expect(try await world.call("refund", refund(5)).answer != nil)
        var other = World.principal()
        other.agent = "other"
        for principal in [
            World.principal("dan"), World.principal(tenant: "south"), World.principal(tenant: nil), other,
        ] {
            #expect(try await world.call("refund", refund(104), as: principal).pending != nil)
        }
    }

    @Test func `what is decided or overdue makes room for another`() async throws {
        let world = World(maxWaiting: 2)
        let first = try #require(try await world.call("refund", refund(101)).pending)
        let second = try #require(try await world.call("refund", refund(102)).pending)
        #expect(try await world.call("refund", refund(103)).refusal?.code == .tooManyWaiting)
        try await world.approve(first.id)
        #expect(try await world.call("refund", refund(103)).pending != nil)
        #expect(try await world.call("refund", refund(104)).refusal?.code == .tooManyWaiting)
        _ = try await world.decide(
            second.id, ApproverAnswer(isApproved: false, reason: nil, channel: "test"),
            by: Approver("ben", roles: ["manager"]))
        #expect(try await world.call("refund", refund(104)).pending != nil)
        #expect(try await world.call("refund", refund(105)).refusal?.code == .tooManyWaiting)
        world.clock.advance(bySeconds: 600)
        #expect(try await world.call("refund", refund(105)).pending != nil)
    }

    @Test func `fifty may wait unless it is said otherwise`() {
        #expect(World(maxWaiting: nil).gate.maxWaiting == 50)
    }

    @Test func `a clock that jumps ahead ends an approval, and one that goes back revives none`() async throws {
        let world = World()
        let call = try #require(try await world.call("refund", large).pending)
        try await world.approve(call.id)
        world.clock.advance(bySeconds: 86_400)
        #expect(try await world.call("refund", large).pending?.id != call.id)
        #expect(try await world.journal.call(call.id)?.phase == .expired)
        world.clock.advance(bySeconds: -86_400)
        let again = try await world.call("refund", large, repeats: call.id)
        #expect(again.pending?.id != call.id && again.answer == nil)
        #expect(try await world.journal.call(call.id)?.phase == .expired)
        #expect(world.backend.count == 0)
    }

    @Test func `a clock that goes back lets an approval run once, as before`() async throws {
        let world = World()
        let call = try #require(try await world.call("refund", large).pending)
        try await world.approve(call.id)
        world.clock.advance(bySeconds: -86_400)
        #expect(try await world.call("refund", large).answer != nil)
        #expect(try await world.call("refund", large).earlier?.id == call.id)
        #expect(world.backend.count == 1)
    }
}
