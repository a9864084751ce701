import Core
import Engine
import Foundation
import Store
import Telemetry
import Testing

@Suite struct BackupPartsTests {
    private func filled(_ path: String) async throws -> SQLiteDatabase {
        let database = try SQLiteDatabase(path: path)
        let journal = try await SQLJournal.open(database)
        for number in 0..<20 {
            try await journal.record(
                Act("n\(number)", by: "x", at: Timestamp(microseconds: 1)), durability: .now)
        }
        return database
    }

    @Test func `a copy holds one moment, is private, and gives its parts back`() async throws {
        let directory = try TemporaryDirectory()
        let source = try await filled(directory.database)
        let path = directory.database + ".copy"
        try copySQLite(directory.database, to: path)
        try await SQLJournal.open(source).record(
            Act("later", by: "x", at: Timestamp(microseconds: 2)), durability: .now)
        try await source.close()
        let copy = try SQLiteDatabase(path: path)
        try await BackupParts.write([("a", [1, 2]), ("b", [])], to: copy)
        #expect(try await BackupParts.read(copy) == ["a": [1, 2], "b": []])
        try await BackupParts.remove(from: copy)
        await #expect(throws: JournalFault.self, "it is no backup any more") { _ = try await BackupParts.read(copy) }
        #expect(try await LogReader(copy).state().entries == 20)
        try await Schema.migrate(copy)
        try await copy.close()
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    @Test func `damage is found out that no reading would show`() async throws {
        let directory = try TemporaryDirectory()
        let database = try await filled(directory.database)
        try await BackupParts.write([("a", [7])], to: database)
        try await database.close()
        let place = URL(fileURLWithPath: directory.database)
        var bytes = [UInt8](try Data(contentsOf: place))
        // The column and the index hold the word without quotation marks: now one of them holds another.
        let word = Array("n13".utf8)
        let start = try #require(
            bytes.indices.dropFirst().dropLast(2).first {
                bytes[$0..<($0 + 3)].elementsEqual(word) && bytes[$0 - 1] != UInt8(ascii: "\"")
            })
        bytes[start] = UInt8(ascii: "m")
        try Data(bytes).write(to: place)
        let damaged = try SQLiteDatabase(path: directory.database)
        let fault = await #expect(throws: JournalFault.self) { _ = try await BackupParts.read(damaged) }
        #expect(fault?.detail.hasPrefix("the file is damaged") == true)
        try await damaged.close()
    }

    @Test func `what was a part stays in no byte of the file, nor of its copy`() async throws {
        let directory = try TemporaryDirectory()
        let database = try await filled(directory.database)
        // Larger than a page, so that some of it stands on pages of its own.
        let key = (0..<500).flatMap { Array("key-\($0)-marker".utf8) }
        try await BackupParts.write([("vault.key", key), ("small", Array("small-marker".utf8))], to: database)
        // As another build of SQLite has it.
        try await database.write { try $0.execute("PRAGMA secure_delete = OFF") }
        try await BackupParts.remove(from: database)
        let path = directory.database + ".copy"
        try copySQLite(directory.database, to: path)
        try await database.close()
        for file in [directory.database, path] {
            let bytes = try Data(contentsOf: URL(fileURLWithPath: file))
            #expect(bytes.range(of: Data("-marker".utf8)) == nil, "\(file)")
        }
    }

    @Test func `a probe writes each time`() async throws {
        let directory = try TemporaryDirectory()
        let database = try SQLiteDatabase(path: directory.database)
        try await Probe.migrate(database)
        try await Probe.migrate(database)
        for _ in 0..<3 { try await Probe(database, process: nil).run() }
        let times = try await database.read { try $0.query("SELECT times FROM probes").first?.first?.int }
        #expect(times == 3)
        #expect(database.figures.commits >= 5 && database.figures.latency.count == database.figures.commits)
        try await database.close()
        await #expect(throws: JournalFault.self) { try await Probe(database, process: nil).run() }
    }
}
