import GRDB
import Synchronization

/// Moves what the write-ahead log holds into the database file, beside the writer.
///
/// SQLite would let the commit that makes the log too long do that, and everybody who waits for it would wait for the disk
/// once more. A connection of its own does nearly all of it; the rest takes a moment when nothing is being written, since
/// the log begins anew only once nothing in it is missing from the file.
final class Checkpoints: Sendable {
    private struct State {
        var jobs = 0
        var isRunning = false
        /// The log is long, and a run beside the writer has just ended.
        var endsWithWriter = false
    }

    private let keeper: DatabaseQueue
    private let state = Mutex(State())

    /// Jobs after which a run is worth it: about a megabyte or two.
    private static let interval = 2_000
    /// Pages in the log after which it is to begin anew.
    private static let longLog = 4_000

    /// - Parameter keeper: a connection that may write, and that nobody else uses.
    init(_ keeper: DatabaseQueue) {
        self.keeper = keeper
    }

    /// Called on the writer's thread when it has committed jobs and is about to rest.
    func note(_ jobs: Int, on writer: SQLiteConnection) {
        let (starts, ends) = state.withLock { state in
            state.jobs += jobs
            defer { state.endsWithWriter = false }
            guard state.jobs >= Self.interval, !state.isRunning else { return (false, state.endsWithWriter) }
            state.jobs = 0
            state.isRunning = true
            return (true, state.endsWithWriter)
        }
        if ends { _ = Self.run(on: writer) }
        guard starts else { return }
        keeper.asyncWriteWithoutTransaction { [self] database in
            let pages = Self.run(on: SQLiteConnection(database))
            state.withLock { state in
                state.isRunning = false
                state.endsWithWriter = pages >= Self.longLog
            }
        }
    }

    func close() throws {
        try keeper.close()
    }

    /// Moves what can be moved without waiting for anybody. What fails is tried again with the next run: until then the
    /// log is longer than it should be, and complete.
    ///
    /// - Returns: how many pages the log has.
    private static func run(on connection: SQLiteConnection) -> Int {
        let row = (try? connection.query("PRAGMA wal_checkpoint(PASSIVE)"))?.first ?? []
        return row.count == 3 ? row[1].int ?? 0 : 0
    }
}
