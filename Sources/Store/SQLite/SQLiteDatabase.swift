import Dispatch
package import Engine
import GRDB
import Glibc
import Synchronization
package import Telemetry

/// A database in one file of SQLite, with a write-ahead log that is synchronised at every commit.
///
/// One connection writes, for everybody at once (``GroupCommit``); a few others read beside it, and one keeps the log short
/// (``Checkpoints``).
package final class SQLiteDatabase: Database {
    package let dialect = Dialect.sqlite

    private let writer: DatabaseQueue
    private let readers: [DatabaseQueue]
    private let readersInUse: Mutex<[Int]>
    private let commits: GroupCommit
    private let checkpoints: Checkpoints

    /// Opens or creates the database.
    ///
    /// - Parameters:
    ///   - path: the file; its directory has to exist.
    ///   - report: hears of every promised write that could not be kept at once (``Database/enqueue(_:committed:)``).
    ///   - turns: the thread that runs now, if it works in turns.
    /// - Throws: ``JournalFault`` when the file cannot be opened, does not hold to what is asked for durability, or may
    ///   be read by others.
    package convenience init(
        path: String, report: @escaping @Sendable (JournalFault) -> Void = { _ in },
        turns: @escaping @Sendable () -> (any Turns)? = { nil }
    ) throws(JournalFault) {
        try self.init(path: path, report: report, turns: turns, beforeCommit: {})
    }

    /// - Parameter beforeCommit: runs before every COMMIT; what it throws counts as its failure.
    init(
        path: String, report: @escaping @Sendable (JournalFault) -> Void,
        turns: @escaping @Sendable () -> (any Turns)? = { nil },
        beforeCommit: @escaping @Sendable () throws(JournalFault) -> Void
    ) throws(JournalFault) {
        try prepareDatabaseFile(path)
        let writer = try openSQLite(path, isReader: false)
        self.writer = writer
        var readers: [DatabaseQueue] = []
        for _ in 0..<2 { readers.append(try openSQLite(path, isReader: true)) }
        self.readers = readers
        readersInUse = Mutex(readers.map { _ in 0 })
        let checkpoints = Checkpoints(try openSQLite(path, isReader: false))
        self.checkpoints = checkpoints
        commits = GroupCommit(
            driver: GroupCommit.Driver(
                requestDrain: { commits in
                    writer.asyncWriteWithoutTransaction { database in
                        giveWay()
                        let connection = SQLiteConnection(database, beforeCommit: beforeCommit)
                        checkpoints.note(commits.drain(on: connection), on: connection)
                    }
                },
                setTimer: { commits, timer in
                    DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(timer.milliseconds)) {
                        commits.timeIsUp(timer)
                    }
                },
                report: report, turns: turns))
        try synchroniseDirectory(of: path)
    }

    package var figures: CommitFigures { commits.figures }

    /// How many promised writes could not be kept at once, since the database was opened.
    package var failedPromises: Int {
        commits.failures
    }

    package func read<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Result
    ) async throws -> Result {
        try await commits.awaitPromises()
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
        try await commits.attempt(body)
    }

    package func enqueue(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Bool, committed: @escaping @Sendable (Bool) -> Void
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
            try checkpoints.close()
            try writer.close()
        } catch {
            throw fault ?? JournalFault(.unavailable, "\(error)")
        }
        if let fault { throw fault }
    }
}

/// Lets threads that have something to do go first where there is no processor for each: what they are about to write is
/// then part of the commit that is about to begin (`SCHED_BATCH`, 3 on Linux; sched(7)).
private func giveWay() {
    var parameters = sched_param()
    unsafe sched_setscheduler(0, 3, &parameters)
}
