import Core
import Engine
import Synchronization
import Testing

@testable import Store

/// Fails the N-th step of a workload, for every N, until a run meets no fault any more.
@Suite struct FaultTests {
    /// Where the faults strike.
    enum Place: CaseIterable {
        case statements, commits
    }

    @Test(arguments: Place.allCases, [1, 3])
    func `whatever fails, the journal stays whole`(_ place: Place, _ length: Int) async throws {
        var number = 1
        while try await run(place, failing: number..<(number + length)) {
            number += 1
            try #require(number < 500, "the loop ends by itself")
        }
        // How many there are to meet depends on who shares a commit with whom.
        #expect(number > (place == .statements ? 12 : 3), "faults were met")
    }

    @Test(.enabled(if: PostgreSQLServer.isThere), arguments: [1, 3])
    func `whatever fails on PostgreSQL, the journal stays whole`(_ length: Int) async throws {
        var number = 1
        while try await runOnPostgreSQL(failing: number..<(number + length)) {
            number += 3
            try #require(number < 500, "the loop ends by itself")
        }
        #expect(number > 12, "faults were met")
    }

    /// - Returns: whether a fault was met.
    private func runOnPostgreSQL(failing range: Range<Int>) async throws -> Bool {
        let faults = Faults()
        let ledger = Ledger()
        let settings = try await PostgreSQLServer.schema()
        let database = try PostgreSQLDatabase(settings)
        let journal = try await SQLJournal.open(FaultyDatabase(database: database, faults: faults))
        faults.fail(range)
        try await work(journal, ledger)
        let hits = faults.hits
        faults.fail(0..<0)
        #expect(await ledger.append(try Sample().admitted(), to: journal), "works again afterwards")
        try await database.close()
        let again = try PostgreSQLDatabase(settings)
        try await ledger.check(again, "\(range)")
        try await again.close()
        return hits > 0
    }

    /// The control: where faults are hidden, something is lost, and the test sees it.
    @Test func `hidden faults do not pass`() async {
        await withKnownIssue {
            for number in 1...12 { _ = try await run(.statements, failing: number..<(number + 1), isSilent: true) }
        }
    }

    /// - Returns: whether a fault was met.
    private func run(_ place: Place, failing range: Range<Int>, isSilent: Bool = false) async throws -> Bool {
        let directory = try TemporaryDirectory()
        let faults = Faults()
        let reports = Mutex(0)
        let ledger = Ledger()
        let file = try SQLiteDatabase(
            path: directory.database, report: { _ in reports.withLock { $0 += 1 } },
            beforeCommit: { () throws(JournalFault) in if place == .commits { try faults.step() } })
        let database: any Database =
            place == .statements ? FaultyDatabase(database: file, faults: faults, isSilent: isSilent) : file
        let journal = try await SQLJournal.open(database)
        faults.fail(range)
        try await work(journal, ledger)
        let hits = faults.hits
        // The faults are over: what is owed is paid with the next write.
        faults.fail(0..<0)
        let last = try Sample().admitted()
        #expect(await ledger.append(last, to: journal), "works again afterwards")
        #expect(file.failedPromises == reports.withLock { $0 })
        try await file.close()

        try await ledger.check(try SQLiteDatabase(path: directory.database), "\(place) \(range)")
        withExtendedLifetime(directory) {}
        return hits > 0
    }

    private func work(_ journal: any Journal, _ ledger: Ledger) async throws {
        let sample = Sample()
        // Ids apart from the one that is added afterwards.
        for _ in 0..<10 { _ = sample.id() }
        let waiting = try sample.proposed(Sample.opening(digest: Sample.digest("pay"), key: "k"))
        if await ledger.append(waiting, to: journal) {
            let approved = try Addition(to: waiting.call, .approved(.lead))
            if await ledger.append(approved, to: journal) {
                let admitted = try Addition(to: approved.call, .admitted)
                if await ledger.append(admitted, to: journal) {
                    try? await journal.keep([1], for: admitted.call.id, as: .answer, until: Sample.start)
                    _ = await ledger.append(try Addition(settling: admitted.call), to: journal)
                }
            }
        }
        let additions = try (0..<4).map { _ in try sample.admitted() }
        let denied = try (0..<3).map { _ in try sample.denied(durability: .withNext) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for addition in additions {
                group.addTask {
                    guard await ledger.append(addition, to: journal) else { return }
                    let settled = try Addition(settling: addition.call, durability: .withNext)
                    _ = await ledger.append(settled, to: journal)
                }
            }
            for addition in denied {
                group.addTask { _ = await ledger.append(addition, to: journal) }
            }
            try await group.waitForAll()
        }
    }

    @Test func `a promise that cannot be kept refuses everything else until it is`() async throws {
        let directory = try TemporaryDirectory()
        let faults = Faults()
        let reports = Mutex<[JournalFault]>([])
        let file = try SQLiteDatabase(path: directory.database) { fault in reports.withLock { $0.append(fault) } }
        let journal = try await SQLJournal.open(FaultyDatabase(database: file, faults: faults))
        let sample = Sample()
        let promised = try sample.denied(durability: .withNext)

        faults.fail(1..<Int.max)
        #expect(try await journal.append(promised), "the promise is given before the fault is known")
        await #expect(throws: JournalFault.self) { try await journal.append(try sample.admitted()) }
        #expect(file.failedPromises == 1)
        #expect(reports.withLock { $0.map(\.code) } == [.unavailable])
        #expect(throws: JournalFault.self) { try file.enqueue({ _ in true }) { _ in } }
        // Also what by itself would do no harm.
        await #expect(throws: JournalFault.self) { try await file.write { _ in 1 } }
        #expect(try await journal.call(promised.call.id) == nil, "reading goes on")
        #expect(file.failedPromises == 1, "each promise is reported once")

        faults.fail(0..<0)
        let admitted = try sample.admitted()
        #expect(try await journal.append(admitted))
        #expect(try await journal.search(EntryFilter()).map(\.call) == [admitted.call.id, promised.call.id])
        #expect(try await journal.append(try sample.denied(durability: .withNext)))
        try await file.close()
        withExtendedLifetime(directory) {}
    }

    @Test func `what is owed is tried again without being asked`() async throws {
        let directory = try TemporaryDirectory()
        let faults = Faults()
        let file = try SQLiteDatabase(path: directory.database)
        let database = FaultyDatabase(database: file, faults: faults)
        _ = try await SQLJournal.open(database)
        // The first try and the one alone.
        faults.fail(1..<3)
        let counts = try await withCheckedThrowingContinuation { continuation in
            do {
                try database.enqueue({ try $0.query("SELECT 7") == [[.integer(7)]] }) {
                    continuation.resume(returning: $0)
                }
            } catch {
                continuation.resume(throwing: error)
            }
        }
        #expect(counts)
        #expect(faults.hits == 2 && file.failedPromises == 1)
        try await file.close()
        withExtendedLifetime(directory) {}
    }

    @Test func `closing tells of promises that are lost`() async throws {
        let directory = try TemporaryDirectory()
        let faults = Faults()
        let file = try SQLiteDatabase(path: directory.database)
        let journal = try await SQLJournal.open(FaultyDatabase(database: file, faults: faults))
        faults.fail(1..<Int.max)
        #expect(try await journal.append(try Sample().denied(durability: .withNext)))
        await #expect(throws: JournalFault.self) { try await file.close() }
        #expect(file.failedPromises == 1)
        let again = try SQLiteDatabase(path: directory.database)
        #expect(try await SQLJournal.open(again).search(EntryFilter()).isEmpty)
        try await again.close()
        withExtendedLifetime(directory) {}
    }

    @Test func `a promised addition that somebody forestalls is reported`() async throws {
        let directory = try TemporaryDirectory()
        let file = try SQLiteDatabase(path: directory.database)
        let lost = Mutex<[CallID]>([])
        let journal = try await SQLJournal.open(file) { id in lost.withLock { $0.append(id) } }
        let admitted = try Sample().admitted()
        #expect(try await journal.append(admitted))
        #expect(try await journal.append(try Addition(to: admitted.call, .settled(Outcome(kind: .unknown)))))
        #expect(try await journal.append(try Addition(settling: admitted.call, durability: .withNext)))
        try await file.close()
        #expect(lost.withLock { $0 } == [admitted.call.id])
        #expect(file.failedPromises == 0)
        withExtendedLifetime(directory) {}
    }
}
