import Core
import Engine
import Testing

@testable import Store

/// What is asked all the time does not walk through the journal, however long it is.
@Suite struct QueryPlanTests {
    private func plan(_ statement: SQL) async throws -> [String] {
        let directory = try TemporaryDirectory()
        let database = try SQLiteDatabase(path: directory.database)
        _ = try await SQLJournal.open(database)
        let explained = SQL(unescaped: "EXPLAIN QUERY PLAN " + statement.text).bound(statement.bindings)
        let lines = try await database.read { connection in
            try connection.query(explained).compactMap { $0.last?.text }
        }
        try await database.close()
        return lines
    }

    private func limited(_ phase: Call.Phase) -> SQL {
        var selection = SQLJournal.selection(of: phase)
        selection += " ORDER BY id LIMIT \(1000)"
        return selection
    }

    @Test(arguments: [Call.Phase.proposed, .approved, .admitted])
    func `calls that are not finished are found by their own`(_ phase: Call.Phase) async throws {
        let lines = try await plan(SQLJournal.entries(of: limited(phase)))
        #expect(!lines.isEmpty)
        #expect(!lines.contains { $0.hasPrefix("SCAN entries") }, "\(lines)")
    }

    @Test func `the journal would be walked through without the order being fixed`() async throws {
        let loose = SQL(
            unescaped: SQLJournal.entries(of: limited(.proposed)).text.replacing("CROSS JOIN", with: "JOIN")
        ).bound(SQLJournal.entries(of: limited(.proposed)).bindings)
        #expect(try await plan(loose).contains { $0.hasPrefix("SCAN entries") })
    }

    @Test func `one call is found by its id and by what it binds to`() async throws {
        for selection: SQL in [
            "SELECT \("x") AS id",
            "SELECT call AS id FROM entries WHERE digest = \("x") ORDER BY position DESC LIMIT 1",
            "SELECT call AS id FROM entries WHERE repeat_key = \("x")",
        ] {
            let lines = try await plan(SQLJournal.entries(of: selection))
            #expect(!lines.contains { $0.hasPrefix("SCAN entries") }, "\(lines)")
        }
    }
}
