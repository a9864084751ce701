import Core
import Engine
import GRDB
import Store
import Testing

@Suite struct SchemaTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    /// Makes a journal with one entry, changes its file behind its back, and opens it again.
    private func reopen(after sql: String) async throws {
        let database = try SQLiteDatabase(path: directory.database)
        #expect(try await SQLJournal.open(database).append(try Sample().admitted()))
        try await database.close()
        let other = try DatabaseQueue(path: directory.database)
        try await other.write { try $0.execute(sql: sql) }
        try other.close()
        let again = try SQLiteDatabase(path: directory.database)
        _ = try await SQLJournal.open(again)
        try await again.close()
    }

    @Test func `opening twice changes nothing`() async throws {
        try await reopen(after: "")
    }

    @Test(arguments: [
        "INSERT INTO schema_version (version, digest) VALUES (99, 'x')",
        "UPDATE schema_version SET digest = 'x' WHERE version = 1",
        "DROP TRIGGER entries_keep_from_update",
        "DROP TRIGGER entries_keep_from_delete",
        "DROP INDEX unfinished_proposal",
        "DROP TABLE running",
        "DROP TABLE kept",
    ])
    func `another schema is refused`(_ sql: String) async throws {
        let fault = await #expect(throws: JournalFault.self) { try await reopen(after: sql) }
        #expect(fault?.code == .unreadable)
    }

    @Test(
        arguments: [
            "UPDATE entries SET body = '[]'",
            "DELETE FROM entries",
            "REPLACE INTO entries (position, at, actor, body) VALUES (1, 2, 'x', '{}')",
            "INSERT INTO entries (position, at, actor, body) VALUES (0, 2, 'x', '{}')",
            "INSERT INTO entries (position, at, body) VALUES (9, 2, '{}')",
            "INSERT INTO entries (position, at, call, previous, phase, actor, body) SELECT 9, 2, call, 0, phase, 'x', '' FROM entries",
            "INSERT INTO entries (position, at, call, previous, body) SELECT 9, 2, call, 3, '' FROM entries",
            "INSERT INTO entries (position, at, actor, body) VALUES ('a', 2, 'x', '{}')",
            "INSERT INTO entries (position, at, actor, body) VALUES (9, 2, 'x', x'00')",
            "UPDATE unfinished SET phase = 'admitted'",
            "UPDATE unfinished SET proposal = NULL",
            "UPDATE unfinished SET version = 0",
            "UPDATE running SET since = 0",
            "INSERT INTO running VALUES (2, 1)",
        ] as [Store.SQL])
    func `the tables refuse what the journal never does`(_ sql: Store.SQL) async throws {
        let database = try SQLiteDatabase(path: directory.database)
        let journal = try await SQLJournal.open(database)
        let sample = Sample()
        #expect(try await journal.append(try sample.proposed()))
        #expect(try await journal.append(try sample.admitted()))
        let before = try await journal.search(EntryFilter())
        await #expect(throws: JournalFault.self) {
            try await database.write { try $0.execute(sql) }
        }
        #expect(try await journal.search(EntryFilter()) == before)
        try await database.close()
    }

    @Test func `an entry that nobody counted keeps the call from going on`() async throws {
        let database = try SQLiteDatabase(path: directory.database)
        let journal = try await SQLJournal.open(database)
        let proposed = try Sample().proposed()
        #expect(try await journal.append(proposed))
        let id = proposed.call.id.text
        let version = proposed.call.version
        try await database.write { connection in
            try connection.execute(
                """
                INSERT INTO entries (at, call, previous, phase, body) VALUES (2, \(id), \(version), 'expired', '[]')
                """)
        }
        let fault = await #expect(throws: JournalFault.self) {
            _ = try await journal.append(Addition(to: proposed.call, .expired))
        }
        #expect(fault?.code == .unreadable)
        let left = try await database.read { try $0.query("SELECT call, version FROM unfinished") }
        #expect(left == [[.text(id), .integer(version)]], "the call is still unfinished")
        try await database.close()
    }

    @Test(arguments: ["not json", "[{\"event\":\"opened\"}]", "[]", "[{\"event\":\"invented\",\"at\":1}]"])
    func `what cannot be read is unreadable`(_ body: String) async throws {
        let database = try SQLiteDatabase(path: directory.database)
        let journal = try await SQLJournal.open(database)
        let id = Sample().id()
        try await database.write { connection in
            try connection.execute(
                """
                INSERT INTO entries (position, at, call, previous, phase, actor, body)
                VALUES (1, 1, \(id.text), 0, 'opened', 'x', \(body))
                """)
        }
        let fault = await #expect(throws: JournalFault.self) { _ = try #require(try await journal.call(id)) }
        #expect(fault?.code == .unreadable)
        try await database.close()
    }

    @Test func `kept values are discarded when their time is over`() async throws {
        let database = try SQLiteDatabase(path: directory.database)
        let stored = try await SQLJournal.open(database)
        let memory = MemoryJournal()
        let sample = Sample()
        for seconds in [10, 20, 30] {
            let id = sample.id()
            for journal in [stored, memory] as [any Journal] {
                try await journal.keep([1], for: id, as: .answer, until: Timestamp(seconds: seconds))
            }
        }
        for (now, count) in [(9, 0), (20, 2), (20, 0), (99, 1)] {
            #expect(try await stored.discardKept(at: Timestamp(seconds: now)) == count)
            #expect(try await memory.discardKept(at: Timestamp(seconds: now)) == count)
        }
        try await database.close()
    }
}
