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
        #expect(try await BackupParts.take(from: copy) == ["a": [1, 2], "b": []])
        await #expect(throws: JournalFault.self, "it is no backup any more") {
            _ = try await BackupParts.take(from: copy)
        }
        #expect(try await LogReader(copy).state().entries == 20)
        try await Schema.migrate(copy)
        try await copy.close()
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    @Test func `a damaged file is found out`() async throws {
        let directory = try TemporaryDirectory()
        let database = try await filled(directory.database)
        try await BackupParts.write([("a", [UInt8](repeating: 7, count: 90_000))], to: database)
        try await database.close()
        var bytes = try Data(contentsOf: URL(fileURLWithPath: directory.database))
        // A page in the middle, behind the schema.
        let page = bytes.count / 4096 / 2
        bytes.replaceSubrange(page * 4096..<(page * 4096 + 64), with: [UInt8](repeating: 0xFF, count: 64))
        try bytes.write(to: URL(fileURLWithPath: directory.database))
        await #expect(throws: (any Error).self) {
            let damaged = try SQLiteDatabase(path: directory.database)
            _ = try await BackupParts.take(from: damaged)
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
