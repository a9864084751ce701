import Core
import JSON
import Policy
import Store
import Synchronization
import Testing

@testable import Engine

/// Outcomes that nobody knew, found out afterwards.
@Suite struct ReconcileTests {
    /// A source that does each operation once, however often it is asked, and loses the first answers.
    private final class Ledger: Backend {
        let done = Mutex<[String: JSONObject]>([:])
        let asked = Mutex(0)
        let losesAnswers = Mutex(true)
        let recognises: Bool

        init(recognises: Bool = true) { self.recognises = recognises }

        func recognisesRepeats(of tool: Tool) -> Bool { recognises }

        func prepare(_ arguments: BoundArguments) async throws(Refusal) -> Departure {
            let given = arguments.arguments
            return Departure { [self] permit in
                asked.withLock { $0 += 1 }
                done.withLock { $0[permit.operation] = $0[permit.operation] ?? given }
                return losesAnswers.withLock { $0 }
                    ? .failed(didSend: true, cause: "the answer was lost")
                    : .answered(status: 201, mediaType: "application/json", body: Array("{}".utf8))
            }
        }
    }

    private let ben = Approver("ben", roles: ["manager"])

    private func snapshot(_ world: World, _ ledger: Ledger) throws -> Snapshot {
        Snapshot(
            version: "s1", policy: world.policy, catalogue: Catalogue(try World.tools), backends: ["acme": ledger],
            approvers: world.approvers)
    }

    /// A call of 500 that was approved, and whose answer was lost.
    private func lost(_ world: World, _ ledger: Ledger) async throws -> CallID {
        func repeated() async throws -> Reply {
            await world.gate.serve(
                ToolRequest(name: "refund", arguments: ["amount": 500]), as: World.principal(),
                in: try snapshot(world, ledger))
        }
        let call = try #require(try await repeated().pending)
        try await world.approve(call.id)
        #expect(try await repeated().refusal?.code == .outcomeUnknown)
        return call.id
    }

    private func code(_ body: () async throws -> Call) async -> Refusal.Code? {
        do {
            _ = try await body()
            return nil
        } catch {
            return (error as? Refusal)?.code
        }
    }

    @Test func `the source is asked under the same operation id, and does nothing twice`() async throws {
        let world = World()
        let ledger = Ledger()
        let id = try await lost(world, ledger)
        #expect(try await world.gate.unknownOutcomes().map(\.id) == [id])
        let snapshot = try snapshot(world, ledger)
        let repeated = await world.gate.serve(
            ToolRequest(name: "refund", arguments: ["amount": 500]), as: World.principal(), in: snapshot)
        #expect(repeated.earlier?.outcome?.kind == .unknown, "what is kept for the reconciliation is no answer")
        #expect(await code { try await world.gate.reconcile(id, by: ben, in: snapshot) } == .outcomeUnknown)
        ledger.losesAnswers.withLock { $0 = false }
        let call = try await world.gate.reconcile(id, by: ben, in: snapshot)
        #expect(call.outcome?.kind == .result && call.outcome?.status == 201)
        #expect(ledger.done.withLock { $0 } == [id.text: ["amount": 500]])
        #expect(ledger.asked.withLock { $0 } == 3)
        // Once it is known it stays so, for everybody.
        #expect(await code { try await world.gate.reconcile(id, by: ben, in: snapshot) } == .denied)
        #expect(try await world.gate.unknownOutcomes().isEmpty)
        let again = await world.gate.serve(
            ToolRequest(name: "refund", arguments: ["amount": 500]), as: World.principal(), in: snapshot)
        #expect(again.earlier?.outcome?.kind == .result)
        let acts = try await world.journal.search(EntryFilter(acts: ["reconcile-asked"], limit: 9))
        #expect(acts.count == 2)
    }

    @Test func `a person's word settles it where the source cannot be asked`() async throws {
        let world = World()
        let ledger = Ledger(recognises: false)
        let id = try await lost(world, ledger)
        let snapshot = try snapshot(world, ledger)
        #expect(await code { try await world.gate.reconcile(id, by: ben, in: snapshot) } == .denied)
        #expect(ledger.asked.withLock { $0 } == 1)
        let call = try await world.gate.reconcile(id, didHappen: false, reason: "not in the books", by: ben)
        #expect(call.outcome?.kind == .failure)
        #expect(try await world.journal.call(id)?.outcome?.cause == "stated by ben: not in the books")
    }

    @Test func `an allowed change of unknown outcome is not made again before somebody says what became of it`()
        async throws
    {
        let world = World()
        let ledger = Ledger(recognises: false)
        func refund(_ key: String? = nil, amount: Int = 5) async throws -> Reply {
            await world.gate.serve(
                ToolRequest(name: "refund", arguments: ["amount": JSONValue(amount)], idempotencyKey: key),
                as: World.principal(), in: try snapshot(world, ledger))
        }
        #expect(try await refund().refusal?.code == .outcomeUnknown)
        let id = try #require(try await world.gate.unknownOutcomes().first?.id)
        for _ in 0..<3 { #expect(try await refund().earlier?.id == id) }
        #expect(ledger.asked.withLock { $0 } == 1)
        ledger.losesAnswers.withLock { $0 = false }
        #expect(try await refund(amount: 6).earlier == nil, "another one")
        #expect(try await refund("second").earlier == nil, "the client says that it means a second one")
        #expect(ledger.asked.withLock { $0 } == 3)
        _ = try await world.gate.reconcile(id, didHappen: false, reason: "not in the books", by: ben)
        #expect(try await refund().earlier == nil, "it is known that nothing happened")
        #expect(ledger.asked.withLock { $0 } == 4)

        ledger.losesAnswers.withLock { $0 = true }
        #expect(try await refund().refusal?.code == .outcomeUnknown)
        world.clock.advance(bySeconds: 7 * 86_400 - 1)
        #expect(try await refund().earlier != nil)
        world.clock.advance(bySeconds: 1)
        #expect(try await refund().refusal?.code == .outcomeUnknown, "after a week it is another one")
        #expect(ledger.asked.withLock { $0 } == 6)
    }

    @Test func `an open question about one call hides no proposal of the same, and none hides it`() async throws {
        var world = World()
        let ledger = Ledger(recognises: false)
        let rules = world.policy.rules
        let asks = Rule(
            id: "asks", effect: .ask, tools: ToolMatch(names: ["refund"]),
            approval: ApprovalDemand(roles: ["manager"], expiresAfter: 600, repeatWindow: 60))
        func refund() async throws -> Reply {
            await world.gate.serve(
                ToolRequest(name: "refund", arguments: ["amount": 5]), as: World.principal(),
                in: try snapshot(world, ledger))
        }
        #expect(try await refund().refusal?.code == .outcomeUnknown)
        world.policy.rules = rules + [asks]
        let proposal = try #require(try await refund().pending)
        try await world.approve(proposal.id)
        world.policy.rules = rules
        #expect(try await refund().earlier?.outcome?.kind == .unknown, "the proposal does not hide what nobody knows")
        world.policy.rules = rules + [asks]
        ledger.losesAnswers.withLock { $0 = false }
        let answered = try await refund()
        #expect(
            answered.refusal == nil && answered.earlier == nil && answered.pending == nil,
            "a person approved exactly this")
    }

    @Test func `it takes somebody who could have approved it`() async throws {
        let world = World()
        let ledger = Ledger()
        let id = try await lost(world, ledger)
        let snapshot = try snapshot(world, ledger)
        for person in [
            Approver("ana", roles: ["manager"]), Approver("zoe", subjects: ["ana"], roles: ["manager"]),
            Approver("cleo", roles: ["clerk"]),
        ] {
            #expect(await code { try await world.gate.reconcile(id, by: person, in: snapshot) } == .denied)
            #expect(
                await code { try await world.gate.reconcile(id, didHappen: true, reason: "x", by: person) } == .denied)
        }
        #expect(ledger.asked.withLock { $0 } == 1)
    }

    @Test func `nothing is asked once policy denies it, an operator stopped it, or the time is over`() async throws {
        let world = World()
        let ledger = Ledger()
        let id = try await lost(world, ledger)
        var denying = world
        denying.policy.rules.append(Rule(id: "no", effect: .deny, tools: ToolMatch(names: ["refund"])))
        let (open, closed) = (try snapshot(world, ledger), try snapshot(denying, ledger))
        #expect(await code { try await world.gate.reconcile(id, by: ben, in: closed) } != nil)
        await world.gate.admissions.stop(Stop(.agent("agent"), by: "x", at: world.clock.now, reason: "r"))
        #expect(await code { try await world.gate.reconcile(id, by: ben, in: open) } == .stopped)
        _ = world.gate.admissions.resume(.agent("agent"))
        world.clock.advance(bySeconds: 7 * 86_400)
        #expect(await code { try await world.gate.reconcile(id, by: ben, in: open) } == .denied)
        #expect(ledger.asked.withLock { $0 } == 1)
    }

    @Test func `arguments of a call that a budget keeps from running are not kept`() async throws {
        let world = World()
        let ledger = Ledger()
        let budget = Budget(id: "b", per: .all, period: .seconds(3600), unit: .calls, most: 1)
        let snapshot = Snapshot(
            version: "s1", policy: world.policy, catalogue: Catalogue(try World.tools), backends: ["acme": ledger],
            approvers: world.approvers, budgets: [budget])
        func refund(_ amount: Int) async -> Reply {
            await world.gate.serve(
                ToolRequest(name: "refund", arguments: ["amount": JSONValue(amount)]), as: World.principal(),
                in: snapshot)
        }
        _ = await refund(5)
        guard case .refused(let refusal, let id?) = await refund(6) else {
            Issue.record("it ran")
            return
        }
        #expect(refusal.code == .overBudget)
        #expect(try await world.journal.kept(for: id, as: .arguments, at: world.clock.now) == nil)
    }

    @Test func `arguments are kept no longer than the outcome is unknown`() async throws {
        let world = World()
        let ledger = Ledger()
        ledger.losesAnswers.withLock { $0 = false }
        let snapshot = try snapshot(world, ledger)
        let reply = await world.gate.serve(
            ToolRequest(name: "refund", arguments: ["amount": 5]), as: World.principal(), in: snapshot)
        guard case .answer(_, let id) = reply else {
            Issue.record("it did not run")
            return
        }
        #expect(try await world.journal.kept(for: id, as: .arguments, at: world.clock.now) == nil)
    }
}
