import Core
import Engine
import JSON
import Policy
import Store
import Synchronization
import Testing

/// A journal that fails from the N-th write on, or only at it.
final class FailingJournal: Journal {
    private let base = MemoryJournal()
    private let writes = Mutex(0)
    private let failing: @Sendable (Int) -> Bool

    init(failing: @escaping @Sendable (Int) -> Bool) {
        self.failing = failing
    }

    private func write() throws {
        let number = writes.withLock {
            $0 += 1; return $0
        }
        if failing(number) { throw JournalFault(.unavailable, "write \(number) fails") }
    }

    var count: Int { writes.withLock { $0 } }

    func append(_ addition: Addition) async throws -> Bool {
        try write()
        return try await base.append(addition)
    }

    func record(_ act: Act, durability: Durability) async throws {
        try write()
        try await base.record(act, durability: durability)
    }

    func keep(_ sealed: [UInt8], for call: CallID, as kind: KeptKind, until: Timestamp) async throws {
        try write()
        try await base.keep(sealed, for: call, as: kind, until: until)
    }

    func discardKept(at now: Timestamp) async throws -> Int { try await base.discardKept(at: now) }
    func call(_ id: CallID) async throws -> Call? { try await base.call(id) }
    func latestCall(digest: Digest) async throws -> Call? { try await base.latestCall(digest: digest) }
    func latestUnknown(digest: Digest, since: Timestamp) async throws -> Call? {
        try await base.latestUnknown(digest: digest, since: since)
    }
    func call(idempotencyKey: String, of principal: Principal) async throws -> Call? {
        try await base.call(idempotencyKey: idempotencyKey, of: principal)
    }
    func calls(in phase: Call.Phase, limit: Int) async throws -> [Call] {
        try await base.calls(in: phase, limit: limit)
    }
    func proposals(of principal: Principal, at now: Timestamp, limit: Int) async throws -> Int {
        try await base.proposals(of: principal, at: now, limit: limit)
    }
    func kept(for call: CallID, as kind: KeptKind, at now: Timestamp) async throws -> [UInt8]? {
        try await base.kept(for: call, as: kind, at: now)
    }
    func correct(_ reservations: [Reservation]) async throws { try await base.correct(reservations) }
    func spent(_ key: String) async throws -> Int64 { try await base.spent(key) }
    func search(_ filter: EntryFilter) async throws -> [Entry] { try await base.search(filter) }
}

@Suite struct FaultTests {
    @Test(arguments: [(9, true), (10, false), (3600, false)])
    func `a call that is recorded too late is not made`(_ seconds: Int, _ isMade: Bool) async throws {
        let clock = Mutex<Clock?>(nil)
        let journal = FailingJournal { _ in
            clock.withLock { $0 }?.advance(bySeconds: seconds)
            return false
        }
        var world = World(journal: journal)
        world.budgets = [
            Budget(id: "b", per: .all, period: .seconds(86_400), unit: .calls, most: 1)
        ]
        clock.withLock { $0 = world.clock }
        let reply = try await world.call("refund", ["amount": 5])
        #expect((reply.refusal == nil) == isMade && world.backend.count == (isMade ? 1 : 0))
        guard !isMade else { return }
        #expect(reply.refusal?.code == .notRecorded)
        let calls = try await journal.calls(in: .settled, limit: 10)
        #expect(calls.map { $0.outcome?.kind } == [.failure])
        clock.withLock { $0 = nil }
        #expect(
            try await world.call("refund", ["amount": 6]).refusal == nil, "what it took of the budget is given back")
    }

    @Test func `a late call whose outcome is not recorded either is no call of unknown outcome`() async throws {
        let clock = Mutex<Clock?>(nil)
        let journal = FailingJournal { number in
            if number == 1 { clock.withLock { $0 }?.advance(bySeconds: 10) }
            return number == 2
        }
        let world = World(journal: journal)
        clock.withLock { $0 = world.clock }
        #expect(try await world.call("refund", ["amount": 5]).refusal?.code == .notRecorded)
        #expect(try await world.gate.settleUnrecorded() == 1)
        #expect(try await journal.calls(in: .settled, limit: 10).map { $0.outcome?.kind } == [.failure])
        #expect(try await world.call("refund", ["amount": 5]).refusal == nil, "it was not made, so its repeat is")
        #expect(world.backend.count == 1)
    }

    /// Walks a small and a large refund with every single write failing once.
    @Test func `whichever write fails, nothing leaves unrecorded and nothing leaves twice`() async throws {
        var failures = 0
        for failing in 1...20 {
            let journal = FailingJournal { $0 == failing }
            let world = World(journal: journal)
            _ = try await world.call("refund", ["amount": 5])
            if let call = try await world.call("refund", ["amount": 500]).pending {
                _ = try? await world.approve(call.id)
            }
            _ = try await world.call("refund", ["amount": 500])
            _ = try await world.call("refund", ["amount": 500])
            for id in world.backend.calls {
                let call = try await journal.call(id)
                let wasAdmitted = call?.phase == .admitted || call?.phase == .settled
                #expect(wasAdmitted, "write \(failing): \(id) left without a record")
            }
            #expect(Set(world.backend.calls).count == world.backend.count, "write \(failing)")
            #expect(world.backend.count <= 2, "write \(failing)")
            if journal.count >= failing { failures += 1 }
        }
        #expect(failures >= 6, "the walk has only \(failures) writes")
    }

    @Test func `no journal, no call`() async throws {
        let world = World(journal: FailingJournal { _ in true })
        #expect(try await world.call("refund", ["amount": 5]).refusal?.code == .notRecorded)
        #expect(try await world.call("get_deal", ["id": "d"]).refusal?.code == .notRecorded)
        #expect(try await world.call("nothing", [:]).refusal?.code == .notRecorded)
        #expect(world.backend.count == 0)
    }

    @Test func `a write whose outcome cannot be recorded is withheld`() async throws {
        let journal = FailingJournal { $0 == 2 }
        let world = World(journal: journal)
        let refusal = try #require(try await world.call("refund", ["amount": 5]).refusal)
        #expect(refusal.code == .outcomeUnknown)
        #expect(world.backend.count == 1)
        #expect(try await journal.call(world.backend.calls[0])?.phase == .admitted)
    }

    @Test func `after a crash what was admitted is unknown and is not sent again`() async throws {
        let journal = FailingJournal { $0 == 2 }
        let world = World(journal: journal)
        _ = try await world.call("refund", ["amount": 5])
        #expect(try await world.gate.recover() == 1)
        #expect(try await world.gate.recover() == 0)
        #expect(try await journal.call(world.backend.calls[0])?.outcome?.kind == .unknown)
        #expect(world.backend.count == 1)
    }

    @Test func `an outcome that could not be recorded is recorded as unknown once the journal works again`()
        async throws
    {
        // The intent is written, its outcome and the first try to mend that are not.
        let journal = FailingJournal { (2...3).contains($0) }
        let world = World(journal: journal)
        #expect(try await world.call("refund", ["amount": 5]).refusal?.code == .outcomeUnknown)
        let id = try #require(world.backend.calls.first)
        await #expect(throws: JournalFault.self) { try await world.gate.settleUnrecorded() }
        #expect(try await journal.call(id)?.phase == .admitted)
        #expect(try await world.gate.settleUnrecorded() == 1)
        let call = try #require(try await journal.call(id))
        #expect(call.phase == .settled && call.outcome?.kind == .unknown)
        #expect(call.outcome?.cause == "the outcome could not be recorded")
        #expect(try await world.gate.settleUnrecorded() == 0)
        #expect(try await journal.call(id) == call)
        #expect(world.backend.count == 1)
    }

    @Test func `what runs and what was recorded after all is left alone`() async throws {
        let journal = FailingJournal { _ in false }
        let world = World(journal: journal)
        let gate = world.gate
        // While a call runs it is nobody's business how it ends.
        world.backend.beforeSending {
            let count = try? await gate.settleUnrecorded()
            #expect(count == 0)
        }
        #expect(try await world.call("refund", ["amount": 5]).answer != nil)
        #expect(try await world.gate.settleUnrecorded() == 0)
        #expect(try await journal.call(world.backend.calls[0])?.outcome?.kind == .result)
    }
}
