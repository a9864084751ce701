import Core
import Engine
import Evidence
import Policy
import Store
import Testing
import TransparencyLog

@Suite struct PrunerTests {
    private static let key = SealerTests.signingKey(7)

    private func verify(_ database: any Database) async throws -> Verification {
        var verifier = Verifier(keys: [Self.key.publicKey])
        for try await line in LogReader(database).wholeEvidence(
            origin: Self.key.publicKey.name, key: Self.key.publicKey.text)
        { verifier.take(line.text) }
        return verifier.finish()
    }

    private func database(_ kind: IndexerTests.Kind, _ directory: TemporaryDirectory) async throws -> any Database {
        switch kind {
        case .sqlite: try SQLiteDatabase(path: directory.database)
        case .postgreSQL: try PostgreSQLDatabase(try await PostgreSQLServer.schema())
        }
    }

    @Test(arguments: IndexerTests.Kind.allCases)
    func `what was kept long enough goes, and the rest verifies`(_ kind: IndexerTests.Kind) async throws {
        let directory = try TemporaryDirectory()
        let database = try await database(kind, directory)
        let journal = try await SQLJournal.open(database)
        let sample = Sample()
        // One of the first waits, one is running, and one is settled much later.
        let waiting = try sample.proposed()
        #expect(try await journal.append(waiting))
        let running = try sample.admitted()
        #expect(try await journal.append(running))
        let late = try sample.admitted()
        #expect(try await journal.append(late))
        var settled: [Call] = []
        for number in 0..<300 {
            if number % 3 == 0 {
                try await journal.record(
                    Act("signed-in", by: "ana", at: Timestamp(microseconds: 1)), durability: .withNext)
                continue
            }
            let admitted = try sample.admitted(durability: .withNext)
            #expect(try await journal.append(admitted))
            let done = try Addition(settling: admitted.call, durability: .withNext)
            #expect(try await journal.append(done))
            settled.append(done.call)
        }
        try await journal.record(Act("stop", by: "ana", at: Timestamp(microseconds: 1)), durability: .now)
        #expect(try await journal.append(try Addition(settling: late.call)))
        let sealer = Sealer(database, key: Self.key) { Timestamp(microseconds: 1) }
        let future = Sample.start.advanced(bySeconds: 1_000_000)
        let pruner = Pruner(database) { future }
        let everything = Retention([.reads: 1, .writes: 1, .access: 1, .refused: 1])
        let file = kind == .sqlite ? try SQLiteDatabase(path: directory.database + ".index") : nil
        try await Indexer.migrate(file ?? database)
        let indexer = Indexer(journal: database, index: file ?? database)
        try await indexer.follow()
        #expect(try await pruner.prune(everything).isEmpty, "nothing is sealed")
        try await sealer.seal()
        #expect(
            try await Pruner(database) { Sample.start }.prune(Retention([.writes: 86_400 * 365])).isEmpty, "too young")
        #expect(try await pruner.prune(everything, delivered: 100).isEmpty, "somebody did not get it yet")
        let counts = try await pruner.prune(everything)
        let total = counts.values.reduce(0, +)
        #expect(total > 200)
        try await sealer.seal()
        let result = try await verify(database)
        #expect(result.isSound, "\(result.flaws)")
        #expect(result.pruned == total)
        // What is not over, and what says how things are, is there.
        #expect(try await journal.call(waiting.call.id) == waiting.call)
        #expect(try await journal.call(running.call.id) == running.call)
        #expect(try await journal.call(late.call.id)?.phase == .settled)
        #expect(try await journal.search(EntryFilter(acts: ["stop"])).count == 1)
        #expect(try await journal.search(EntryFilter(acts: [Pruning.act])).count >= 2)
        // Calls go as wholes or not at all.
        for call in settled { #expect([nil, call].contains(try await journal.call(call.id))) }
        let more = try await pruner.prune(everything)
        #expect(more.isEmpty, "nothing more is old enough and sealed: \(more) after \(counts)")
        // Pages go on behind what is not there any more.
        var found: Set<Int> = []
        var before = Int.max
        var pages = 0
        while pages < 1000 {
            let page = try await indexer.find([SearchTerms.term("user", Sample.alice.user)], in: 1..<before, limit: 7)
            found.formUnion(page.found.map(\.position))
            pages += 1
            guard let next = page.next else { break }
            before = next
        }
        #expect(pages > 10 && found.isSuperset(of: [1, 2, 3]))
        try await file?.close()
        // Beyond what a pruning names nothing goes.
        await #expect(throws: JournalFault.self) {
            try await database.write { try $0.execute("DELETE FROM entries WHERE position = 1") }
        }
        try await database.close()
    }
}
