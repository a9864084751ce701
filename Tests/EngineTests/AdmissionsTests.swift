import Core
import Engine
import JSON
import Policy
import Synchronization
import Testing

@testable import Engine

@Suite struct AdmissionsTests {
    private func stop(_ scope: Stop.Scope) -> Stop {
        Stop(scope, by: "operator", at: Timestamp(seconds: 1), reason: "a test")
    }

    @Test(arguments: [
        Stop.Scope.all, .agent("agent"), .user("ana"), .tool("get_deal"), .source("acme"),
    ])
    func `what is stopped does not run, leaves a record, and runs once it is resumed`(_ scope: Stop.Scope) async throws
    {
        let world = World()
        #expect(try await world.call("get_deal", ["id": "1"]).refusal == nil)
        await world.gate.admissions.stop(stop(scope))
        let sent = world.backend.count
        let refusal = try await world.call("get_deal", ["id": "2"]).refusal
        #expect(refusal?.code == .stopped)
        #expect(refusal?.message.contains("ana") == false, "the agent is not told what else is stopped")
        #expect(world.backend.count == sent)
        let recorded = try await world.journal.search(EntryFilter(acts: ["call-refused"], limit: 5))
        #expect(recorded.first?.body.first?["details"]?["code"] == "stopped")
        #expect(recorded.first?.body.first?["details"]?["cause"]?.string?.contains("a test") == true)
        #expect(world.gate.admissions.resume(scope))
        #expect(!world.gate.admissions.resume(scope))
        #expect(try await world.call("get_deal", ["id": "2"]).refusal == nil)
    }

    @Test(arguments: [Stop.Scope.agent("other"), .user("cleo"), .tool("refund"), .source("crm")])
    func `what is not stopped runs on`(_ scope: Stop.Scope) async throws {
        let world = World()
        await world.gate.admissions.stop(stop(scope))
        #expect(try await world.call("get_deal", ["id": "1"]).refusal == nil)
    }

    @Test func `what waits or was approved before does not run, and nobody is asked meanwhile`() async throws {
        let world = World()
        let refund: JSONObject = ["amount": 500]
        let call = try #require(try await world.call("refund", refund).pending)
        _ = try await world.approve(call.id)
        await world.gate.admissions.stop(stop(.tool("refund")))
        #expect(try await world.call("refund", refund).refusal?.code == .stopped)
        #expect(try await world.call("refund", ["amount": 900]).refusal?.code == .stopped)
        #expect(try await world.gate.waiting().isEmpty)
        #expect(world.backend.count == 0)
        #expect(world.gate.admissions.resume(.tool("refund")))
        #expect(try await world.call("refund", refund).refusal == nil, "the approval still holds")
        #expect(world.backend.count == 1)
    }

    @Test func `an order is acknowledged once what passed before it has been admitted`() async throws {
        let admissions = Admissions()
        let opening = try await Self.opening()
        let epoch = try admissions.pass(opening)
        let acknowledged = Counter()
        async let order: Void = {
            await admissions.stop(self.stop(.all))
            acknowledged.count()
        }()
        while admissions.objection(to: opening) == nil { await Task.yield() }
        #expect(throws: Refusal.self) { try admissions.pass(opening) }
        for _ in 0..<100 { await Task.yield() }
        #expect(acknowledged.value == 0, "a call is still on its way")
        admissions.leave(epoch)
        await order
        #expect(acknowledged.value == 1)
    }

    @Test func `after the acknowledgement nothing is admitted, whatever hurries`() async throws {
        let opening = try await Self.opening()
        for seed in 0..<50 {
            let admissions = Admissions()
            let admitted = Counter()
            let late = await withTaskGroup(of: Void.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        while let epoch = try? admissions.pass(opening) {
                            for _ in 0..<(seed % 4) { await Task.yield() }
                            admitted.count()
                            admissions.leave(epoch)
                            await Task.yield()
                        }
                    }
                }
                for _ in 0..<seed { await Task.yield() }
                await admissions.stop(stop(.agent("agent")))
                let acknowledged = admitted.value
                await group.waitForAll()
                return admitted.value - acknowledged
            }
            #expect(late == 0, "seed \(seed)")
        }
    }

    @Test func `several orders wait each for what passed before them`() async throws {
        let admissions = Admissions()
        let opening = try await Self.opening()
        let first = try admissions.pass(opening)
        async let one: Void = admissions.stop(stop(.agent("other")))
        while admissions.stops.all.isEmpty { await Task.yield() }
        let second = try admissions.pass(opening)
        async let two: Void = admissions.stop(stop(.user("cleo")))
        while admissions.stops.all.count < 2 { await Task.yield() }
        admissions.leave(first)
        await one
        admissions.leave(second)
        await two
        await admissions.stop(stop(.all))
        #expect(admissions.stops.all.count == 3)
    }

    /// The opening of a call by the agent `agent` for `ana`.
    private static func opening() async throws -> Opening {
        let world = World()
        let call = try #require(try await world.call("refund", ["amount": 500]).pending)
        return call.opening
    }
}

private final class Counter: Sendable {
    private let number = Atomic(0)

    var value: Int { number.load(ordering: .sequentiallyConsistent) }

    func count() { number.add(1, ordering: .sequentiallyConsistent) }
}
