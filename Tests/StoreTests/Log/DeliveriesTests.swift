import Core
import Engine
import Evidence
import Store
import Testing

@Suite struct DeliveriesTests {
    private let now = Timestamp(seconds: 1_800_000_000)

    private func database(_ kind: IndexerTests.Kind, _ directory: TemporaryDirectory) async throws -> any Database {
        switch kind {
        case .sqlite: try SQLiteDatabase(path: directory.database)
        case .postgreSQL: try PostgreSQLDatabase(try await PostgreSQLServer.schema())
        }
    }

    @Test(arguments: IndexerTests.Kind.allCases)
    func `a stream is held by one process until it lets go or says nothing for a minute`(_ kind: IndexerTests.Kind)
        async throws
    {
        let directory = try TemporaryDirectory()
        let database = try await database(kind, directory)
        try await Schema.migrate(database)
        let one = Deliveries(database, holder: 1)
        let other = Deliveries(database, holder: 2)
        #expect(try await one.claim("siem", from: 0, at: now) == 0)
        #expect(try await one.claim("siem", from: 0, at: now) == 0, "whoever holds it may say so again")
        #expect(try await other.claim("siem", from: 0, at: now) == nil)
        #expect(try await other.remember("siem", 5, at: now) == false)
        #expect(try await one.remember("siem", 7, at: now))
        let later = now.advanced(bySeconds: Deliveries.holdSeconds + 1)
        #expect(try await other.claim("siem", from: 0, at: later) == 7)
        #expect(try await one.remember("siem", 9, at: later) == false, "it was taken")
        #expect(try await other.remember("siem", 6, at: later) == false, "it never goes back")
        try await other.release("siem", at: later)
        #expect(try await one.claim("siem", from: 0, at: later) == 7)
        #expect(try await one.positions() == ["siem": 7])
        // A holder whose clock was far ahead holds nothing for ever.
        _ = try await one.remember("siem", 8, at: later.advanced(bySeconds: 86_400))
        #expect(try await other.claim("siem", from: 0, at: later) == 8)
        #expect(try await one.least(at: later) == 8)
        #expect(try await one.least(at: later.advanced(bySeconds: 30 * 86_400)) == nil, "nobody wants it any more")
        try await database.close()
    }

    @Test(arguments: IndexerTests.Kind.allCases)
    func `a stream that begins now begins behind the newest entry`(_ kind: IndexerTests.Kind) async throws {
        let directory = try TemporaryDirectory()
        let database = try await database(kind, directory)
        try await Schema.migrate(database)
        let journal = try await SQLJournal.open(database)
        for _ in 0..<3 {
            try await journal.record(Act("look", by: "ada", at: now), durability: .now)
        }
        let deliveries = Deliveries(database, holder: 1)
        #expect(try await deliveries.claim("new", from: nil, at: now) == 3)
        #expect(try await deliveries.claim("all", from: 0, at: now) == 0)
        try await database.close()
    }

    @Test(arguments: IndexerTests.Kind.allCases)
    func `events that are read on from the middle of a call say whose it is`(_ kind: IndexerTests.Kind) async throws {
        let directory = try TemporaryDirectory()
        let database = try await database(kind, directory)
        try await Schema.migrate(database)
        let journal = try await SQLJournal.open(database)
        let admitted = try Sample().admitted()
        #expect(try await journal.append(admitted))
        #expect(try await journal.append(try Addition(settling: admitted.call)))
        var follower = EventFollower(LogReader(database), after: 1)
        let batch = try #require(try await follower.next(entries: 10))
        #expect(!batch.events.isEmpty)
        for event in batch.events { #expect(event.user != nil && event.tool != nil) }
        #expect(try await follower.next(entries: 10) == nil)
        #expect(follower.position == batch.last)
        try await database.close()
    }
}
