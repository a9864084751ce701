import Core
import Engine
import Evidence
import Store
import Testing
import TransparencyLog

@Suite(.enabled(if: PostgreSQLServer.isThere)) struct CopyDatabaseTests {
    @Test func `a database moves into PostgreSQL with its log`() async throws {
        let directory = try TemporaryDirectory()
        let source = try SQLiteDatabase(path: directory.database)
        let journal = try await SQLJournal.open(source)
        let key = try #require(SigningKey(name: "sallyport-test", seed: [UInt8](repeating: 7, count: 32)))
        let sample = Sample()
        var waiting: Call?
        for number in 0..<700 {
            let addition = number == 5 ? try sample.proposed() : try sample.admitted(durability: .withNext)
            #expect(try await journal.append(addition))
            if number == 5 { waiting = addition.call }
        }
        let sealer = Sealer(source, key: key) { Timestamp(microseconds: 1) }
        try await sealer.seal()
        try await journal.record(Act("later", by: "x", at: Timestamp(microseconds: 1)), durability: .now)
        try await sealer.seal()

        let settings = try await PostgreSQLServer.schema()
        let target = try PostgreSQLDatabase(settings)
        try await Schema.migrate(target)
        try await copyDatabase(source, to: target, extra: []) { _, _ in }
        var verifier = Verifier(keys: [key.publicKey])
        for try await line in LogReader(target).wholeEvidence(origin: key.publicKey.name, key: "") {
            verifier.take(line)
        }
        let result = verifier.finish()
        #expect(result.isSound && result.size == 701 && result.checkpoints == 2, "\(result.flaws)")
        let moved = try await SQLJournal.open(target)
        #expect(try await moved.search(EntryFilter(limit: 1000)) == journal.search(EntryFilter(limit: 1000)))
        let call = try #require(waiting)
        #expect(try await moved.append(try Addition(to: call, .approved(.lead))), "what waited goes on")
        try await Sealer(target, key: key) { Timestamp(microseconds: 1) }.seal()
        #expect(try await LogReader(target).state().size == 702)
        await #expect(throws: JournalFault.self, "into what is not empty nothing is copied") {
            try await copyDatabase(source, to: target, extra: []) { _, _ in }
        }
        try await target.close()
        try await source.close()
    }
}
