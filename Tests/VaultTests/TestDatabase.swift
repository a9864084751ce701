import FoundationEssentials
import Store
import Synchronization

/// SQLite in a directory of its own, with a count of the reads.
final class TestDatabase: Database {
    var dialect: Dialect { base.dialect }

    private let base: SQLiteDatabase
    private let directory: URL
    private let readCount = Mutex(0)

    var reads: Int { readCount.withLock { $0 } }

    init() throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "sallyport-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: false)
        base = try SQLiteDatabase(path: directory.appending(path: "test.sqlite").path)
    }

    deinit {
        try? FileManager.default.removeItem(at: directory)
    }

    func read<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Result
    ) async throws -> Result {
        readCount.withLock { $0 += 1 }
        return try await base.read(body)
    }

    func write<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Result
    ) async throws -> Result {
        try await base.write(body)
    }

    func close() async throws { try await base.close() }

    func enqueue(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Bool, committed: @escaping @Sendable (Bool) -> Void
    ) throws {
        try base.enqueue(body, committed: committed)
    }

    /// Runs a statement as an intruder would.
    @discardableResult
    func tamper(_ statement: SQL) async throws -> [[SQLValue]] {
        try await base.write { try $0.query(statement) }
    }
}
