import Core
import Engine
import Store
import Testing

@Suite(.enabled(if: PostgreSQLServer.isThere)) struct PostgreSQLSnapshotTests {
    @Test func `a snapshot sees one state, whatever is written meanwhile`() async throws {
        let settings = try await PostgreSQLServer.schema()
        let database = try PostgreSQLDatabase(settings)
        let journal = try await SQLJournal.open(database)
        try await journal.record(Act("first", by: "x", at: Timestamp(microseconds: 1)), durability: .now)
        let snapshot = try PostgreSQLSnapshot(settings)
        #expect(try await LogReader(snapshot).state().entries == 1)
        try await journal.record(Act("second", by: "x", at: Timestamp(microseconds: 2)), durability: .now)
        #expect(try await LogReader(snapshot).state().entries == 1)
        #expect(try await LogReader(database).state().entries == 2)
        let directory = try TemporaryDirectory()
        let copy = try SQLiteDatabase(path: directory.database)
        try await Schema.migrate(copy)
        try await copyDatabase(snapshot, to: copy, extra: []) { _, _ in }
        #expect(try await LogReader(copy).state().entries == 1)
        await snapshot.close()
        await #expect(throws: JournalFault.self, "another connection would see another state") {
            _ = try await LogReader(snapshot).state()
        }
        try await copy.close()
        try await database.close()
    }
}
