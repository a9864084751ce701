import Core
import Engine
import Foundation
import GRDB
import Store
import Synchronization
import Testing

@Suite struct SQLiteDatabaseTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func pragma(_ name: Store.SQL, _ connection: any SQLConnection) throws -> SQLValue? {
        try connection.query(name).first?.first
    }

    @Test func `every connection holds to what durability needs`() async throws {
        let database = try SQLiteDatabase(path: directory.database)
        let expected: [(Store.SQL, SQLValue)] = [
            ("PRAGMA journal_mode", .text("wal")), ("PRAGMA foreign_keys", .integer(1)),
            ("PRAGMA trusted_schema", .integer(0)), ("PRAGMA cell_size_check", .integer(1)),
            ("PRAGMA recursive_triggers", .integer(1)), ("PRAGMA busy_timeout", .integer(2000)),
        ]
        for (name, value) in expected {
            #expect(try await database.write { try pragma(name, $0) } == value)
            #expect(try await database.read { try pragma(name, $0) } == value)
        }
        #expect(try await database.write { try pragma("PRAGMA synchronous", $0) } == .integer(2))
        await #expect(throws: JournalFault.self) {
            try await database.read { try $0.execute("CREATE TABLE t (a INTEGER) STRICT") }
        }
        try await database.close()
    }

    @Test func `only the owner may read the files`() async throws {
        _ = FileManager.default.createFile(
            atPath: directory.database, contents: nil, attributes: [.posixPermissions: 0o644])
        let database = try SQLiteDatabase(path: directory.database)
        _ = try await SQLJournal.open(database)
        for suffix in ["", "-wal", "-shm"] {
            let attributes = try FileManager.default.attributesOfItem(atPath: directory.database + suffix)
            #expect(attributes[.posixPermissions] as? Int == 0o600, "\(suffix)")
        }
        try await database.close()
    }

    @Test func `what is no database of ours is refused`() throws {
        #expect(throws: JournalFault.self) { try SQLiteDatabase(path: directory.path) }
        #expect(throws: JournalFault.self) { try SQLiteDatabase(path: directory.path + "/none/journal.sqlite") }
        try Data(String(repeating: "no database", count: 500).utf8).write(to: URL(fileURLWithPath: directory.database))
        #expect(throws: JournalFault.self) { try SQLiteDatabase(path: directory.database) }
    }

    @Test func `a database that cannot have a write-ahead log is refused`() throws {
        let other = try DatabaseQueue(path: directory.database)
        try other.inDatabase { database in
            try database.execute(sql: "CREATE TABLE t (a); PRAGMA locking_mode = EXCLUSIVE; INSERT INTO t VALUES (1)")
        }
        #expect(throws: JournalFault.self) { try SQLiteDatabase(path: directory.database) }
        withExtendedLifetime(other) {}
    }

    @Test func `values come back as they went`() async throws {
        let database = try SQLiteDatabase(path: directory.database)
        let values: [SQLValue] = [
            .null, .integer(.min), .integer(.max), .double(0.1), .double(-.infinity), .text(""), .text("a\u{0}b"),
            .text("\u{212A}é\u{65}\u{301}👩‍👧"), .blob([]), .blob([0, 255]),
            .text(String(repeating: "x", count: 100_000)),
        ]
        for value in values {
            let back = try await database.write { try $0.query("SELECT \(value)") }
            guard case .text(let text) = value, case .text(let other)? = back.first?.first else {
                #expect(back == [[value]])
                continue
            }
            #expect(Array(text.utf8) == Array(other.utf8))
        }
        try await database.close()
    }

    @Test func `a value that SQLite refuses is a fault and no trap`() async throws {
        let database = try SQLiteDatabase(path: directory.database)
        let tooLong = String(repeating: "x", count: 64 << 20 + 1)
        await #expect(throws: JournalFault.self) { try await database.write { try $0.query("SELECT \(tooLong)") } }
        #expect(try await database.write { try $0.query("SELECT 1") } == [[.integer(1)]])
        try await database.close()
    }

    @Test func `the changed rows of a statement are counted`() async throws {
        let database = try SQLiteDatabase(path: directory.database)
        let counts = try await database.write { connection in
            try [
                connection.execute("CREATE TABLE t (a INTEGER PRIMARY KEY) STRICT"),
                connection.execute("INSERT INTO t VALUES (1), (2)"),
                connection.execute("INSERT INTO t VALUES (2) ON CONFLICT DO NOTHING"),
                connection.execute("SELECT * FROM t"),
                connection.execute("UPDATE t SET a = 3 WHERE a = 4"),
                connection.execute("DELETE FROM t"),
            ]
        }
        #expect(counts == [0, 2, 0, 0, 0, 2])
        try await database.close()
    }

    @Test func `bodies that throw leave nothing and disturb nobody`() async throws {
        struct Stop: Error {}
        let database = try SQLiteDatabase(path: directory.database)
        try await database.write { try $0.execute("CREATE TABLE t (a INTEGER PRIMARY KEY) STRICT") }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<90 {
                group.addTask {
                    do {
                        let result = try await database.write { connection in
                            try connection.execute("INSERT INTO t VALUES (\(number))")
                            if number % 3 == 1 { throw Stop() }
                            if number % 3 == 2 { try connection.execute("INSERT INTO t VALUES (\(number))") }
                            return number
                        }
                        #expect(result == number && number % 3 == 0)
                    } catch is Stop {
                        #expect(number % 3 == 1)
                    } catch is JournalFault {
                        #expect(number % 3 == 2)
                    }
                }
            }
            try await group.waitForAll()
        }
        let there = try await database.read { try $0.query("SELECT a FROM t ORDER BY a") }
        #expect(there == (0..<30).map { [.integer($0 * 3)] })
        try await database.close()
    }

    @Test func `a commit that SQLite refuses is nobody's success`() async throws {
        let database = try SQLiteDatabase(path: directory.database)
        try await database.write { connection in
            try connection.execute("CREATE TABLE p (a INTEGER PRIMARY KEY) STRICT")
            try connection.execute(
                "CREATE TABLE c (a INTEGER REFERENCES p DEFERRABLE INITIALLY DEFERRED) STRICT")
        }
        await #expect(throws: JournalFault.self) {
            try await database.write { try $0.execute("INSERT INTO c VALUES (1)") }
        }
        try await database.write { try $0.execute("INSERT INTO p VALUES (7)") }
        #expect(
            try await database.read { try $0.query("SELECT a FROM c UNION ALL SELECT a FROM p") } == [[.integer(7)]])
        try await database.close()
    }

    @Test func `promises are durable in time without another write`() async throws {
        let database = try SQLiteDatabase(path: directory.database)
        try await database.write { try $0.execute("CREATE TABLE t (a INTEGER) STRICT") }
        let counts = try await withCheckedThrowingContinuation { continuation in
            do {
                try database.enqueue({ try $0.execute("INSERT INTO t VALUES (1)") == 1 }) {
                    continuation.resume(returning: $0)
                }
            } catch {
                continuation.resume(throwing: error)
            }
        }
        #expect(counts)
        let other = try DatabaseQueue(path: directory.database)
        #expect(try await other.read { try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM t") } == 1)
        try await database.close()
    }

    @Test func `closing keeps what was promised and refuses the rest`() async throws {
        let database = try SQLiteDatabase(path: directory.database)
        let journal = try await SQLJournal.open(database)
        let sample = Sample()
        #expect(try await journal.append(try sample.denied(durability: .withNext)))
        try await database.close()
        try await database.close()
        await #expect(throws: JournalFault.self) { try await journal.append(try sample.admitted()) }
        await #expect(throws: JournalFault.self) { try await journal.append(try sample.denied(durability: .withNext)) }
        await #expect(throws: JournalFault.self) { try await journal.search(EntryFilter()) }
        let again = try SQLiteDatabase(path: directory.database)
        #expect(try await SQLJournal.open(again).search(EntryFilter()).count == 1)
        try await again.close()
    }

    @Test func `durable means there after opening again`() async throws {
        let database = try SQLiteDatabase(path: directory.database)
        let journal = try await SQLJournal.open(database)
        let admitted = try Sample().admitted()
        #expect(try await journal.append(admitted))
        // Not closed: another process would see the same.
        let other = try SQLiteDatabase(path: directory.database)
        #expect(try await SQLJournal.open(other).call(admitted.call.id) == admitted.call)
        try await other.close()
        try await database.close()
    }

    @Test func `a full disk refuses and loses nothing`() async throws {
        let database = try SQLiteDatabase(path: directory.database)
        let journal = try await SQLJournal.open(database)
        let ledger = Ledger()
        let pages = try await database.write { try pragma("PRAGMA page_count", $0)?.int ?? 0 }
        try await database.write { try $0.execute(pageLimits[min(pages / 10, pageLimits.count - 1)]) }
        let sample = Sample()
        var fault: JournalFault?
        for _ in 0..<200 where fault == nil {
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<5 {
                    group.addTask {
                        if let addition = try? sample.admitted() { _ = await ledger.append(addition, to: journal) }
                    }
                }
            }
            do {
                try await journal.record(Act("filler", by: "root", at: Sample.start), durability: .now)
            } catch let error as JournalFault {
                fault = error
            }
        }
        #expect(fault?.code == .unavailable)
        #expect(fault?.detail.contains("full") == true)
        await #expect(throws: JournalFault.self) { try await journal.append(try sample.admitted()) }
        #expect(try await !journal.search(EntryFilter()).isEmpty, "reading goes on")
        try await database.write { try $0.execute("PRAGMA max_page_count = 100000") }
        let last = try sample.admitted()
        #expect(await ledger.append(last, to: journal), "works again afterwards")
        try await database.close()
        try await ledger.check(try SQLiteDatabase(path: directory.database), "full disk")
    }

    /// Limits, since a pragma takes no binding: the first above the pages that are there.
    private let pageLimits: [Store.SQL] = [
        "PRAGMA max_page_count = 14", "PRAGMA max_page_count = 24", "PRAGMA max_page_count = 34",
        "PRAGMA max_page_count = 44",
    ]

    @Test func `a database that another process holds refuses and loses nothing`() async throws {
        let reports = Mutex(0)
        let database = try SQLiteDatabase(path: directory.database) { _ in reports.withLock { $0 += 1 } }
        let journal = try await SQLJournal.open(database)
        let ledger = Ledger()
        let sample = Sample()
        #expect(await ledger.append(try sample.admitted(), to: journal))

        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let other = try DatabaseQueue(path: directory.database, configuration: configuration)
        try await other.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
        let promised = try sample.denied(durability: .withNext)
        #expect(await ledger.append(promised, to: journal))
        let fault = await #expect(throws: JournalFault.self) { try await journal.append(try sample.admitted()) }
        #expect(fault?.code == .unavailable)
        #expect(try await journal.search(EntryFilter()).count == 1, "reading goes on")
        #expect(reports.withLock { $0 } == 1)

        try await other.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
        #expect(await ledger.append(try sample.admitted(), to: journal), "works again afterwards")
        try await database.close()
        try await ledger.check(try SQLiteDatabase(path: directory.database), "locked")
    }
}
