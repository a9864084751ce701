import Core
import Engine
import TestSupport
import Testing

@testable import Store

@Suite struct RunningCallsTests {
    private let sample = Sample()

    private func count(_ running: inout RunningCalls) -> Bool {
        running.count()
    }

    @Test func `nothing is written down while an older call runs`() {
        let old = sample.id()
        var running = RunningCalls(unsettled: [old], next: 50)
        for _ in 0..<(RunningCalls.interval * 2) { #expect(!count(&running)) }
        #expect(running.settledBefore == nil)
        running.settle(old)
        #expect(count(&running), "due since long")
        #expect(running.settledBefore == 50)
    }

    @Test func `a generation ends once`() {
        var running = RunningCalls(unsettled: [], next: 1)
        for _ in 1..<RunningCalls.interval { #expect(!count(&running)) }
        #expect(count(&running))
        #expect(!count(&running), "it is being ended")
        running.end(next: 2000)
        #expect(running.settledBefore == 2000)
        for _ in 1..<RunningCalls.interval { #expect(!count(&running)) }
        #expect(count(&running))
        running.giveUp()
        for _ in 1..<RunningCalls.interval { #expect(!count(&running)) }
        #expect(count(&running), "it is tried again")
    }

    @Test func `of several admissions the one that counts keeps the call running`() {
        var running = RunningCalls(unsettled: [], next: 1)
        let call = sample.id()
        for _ in 0..<3 { running.admit(call) }
        running.withdraw(call)
        running.withdraw(call)
        #expect(running.contains(call))
        running.end(next: 9)
        running.admit(call)
        running.withdraw(call)
        #expect(running.contains(call) && running.settledBefore == nil)
        running.settle(call)
        #expect(!running.contains(call) && running.settledBefore == 9)
        running.withdraw(call)
        running.settle(call)
        #expect(!running.contains(call))
    }

    @Test func `an outcome that is not recorded leaves its call running`() async throws {
        let directory = try TemporaryDirectory()
        let faults = Faults()
        let database = try SQLiteDatabase(path: directory.database)
        var journal = try await SQLJournal.open(FaultyDatabase(database: database, faults: faults))
        let stuck = try sample.admitted()
        #expect(try await journal.append(stuck))
        #expect(try await !journal.append(stuck), "it is admitted once")
        faults.fail(1..<100)
        await #expect(throws: JournalFault.self) { try await journal.append(Addition(settling: stuck.call)) }
        faults.fail(0..<0)
        try await complete(3000, in: journal)
        try await database.close()

        let again = try SQLiteDatabase(path: directory.database)
        journal = try await SQLJournal.open(again)
        #expect(try await journal.calls(in: .admitted, limit: 9) == [stuck.call])
        try await again.close()
        withExtendedLifetime(directory) {}
    }

    /// The law: every call that is without an outcome was admitted at the position written down or later.
    @Test(arguments: [UInt64.random(in: 0 ... .max), 1, 2])
    func `no running call is before what is written down`(_ seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var running = RunningCalls(unsettled: [], next: 1)
        var admitted: [(id: CallID, position: Int)] = []
        var position = 1
        var written = 1
        for _ in 0..<20_000 {
            if admitted.isEmpty || admitted.count < 40 && Bool.random(using: &random) {
                let id = sample.id()
                running.admit(id)
                admitted.append((id, position))
                #expect(running.contains(id))
            } else {
                let index = Int.random(in: 0..<admitted.count, using: &random)
                running.settle(admitted.remove(at: index).id)
            }
            position += 1
            if running.count() {
                if let settled = running.settledBefore { written = settled }
                running.end(next: position)
            }
            #expect(admitted.allSatisfy { $0.position >= written })
        }
        #expect(written > 1, "it moved at all")
    }

    @Test func `after a crash the calls without an outcome are found behind the position`() async throws {
        let directory = try TemporaryDirectory()
        let first = try SQLiteDatabase(path: directory.database)
        var journal = try await SQLJournal.open(first)
        let stuck = try sample.admitted()
        #expect(try await journal.append(stuck))
        try await complete(1500, in: journal)
        try await first.close()

        let second = try SQLiteDatabase(path: directory.database)
        journal = try await SQLJournal.open(second)
        #expect(try await journal.calls(in: .admitted, limit: 9) == [stuck.call])
        try await complete(1500, in: journal)
        let written = try await second.read { try $0.query("SELECT since FROM running").first?.first?.int }
        #expect(written == 1, "a call of an earlier process holds it back")
        #expect(try await journal.append(Addition(settling: stuck.call)))
        try await complete(1500, in: journal)
        let moved = try await second.read { try $0.query("SELECT since FROM running").first?.first?.int }
        #expect(moved ?? 0 > 3000)
        let last = try sample.admitted()
        #expect(try await journal.append(last))
        try await second.close()

        let third = try SQLiteDatabase(path: directory.database)
        #expect(try await SQLJournal.open(third).calls(in: .admitted, limit: 9) == [last.call])
        try await third.close()
        withExtendedLifetime(directory) {}
    }

    private func complete(_ count: Int, in journal: any Journal) async throws {
        let additions = try (0..<count).map { _ in try sample.admitted() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for addition in additions {
                group.addTask {
                    let isAdmitted = try await journal.append(addition)
                    let isSettled = try await journal.append(Addition(settling: addition.call, durability: .withNext))
                    #expect(isAdmitted && isSettled)
                }
            }
            try await group.waitForAll()
        }
    }
}
