import Core
import JSON
import Policy
import Synchronization
import Testing

@testable import Engine

/// Requests that wait along for a decision.
@Suite struct HoldTests {
    private let large: JSONObject = ["amount": 500]

    /// A pause that ends when it is told to.
    private final class Pauses: Sendable {
        private let bells = Mutex<[AsyncStream<Void>.Continuation]>([])
        let begun: AsyncStream<Void>
        private let bell: AsyncStream<Void>.Continuation

        init() { (begun, bell) = AsyncStream.makeStream() }

        func pause(_ seconds: Int) async throws {
            let (stream, end) = AsyncStream<Void>.makeStream()
            bells.withLock { $0.append(end) }
            bell.yield()
            for await _ in stream {}
        }

        func end() { bells.withLock { for bell in $0 { bell.finish() } } }
    }

    /// A call that waits, and a request that waits along.
    private func hold(_ world: World, _ pauses: Pauses) async throws -> (Call, Task<Call?, any Error>) {
        let call = try #require(try await world.call("refund", large).pending)
        let gate = world.gate
        let held = Task { try await gate.hold(call.id, for: World.principal(), seconds: 25) }
        for await _ in pauses.begun { break }
        return (call, held)
    }

    @Test func `whoever waits along hears of the decision, and the call runs once`() async throws {
        let pauses = Pauses()
        let world = World(pause: pauses.pause)
        let (call, held) = try await hold(world, pauses)
        let gate = world.gate
        try await world.approve(call.id)
        let decided = try #require(try await held.value)
        #expect(decided.phase == .approved)
        #expect(gate.decisions.count == 0)
        let request = ToolRequest(name: "refund", arguments: large)
        let snapshot = try world.snapshot
        #expect(await gate.resume(decided, request, as: World.principal(), in: snapshot).answer == #"{"id":"x"}"#)
        #expect(try await world.call("refund", large).earlier?.id == call.id)
        #expect(world.backend.count == 1)
    }

    @Test func `the wait ends with its time, and leaves nothing behind`() async throws {
        let pauses = Pauses()
        let world = World(pause: pauses.pause)
        let (_, held) = try await hold(world, pauses)
        let gate = world.gate
        #expect(gate.decisions.count == 1)
        pauses.end()
        #expect(try await held.value?.phase == .proposed)
        #expect(gate.decisions.count == 0)
    }

    @Test func `a client that hangs up waits no longer`() async throws {
        let pauses = Pauses()
        let world = World(pause: pauses.pause)
        let (_, held) = try await hold(world, pauses)
        let gate = world.gate
        held.cancel()
        _ = try await held.value
        #expect(gate.decisions.count == 0)
        #expect(world.backend.count == 0)
    }

    @Test func `a call that was decided is not waited for`() async throws {
        let world = World(pause: { _ in Issue.record("it waited") })
        let call = try #require(try await world.call("refund", large).pending)
        _ = try await world.decide(
            call.id, ApproverAnswer(isApproved: false, reason: "no budget", channel: "test"),
            by: Approver("ben", roles: ["manager"]))
        let known = try #require(try await world.gate.hold(call.id, for: World.principal(), seconds: 25))
        let reply = await world.gate.resume(
            known, ToolRequest(name: "refund", arguments: large), as: World.principal(), in: try world.snapshot)
        #expect(reply.refusal?.message == "A person rejected this call. Reason: no budget")
    }

    @Test func `a user who is none any more gets nothing that was approved meanwhile`() async throws {
        let world = World(isCurrent: { _ in false })
        let call = try #require(try await world.call("refund", large).pending)
        let approved = try await world.approve(call.id)
        let reply = await world.gate.resume(
            approved, ToolRequest(name: "refund", arguments: large), as: World.principal(), in: try world.snapshot)
        #expect(reply.refusal?.code == .denied)
        #expect(world.backend.count == 0)
    }

    @Test func `more of one principal than may wait along do not, and leave room for others`() async throws {
        let decisions = Decisions()
        let call = CallID(at: Timestamp(seconds: 1), random: (1, 1))
        let tickets = (0..<Decisions.mostOfOne).compactMap { _ in decisions.enter(call, of: World.principal()) }
        #expect(tickets.count == Decisions.mostOfOne)
        #expect(decisions.enter(call, of: World.principal()) == nil)
        #expect(decisions.enter(call, of: World.principal("eve")) != nil)
        decisions.leave(tickets[0])
        decisions.leave(tickets[0])
        #expect(decisions.count == Decisions.mostOfOne)
        #expect(decisions.enter(call, of: World.principal()) != nil)
    }
}
