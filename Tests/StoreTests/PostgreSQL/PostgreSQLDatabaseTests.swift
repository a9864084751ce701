import Core
import Engine
import Synchronization
import Testing

@testable import Store

@Suite(.enabled(if: PostgreSQLServer.isThere)) struct PostgreSQLDatabaseTests {
    @Test func `values come back as they went`() async throws {
        let database = try PostgreSQLDatabase(try await PostgreSQLServer.schema())
        let text = "é e\u{301} \u{212A} \" \\ \n 👩‍👧 ' $1 \u{2028}"
        let values: [SQLValue] = [
            .null, .integer(Int64.min), .integer(Int64.max), .integer(-1), .text(text), .text(""), .blob([0, 255, 0]),
            .blob([]),
        ]
        try await database.write { connection in
            try connection.execute(
                "CREATE TABLE v (a BIGINT, b BIGINT, c BIGINT, d BIGINT, e TEXT, f TEXT, g BYTEA, h BYTEA)")
            try connection.execute(
                "INSERT INTO v VALUES (\(values[0]), \(values[1]), \(values[2]), \(values[3]), \(values[4]), \(values[5]), \(values[6]), \(values[7]))"
            )
        }
        let found = try await database.read { try $0.query("SELECT * FROM v") }
        #expect(found == [values])
        let kinds = try await database.read {
            try $0.query("SELECT 1, 2::smallint, true, false, -3, 1.5::float8, 'x'::varchar, NULL::text")
        }
        #expect(
            kinds == [
                [
                    .integer(1), .integer(2), .integer(1), .integer(0), .integer(-3), .double(1.5), .text("x"), .null,
                ]
            ])
        // A zero byte reads as its picture, written and looked for alike.
        try await database.write { try $0.execute("UPDATE v SET e = \("a\0b")") }
        #expect(
            try await database.read { try $0.query("SELECT e FROM v WHERE e = \("a\0b")") } == [[.text("a\u{2400}b")]])
        try await database.close()
    }

    @Test func `bodies that throw leave nothing and disturb nobody`() async throws {
        let database = try PostgreSQLDatabase(try await PostgreSQLServer.schema())
        try await database.write { try $0.execute("CREATE TABLE n (x BIGINT PRIMARY KEY)") }
        struct Own: Error {}
        let results = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<60 {
                group.addTask {
                    do {
                        try await database.write { connection in
                            try connection.execute("INSERT INTO n VALUES (\(number))")
                            if number % 5 == 0 { throw Own() }
                            // Statements that PostgreSQL refuses end a transaction.
                            if number % 7 == 0 { try connection.execute("INSERT INTO n VALUES (\(number))") }
                        }
                        return true
                    } catch {
                        return false
                    }
                }
            }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        let expected = (0..<60).filter { $0 % 5 != 0 && $0 % 7 != 0 }
        #expect(results == expected.count)
        let rows = try await database.read { try $0.query("SELECT x FROM n ORDER BY x") }
        #expect(rows == expected.map { [.integer($0)] })
        try await database.close()
    }

    @Test func `a connection that the server ended is made anew`() async throws {
        let database = try PostgreSQLDatabase(try await PostgreSQLServer.schema())
        try await database.write { try $0.execute("CREATE TABLE n (x BIGINT)") }
        // While it waits for nothing, and in the middle of a transaction.
        for number in 0..<4 {
            await #expect(throws: JournalFault.self) {
                try await database.write { connection in
                    try connection.execute("INSERT INTO n VALUES (\(number))")
                    _ = try connection.query("SELECT pg_terminate_backend(pg_backend_pid())")
                }
            }
            try await database.write { try $0.execute("INSERT INTO n VALUES (\(100 + number))") }
            let killsOnce = Atomic(true)
            let rows = try await database.read { connection in
                if killsOnce.exchange(false, ordering: .relaxed) {
                    _ = try? connection.query("SELECT pg_terminate_backend(pg_backend_pid())")
                }
                return try connection.query("SELECT x FROM n ORDER BY x")
            }
            #expect(rows == (0...number).map { [.integer(100 + $0)] })
        }
        try await database.close()
    }

    @Test func `promises outlive a connection that was lost`() async throws {
        let settings = try await PostgreSQLServer.schema()
        let database = try PostgreSQLDatabase(settings)
        try await database.write { try $0.execute("CREATE TABLE n (x BIGINT)") }
        let tries = Atomic(0)
        try database.enqueue({ connection in
            if tries.add(1, ordering: .relaxed).newValue == 1 {
                _ = try connection.query("SELECT pg_terminate_backend(pg_backend_pid())")
            }
            return try connection.execute("INSERT INTO n VALUES (1)") == 1
        }) { _ in }
        // Reading waits for what was promised.
        _ = try await database.read { try $0.query("SELECT 1") }
        try await database.close()
        let again = try PostgreSQLDatabase(settings)
        #expect(try await again.read { try $0.query("SELECT x FROM n") } == [[.integer(1)]])
        try await again.close()
    }

    @Test func `what became of a transaction can be asked`() async throws {
        let connection = PostgreSQLConnection(try await PostgreSQLServer.schema(), writes: true)
        for (end, isCommitted) in [("ROLLBACK", false), ("COMMIT", true), ("ROLLBACK", false), ("COMMIT", true)] {
            try connection.begin(presumes: false)
            try connection.command(end)
            connection.rollback()
            #expect(try connection.isNewestCommitted() == isCommitted)
            // Also of a server that was started anew, or that took over.
            connection.disconnect()
            #expect(try connection.isNewestCommitted() == isCommitted)
        }
        // A server that took over without it has not committed it.
        try connection.begin(presumes: false)
        try connection.command("COMMIT")
        try connection.command("DELETE FROM writers")
        connection.disconnect()
        #expect(try !connection.isNewestCommitted())
        connection.disconnect()
    }

    @Test func `a server that cannot be reached is a fault, and so is one that promises less`() async throws {
        #expect(throws: JournalFault.self) {
            try PostgreSQLDatabase(PostgreSQLSettings(url: "postgresql://x@127.0.0.1:1/x?connect_timeout=1"))
        }
        #expect(throws: JournalFault.self) { try PostgreSQLDatabase(PostgreSQLSettings(url: "postgresql://%zz")) }
        // A server that acknowledges before it wrote: the session's own word does not count.
        let settings = try await PostgreSQLServer.schema()
        let connection = PostgreSQLConnection(settings)
        try connection.connect()
        #expect(try connection.query("SELECT current_setting('synchronous_commit')") == [[.text("on")]])
        connection.disconnect()
    }

    @Test func `a server that says nothing is given up`() async throws {
        var settings = try await PostgreSQLServer.schema()
        (settings.statementMilliseconds, settings.graceMilliseconds) = (100, 100)
        let database = try PostgreSQLDatabase(settings)
        // As one that hangs: it does not hold itself to the bound.
        let hang: @Sendable (any SQLConnection) throws -> Void = { connection in
            _ = try connection.query("SELECT set_config('statement_timeout', '0', false)")
            _ = try connection.query("SELECT pg_sleep(60)")
        }
        let fault = await #expect(throws: JournalFault.self) { try await database.read(hang) }
        #expect(fault?.detail == "PostgreSQL does not answer")
        #expect(try await database.read { try $0.query("SELECT 1") } == [[.integer(1)]])
        try await database.close()
    }

    @Test func `a statement that takes too long is a fault`() async throws {
        var settings = try await PostgreSQLServer.schema()
        settings.statementMilliseconds = 1000
        let database = try PostgreSQLDatabase(settings)
        await #expect(throws: JournalFault.self) { try await database.read { try $0.query("SELECT pg_sleep(30)") } }
        await #expect(throws: JournalFault.self) {
            try await database.write { _ = try $0.query("SELECT pg_sleep(30)") }
        }
        #expect(try await database.read { try $0.query("SELECT 1") } == [[.integer(1)]])
        try await database.close()
    }

    @Test(
        arguments: [
            "UPDATE entries SET body = '[]'", "DELETE FROM entries", "TRUNCATE entries",
            "UPDATE tiles SET hashes = '\\x00'", "DELETE FROM tiles", "UPDATE checkpoints SET note = 'x'",
            "DELETE FROM checkpoints", "TRUNCATE checkpoints",
            "INSERT INTO entries (position, at, body) VALUES (9, 2, '{}')",
        ] as [Store.SQL])
    func `the tables refuse what the journal never does`(_ sql: Store.SQL) async throws {
        let database = try PostgreSQLDatabase(try await PostgreSQLServer.schema())
        let journal = try await SQLJournal.open(database)
        #expect(try await journal.append(try Sample().admitted()))
        try await database.write { connection in
            try connection.execute("INSERT INTO tiles VALUES (0, 0, \([UInt8](repeating: 1, count: 32)))")
            try connection.execute("INSERT INTO checkpoints VALUES (1, 1, 'note')")
        }
        await #expect(throws: JournalFault.self) { try await database.write { try $0.execute(sql) } }
        #expect(try await journal.search(EntryFilter()).count == 1)
        try await database.close()
    }

    @Test func `several processes may open one database at once`() async throws {
        let settings = try await PostgreSQLServer.schema()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    let database = try PostgreSQLDatabase(settings)
                    let journal = try await SQLJournal.open(database)
                    for _ in 0..<50 {
                        try await journal.record(
                            Act("test", by: "x", at: Timestamp(microseconds: 1)), durability: .now)
                    }
                    try await database.close()
                }
            }
            try await group.waitForAll()
        }
        let database = try PostgreSQLDatabase(settings)
        let positions = try await database.read { try $0.query("SELECT position FROM entries ORDER BY position") }
        #expect(positions == (1...200).map { [.integer($0)] })
        try await database.close()
    }
}
