import Foundation
import GRDB
import Testing
import acme

struct DatabaseTests {
    private static func withFile(_ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try await body(folder.appendingPathComponent("acme.sqlite").path)
    }

    private static func dump(_ database: DatabaseQueue) async throws -> String {
        try await database.read { db in
            let dump = DumpOutput()
            try db.dumpContent(format: .debug(), to: dump)
            return dump.text
        }
    }

    /// Collects what GRDB dumps.
    private final class DumpOutput: TextOutputStream {
        var text = ""
        func write(_ string: String) { text += string }
    }

    @Test func `a file is in WAL mode with foreign keys on`() async throws {
        try await Self.withFile { path in
            let database = try openDatabase(at: path)
            let (mode, keys) = try await database.read { db in
                (try String.fetchOne(db, sql: "PRAGMA journal_mode"), try Int.fetchOne(db, sql: "PRAGMA foreign_keys"))
            }
            #expect(mode == "wal")
            #expect(keys == 1)
        }
    }

    @Test func `the seed is always the same`() async throws {
        let first = try openDatabase(at: nil)
        let second = try openDatabase(at: nil)
        for database in [first, second] {
            let inserted = try await database.write { db in try Seed.insert(into: db) }
            #expect(inserted)
        }
        let text = try await Self.dump(first)
        #expect(text.contains("Ingrid Halvorsen"))
        #expect(try await Self.dump(second) == text)
    }

    @Test func `a database with content is not seeded again`() async throws {
        try await Self.withFile { path in
            let database = try openDatabase(at: path)
            _ = try await database.write { db in try Seed.insert(into: db) }
            try await database.write { db in try db.execute(sql: "DELETE FROM messages") }
            try database.close()

            let reopened = try openDatabase(at: path)
            let inserted = try await reopened.write { db in try Seed.insert(into: db) }
            #expect(!inserted)
            let left = try await reopened.read { db in try Int.fetchOne(db, sql: "SELECT count(*) FROM messages") }
            #expect(left == 0)
        }
    }

    @Test func `keys are not stored`() async throws {
        let database = try openDatabase(at: nil)
        _ = try await database.write { db in try Seed.insert(into: db) }
        let text = try await Self.dump(database)
        for person in Seed.people { #expect(!text.contains(person.apiKey)) }
    }

    @Test(arguments: [
        "UPDATE deals SET customer_id = 'cus_south_01' WHERE id = 'deal_north_01'",
        "UPDATE customers SET owner_id = 'usr_cleo' WHERE id = 'cus_north_01'",
        "UPDATE payments SET refunded = amount + 1",
        "UPDATE payments SET refunded = -1",
        "UPDATE deals SET amount = 1.5",
        "DELETE FROM customers WHERE id = 'cus_north_01'",
    ])
    func `the schema refuses what must not be`(statement: String) async throws {
        let database = try openDatabase(at: nil)
        _ = try await database.write { db in try Seed.insert(into: db) }
        await #expect(throws: DatabaseError.self) {
            try await database.write { db in try db.execute(sql: statement) }
        }
    }
}
