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
        let fault = await #expect(throws: JournalFault.self) { _ = try await BackupParts.take(from: damaged) }
        #expect(fault?.detail.hasPrefix("the file is damaged") == true)
        try await damaged.close()
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
