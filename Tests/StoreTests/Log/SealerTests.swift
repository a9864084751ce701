import Core
import Engine
import Evidence
import GRDB
import JSON
import Store
import Synchronization
import Testing
import TransparencyLog

@Suite struct SealerTests {
    private static let key = signingKey(7)
    private static let otherKey = signingKey(8)

    static func signingKey(_ byte: UInt8) -> SigningKey {
        guard let key = SigningKey(name: "sallyport-test", seed: [UInt8](repeating: byte, count: 32)) else {
            preconditionFailure()
        }
        return key
    }

    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    private struct Open {
        let database: SQLiteDatabase
        let journal: SQLJournal
        let sealer: Sealer

        func record(_ count: Int) async throws {
            for number in 0..<count {
                try await journal.record(
                    Act("test", by: "operator", details: ["n": .number(.init(number))], at: Timestamp(microseconds: 1)),
                    durability: .withNext)
            }
        }

        func verify(kept: [SignedCheckpoint] = []) async throws -> Verification {
            var verifier = Verifier(keys: [key.publicKey], kept: kept)
            for try await line in LogReader(database).wholeEvidence(
                origin: key.publicKey.name, key: key.publicKey.text)
            { verifier.take(line.text) }
            return verifier.finish()
        }
    }

    private func open(_ key: SigningKey = Self.key) async throws -> Open {
        let database = try SQLiteDatabase(path: directory.database)
        return Open(
            database: database, journal: try await SQLJournal.open(database),
            sealer: Sealer(database, key: key) { Timestamp(microseconds: 5) })
    }

    /// Writes in the file behind the program's back, as who may write in it could.
    private func tamper(_ sql: String) throws {
        let other = try DatabaseQueue(path: directory.database)
        try other.write { try $0.execute(sql: sql) }
        try other.close()
    }

    @Test func `what is sealed verifies, in steps and across restarts`() async throws {
        for count in [1, 255, 0, 1, 700, 4097] {
            let store = try await open()
            try await store.sealer.check(kept: nil)
            try await store.record(count)
            let note = try await store.sealer.seal()
            #expect((note == nil) == (count == 0))
            #expect(try await store.sealer.seal() == nil)
            let result = try await store.verify()
            #expect(result.isSound, "\(result.flaws)")
            #expect(result.entries == result.size)
            try await store.database.close()
        }
        let store = try await open()
        #expect(try await store.verify().size == 5054)
        let state = try await LogReader(store.database).state()
        #expect(state.size == 5054 && state.entries == 5054)
        try await store.database.close()
    }

    /// Entries are sealed from the columns' bytes and read as texts: both have to see the same, whatever stands in the file.
    @Test func `what somebody else wrote into the file is sealed as it is read`() async throws {
        let store = try await open()
        try await store.record(5)
        // A read waits for what was promised, so that nobody else writes when the file is changed.
        #expect(try await LogReader(store.database).state().entries == 5)
        let texts = ["CAST(x'ff22c328' AS TEXT)", "'a\"\\' || char(0, 9, 233)", "''", "CAST(x'6100' AS TEXT)"]
        for (index, text) in texts.enumerated() {
            try tamper(
                """
                DROP TRIGGER IF EXISTS entries_keep_from_update;
                UPDATE entries SET actor = \(text), agent = \(text), act = \(text) WHERE position = \(index + 1)
                """)
        }
        try tamper("UPDATE entries SET body = '{' || char(10) || '\"' || CAST(x'fe' AS TEXT) || '}' WHERE position = 5")
        try await store.sealer.seal()
        let result = try await store.verify()
        #expect(result.isSound && result.entries == 5, "\(result.flaws)")
        try await store.database.close()
    }

    @Test func `calls get receipts that verify`() async throws {
        let store = try await open()
        let sample = Sample()
        let addition = try sample.admitted()
        #expect(try await store.journal.append(addition))
        let reader = LogReader(store.database)
        let call = addition.call.id.text
        #expect(try await reader.evidence(ofCall: call, origin: "sallyport-test", key: "") == nil, "not sealed yet")
        try await store.record(300)
        try await store.sealer.seal()
        let lines = try #require(
            try await reader.evidence(ofCall: call, origin: "sallyport-test", key: Self.key.publicKey.text))
        var verifier = Verifier(keys: [Self.key.publicKey])
        for line in lines { verifier.take(line.text) }
        let result = verifier.finish()
        #expect(result.isSound && result.entries == 1, "\(result.flaws)")
        try await store.database.close()
    }

    @Test func `tiles and bundles are as C2SP tlog-tiles serves them`() async throws {
        let store = try await open()
        try await store.record(600)
        try await store.sealer.seal()
        let reader = LogReader(store.database)
        let note = try #require(try await reader.checkpoint())
        let checkpoint = try #require(Checkpoint(text: note.text))
        var tiles: [[Int]: [TreeHash]] = [:]
        for tile in [(0, 0, 256), (0, 1, 256), (0, 2, 88), (1, 0, 2)].compactMap({
            Tile(level: $0.0, number: $0.1, width: $0.2)
        }) {
            let bytes = try #require(try await reader.hashes(tile))
            let hashes = try #require(TreeHash.list(bytes))
            #expect(hashes.count == tile.width)
            tiles[[tile.level, tile.number]] = hashes
            guard tile.level == 0 else { continue }
            let bundle = try #require(try await reader.logEntries(tile))
            let entries = stride(from: 0, to: bundle.count, by: 34).map { Array(bundle[($0 + 2)..<($0 + 34)]) }
            #expect(entries.map { TreeHash.leaf($0) } == hashes)
            #expect(bundle.prefix(2) == [0, 32])
        }
        let known = tiles
        let tree = TileTree(size: 600) { (level, number) throws(Never) in known[[level, number]] }
        #expect(try tree.root() == checkpoint.root)
        for (level, number, width) in [(0, 3, 256), (0, 2, 89), (0, 2, 256), (1, 1, 1), (2, 0, 1), (63, 0, 1)] {
            let tile = try #require(Tile(level: level, number: number, width: width))
            #expect(try await reader.hashes(tile) == nil, "\(tile.path)")
        }
        let narrow = try #require(Tile(level: 0, number: 2, width: 17))
        #expect(try await reader.hashes(narrow)?.count == 17 * 32)
        let proof = try await reader.consistencyProof(from: 300, to: 600)
        #expect(proof.proves(try tree.root(of: 300), isBeginningOf: checkpoint.root))
        try await store.database.close()
    }

    @Test func `two that seal one database come to one log`() async throws {
        let store = try await open()
        let other = Sealer(store.database, key: Self.key) { Timestamp(microseconds: 6) }
        for _ in 0..<10 {
            try await store.record(50)
            async let first = store.sealer.seal()
            async let second = other.seal()
            _ = try await (first, second)
            try await store.record(50)
            try await other.seal()
        }
        try await store.sealer.seal()
        try await store.sealer.seal()
        let result = try await store.verify()
        #expect(result.isSound && result.size == 1000, "\(result.flaws)")
        try await store.database.close()
    }

    @Test func `nothing is added to a log that is not this one`() async throws {
        let store = try await open()
        try await store.record(300)
        let note = try #require(try await store.sealer.seal())
        try await store.sealer.check(kept: note)
        // A journal put back by an older copy of it.
        let another = Sealer(store.database, key: Self.otherKey) { Timestamp(microseconds: 5) }
        await #expect(throws: JournalFault.self, "another key") { try await another.check(kept: nil) }
        let larger = try #require(
            Checkpoint(origin: "sallyport-test", size: 301, root: .leaf([1]))
        ).signed(by: Self.key)
        await #expect(throws: JournalFault.self, "rolled back") { try await store.sealer.check(kept: larger) }
        let split = try #require(
            Checkpoint(origin: "sallyport-test", size: 200, root: .leaf([1]))
        ).signed(by: Self.key)
        await #expect(throws: JournalFault.self, "another history") { try await store.sealer.check(kept: split) }
        try await store.database.close()
    }

    @Test(arguments: [
        "DROP TRIGGER entries_keep_from_delete; DELETE FROM entries WHERE position > 250",
        "DROP TRIGGER checkpoints_keep_from_delete; DELETE FROM checkpoints",
        "DROP TRIGGER tiles_keep_from_delete; DELETE FROM tiles WHERE level = 0 AND number = 1",
        "DROP TRIGGER tiles_keep_from_update; UPDATE tiles SET hashes = zeroblob(length(hashes)) WHERE level = 1",
        "DROP TRIGGER checkpoints_keep_from_update; UPDATE checkpoints SET note = replace(note, '300', '299')",
    ])
    func `a cut or changed log is not gone on with`(_ sql: String) async throws {
        let store = try await open()
        try await store.record(300)
        let note = try #require(try await store.sealer.seal())
        try await store.database.close()
        try tamper(sql)
        let again = try SQLiteDatabase(path: directory.database)
        let sealer = Sealer(again, key: Self.key) { Timestamp(microseconds: 5) }
        let fault = await #expect(throws: JournalFault.self) { try await sealer.check(kept: note) }
        #expect(fault?.code == .unreadable)
        try await again.close()
    }

    @Test func `a missing entry is not passed over`() async throws {
        let store = try await open()
        try await store.record(10)
        try await store.database.close()
        try tamper("DROP TRIGGER entries_keep_from_delete; DELETE FROM entries WHERE position = 5")
        let again = try SQLiteDatabase(path: directory.database)
        let sealer = Sealer(again, key: Self.key) { Timestamp(microseconds: 5) }
        await #expect(throws: JournalFault.self) { try await sealer.seal() }
        try await again.close()
    }

    @Test(arguments: [
        (
            "UPDATE entries SET body = replace(body, '{\"n\":7}', '{\"n\":777}') WHERE position = 8", Flaw.Kind.changed,
            8
        ),
        ("DELETE FROM entries WHERE position = 8", .removed, 8),
        ("UPDATE entries SET position = 1000 WHERE position = 8", .removed, 8),
        (
            "UPDATE entries SET position = 1000 WHERE position = 8; UPDATE entries SET position = 8 WHERE position = 9; UPDATE entries SET position = 9 WHERE position = 1000",
            .reordered, 8
        ),
        ("UPDATE entries SET at = 2 WHERE position = 300", .changed, 300),
        ("UPDATE entries SET actor = 'nobody' WHERE position = 1", .changed, 1),
    ])
    func `verification names the entry that was tampered with`(_ sql: String, _ kind: Flaw.Kind, _ position: Int)
        async throws
    {
        let store = try await open()
        try await store.record(300)
        try await store.sealer.seal()
        try await store.database.close()
        try tamper("DROP TRIGGER entries_keep_from_delete; DROP TRIGGER entries_keep_from_update; " + sql)
        let again = try SQLiteReader(path: directory.database)
        var verifier = Verifier(keys: [Self.key.publicKey])
        for try await line in LogReader(again).wholeEvidence(
            origin: "sallyport-test", key: Self.key.publicKey.text)
        { verifier.take(line.text) }
        let first = try #require(verifier.finish().first)
        #expect(first.kind == kind && first.position == position, "\(first)")
        try again.close()
    }

    @Test(arguments: 1...5)
    func `a fault while sealing leaves the log as it was`(step: Int) async throws {
        let store = try await open()
        let faults = Faults()
        let sealer = Sealer(FaultyDatabase(database: store.database, faults: faults), key: Self.key) {
            Timestamp(microseconds: 5)
        }
        try await store.record(300)
        try await sealer.seal()
        try await store.record(300)
        faults.fail(step..<(step + 1))
        await #expect(throws: (any Error).self) { try await sealer.seal() }
        #expect(faults.hits == 1)
        #expect(try await store.verify().size == 300)
        try await sealer.seal()
        let result = try await store.verify()
        #expect(result.isSound && result.size == 600, "\(result.flaws)")
        try await store.database.close()
    }

    @Test func `who waits for the log has it sealed though somebody else seals slowly`() async throws {
        let directory = try TemporaryDirectory()
        let database = try SQLiteDatabase(path: directory.database)
        let journal = try await SQLJournal.open(database)
        for number in 0..<2000 {
            try await journal.record(
                Act("look", by: "ana", at: Sample.start), durability: number == 1999 ? .now : .withNext)
        }
        let sealer = Sealer(database, key: Self.signingKey(7)) { Sample.start }
        let (paused, pauses) = AsyncStream.makeStream(of: Void.self)
        let slow = Task {
            try await sealer.seal {
                pauses.yield()
                try? await Task.sleep(for: .milliseconds(20))
            }
        }
        for await _ in paused { break }
        #expect(try await sealer.seal { Issue.record("it seals beside somebody else") } == nil)
        try await sealer.seal()
        #expect(try await LogReader(database).state().size == 2000)
        _ = try await slow.value
        try await database.close()
    }
}
