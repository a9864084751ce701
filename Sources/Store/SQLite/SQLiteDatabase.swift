import Dispatch
package import Engine
import GRDB
import Glibc
import Synchronization

/// A database in one file of SQLite, with a write-ahead log that is synchronised at every commit.
///
/// One connection writes, for everybody at once (``GroupCommit``); a few others read beside it.
package final class SQLiteDatabase: Database {
    package let dialect = Dialect.sqlite

    private let writer: DatabaseQueue
    private let readers: [DatabaseQueue]
    private let readersInUse: Mutex<[Int]>
    private let commits: GroupCommit

    /// Opens or creates the database.
    ///
    /// - Parameters:
    ///   - path: the file; its directory has to exist.
    ///   - report: hears of every promised write that could not be kept at once (``Database/enqueue(_:committed:)``).
    /// - Throws: ``JournalFault`` when the file cannot be opened, does not hold to what is asked for durability, or may
    ///   be read by others.
    package convenience init(
        path: String, report: @escaping @Sendable (JournalFault) -> Void = { _ in }
    ) throws(JournalFault) {
        try self.init(path: path, report: report, beforeCommit: {})
    }

    /// - Parameter beforeCommit: runs before every COMMIT; what it throws counts as its failure.
    init(
        path: String, report: @escaping @Sendable (JournalFault) -> Void,
        beforeCommit: @escaping @Sendable () throws(JournalFault) -> Void
    ) throws(JournalFault) {
        try prepareDatabaseFile(path)
        let writer = try openSQLite(path, isReader: false)
        self.writer = writer
        var readers: [DatabaseQueue] = []
        for _ in 0..<2 { readers.append(try openSQLite(path, isReader: true)) }
        self.readers = readers
        readersInUse = Mutex(readers.map { _ in 0 })
        commits = GroupCommit(
            driver: GroupCommit.Driver(
                requestDrain: { commits in
                    writer.asyncWriteWithoutTransaction { database in
                        commits.drain(on: SQLiteConnection(database, beforeCommit: beforeCommit))
                    }
                },
                setTimer: { commits, timer in
                    DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(timer.milliseconds)) {
                        commits.timeIsUp(timer)
                    }
                },
                report: report,
                pause: { microseconds in usleep(UInt32(microseconds)) }))
        try synchroniseDirectory(of: path)
    }

    /// How many promised writes could not be kept at once, since the database was opened.
    package var failedPromises: Int {
        commits.failures
    }

    package func read<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Result
    ) async throws -> Result {
        await commits.awaitPromises()
        let index = readersInUse.withLock { counts in
            let index = counts.indices.min { counts[$0] < counts[$1] } ?? 0
            counts[index] += 1
            return index
        }
        defer { readersInUse.withLock { $0[index] -= 1 } }
        let reader = readers[index]
        return try await withCheckedThrowingContinuation { continuation in
            reader.asyncUnsafeRead { database in
                continuation.resume(
                    with: Swift.Result { try SQLiteConnection(try database.get()).read(body) })
            }
        }
    }

    @discardableResult
    package func write<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Result
    ) async throws -> Result {
        try await commits.write(body)
    }

    package func attempt(_ body: @escaping @Sendable (any SQLConnection) throws -> Bool) async throws -> Bool {
        try await commits.write(body)
    }

    package func enqueue<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Result,
        committed: @escaping @Sendable (Result) -> Void
    ) throws {
        try commits.promise(body, committed: committed)
    }

    /// Refuses everything from now on, waits for what was taken, and closes the file.
    ///
    /// - Throws: ``JournalFault`` when something promised could not be kept to the last, or a file cannot be closed;
    ///   everything is refused all the same.
    package func close() async throws {
        var fault: JournalFault?
        do {
            try await commits.close()
        } catch {
            fault = error
        }
        do {
            for reader in readers { try reader.close() }
            try writer.close()
        } catch {
            throw fault ?? JournalFault(.unavailable, "\(error)")
        }
        if let fault { throw fault }
    }
}
