import Core
import Engine
import Store
import Testing

@Suite(.enabled(if: PostgreSQLServer.isThere)) struct ConversationTests {
    private let pause = 1860
    private let longest = 86_400
    private let begin = Timestamp(seconds: 1_800_000_000)

    @Test func `processes on one database go on with one conversation`() async throws {
        let settings = try await PostgreSQLServer.schema()
        let database = try PostgreSQLDatabase(settings)
        try await Schema.migrate(database)
        let one = try await SQLJournal.open(database, process: 1)
        let other = try await SQLJournal.open(database, process: 2)
        func start(_ journal: SQLJournal, _ identity: String, after seconds: Int) async throws -> Int? {
            let now = begin.advanced(bySeconds: seconds)
            return try await journal.conversation(of: identity, pause: pause, longest: longest, at: now)
                .map { $0.seconds - begin.seconds }
        }
        #expect(try await start(one, "a", after: 0) == 0)
        #expect(try await start(other, "a", after: 60) == 0)
        #expect(try await start(other, "b", after: 60) == 60, "somebody else has another one")
        #expect(try await start(one, "a", after: 1800) == 0)
        #expect(try await start(other, "a", after: 1800 + pause) == 1800 + pause, "a pause ends it")
        // A process whose clock is behind neither begins a new one nor shortens this.
        #expect(try await start(one, "a", after: 1700 + pause) == 1800 + pause)
        var last = 0
        for minute in 0..<3000 {
            last = try await start(minute % 2 == 0 ? one : other, "c", after: minute * 60) ?? -1
        }
        #expect(last == 172_800, "after a day it is another one whatever is said")
        #expect(try await SQLJournal.open(database).conversation(of: "a", pause: 1, longest: 1, at: begin) == nil)
        try await database.close()
    }
}
