import Core
import Engine
import Evidence
import JSON
import Store
import Testing

@Suite struct IndexerTests {
    enum Kind: CaseIterable {
        case sqlite, postgreSQL

        static var allCases: [Kind] { PostgreSQLServer.isThere ? [.sqlite, .postgreSQL] : [.sqlite] }
    }

    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func with(_ kind: Kind, _ body: (SQLJournal, Indexer, any Database) async throws -> Void) async throws {
        let database: any Database
        let index: any Database
        switch kind {
        case .sqlite:
            database = try SQLiteDatabase(path: directory.database)
            index = try SQLiteDatabase(path: directory.database + ".index")
        case .postgreSQL:
            database = try PostgreSQLDatabase(try await PostgreSQLServer.schema())
            index = database
        }
        let journal = try await SQLJournal.open(database)
        try await Indexer.migrate(index)
        try await body(journal, Indexer(journal: database, index: index), index)
        try await database.close()
        if kind == .sqlite { try await index.close() }
    }

    private func term(_ field: String, _ value: String) -> Int64 { SearchTerms.term(field, value) }

    @Test(arguments: Kind.allCases)
    func `calls are found by what is known of any of their entries`(_ kind: Kind) async throws {
        try await with(kind) { journal, indexer, _ in
            let sample = Sample()
            var calls: [Call] = []
            for _ in 0..<5 {
                let admitted = try sample.admitted()
                #expect(try await journal.append(admitted))
                calls.append(admitted.call)
            }
            var outcome = Outcome(kind: .failure, status: 502, cause: "the harbour was closed")
            outcome.records = ["ship_7"]
            #expect(try await journal.append(try Addition(to: calls[2], .settled(outcome))))
            try await journal.record(
                Act("vault-put", by: "root", details: ["name": "harbour"], at: Sample.start), durability: .now)
            func find(_ terms: [Int64], _ range: Range<Int> = 1..<1000) async throws -> [String?] {
                try await indexer.find(terms, in: range, limit: 10).found.map { $0.rows.first?.call }
            }
            let user = calls[0].opening.principal.user
            #expect(try await find([term("user", user)]) == calls.reversed().map(\.id.text))
            #expect(try await find([term("user", user), term("outcome", "failure")]) == [calls[2].id.text])
            #expect(try await find([term("record", "ship_7")]) == [calls[2].id.text])
            #expect(try await find(SearchTerms.words("harbour closed")) == [calls[2].id.text])
            #expect(try await find(SearchTerms.words("HARBOUR")) == [nil, calls[2].id.text])
            #expect(try await find([term("act", "vault-put")]) == [nil])
            #expect(try await find([term("outcome", "result")]) == [])
            #expect(try await find([]).count == 6)
            #expect(try await find([], 2..<4) == [calls[2].id.text, calls[1].id.text])
            let found = try await indexer.find([term("record", "ship_7")], in: 1..<1000, limit: 10).found
            #expect(found.first?.rows.map(\.position) == [3, 6])
        }
    }

    @Test(arguments: Kind.allCases)
    func `an index that is lost or of another journal is made anew`(_ kind: Kind) async throws {
        try await with(kind) { journal, indexer, index in
            for number in 0..<600 {
                try await journal.record(
                    Act("test", by: "u\(number)", at: Timestamp(microseconds: Int64(number) * 1_000_000)),
                    durability: .withNext)
            }
            #expect(
                try await indexer.find([term("user", "u599")], in: 1..<1000, limit: 10).found.map(\.position) == [600])
            try await index.write { try $0.execute("UPDATE indexed SET position = 5000 WHERE id = 1") }
            #expect(try await indexer.find([term("user", "u0")], in: 1..<1000, limit: 10).found.map(\.position) == [1])
            try await index.write { connection in
                try connection.execute("DELETE FROM terms")
                try connection.execute("UPDATE indexed SET position = 0 WHERE id = 1")
            }
            #expect(
                try await indexer.find([term("act", "test")], in: 1..<301, limit: 5).found.map(\.position) == [
                    300, 299, 298, 297, 296,
                ])
            #expect(try await indexer.position(since: Timestamp(microseconds: 100_000_000)) == 101)
            #expect(try await indexer.position(since: Timestamp(microseconds: 0)) == 1)
            #expect(try await indexer.position(since: Timestamp(microseconds: .max)) == 601)
        }
    }

    @Test func `a search waits for an index that somebody else brings up to date`() async throws {
        try await with(.sqlite) { journal, indexer, _ in
            for number in 0..<2000 {
                try await journal.record(
                    Act("test", by: "u\(number)", at: Sample.start), durability: number == 1999 ? .now : .withNext)
            }
            let (paused, pauses) = AsyncStream.makeStream(of: Void.self)
            let following = Task {
                try await indexer.follow {
                    pauses.yield()
                    try await Task.sleep(for: .milliseconds(20))
                }
            }
            for await _ in paused { break }
            #expect(
                try await indexer.find([term("user", "u1999")], in: 1..<3000, limit: 10).found.map(\.position) == [2000]
            )
            try await following.value
        }
    }
}
