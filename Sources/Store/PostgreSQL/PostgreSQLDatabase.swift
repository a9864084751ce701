import Dispatch
package import Engine
import Synchronization
package import Telemetry

/// A database on PostgreSQL, which several processes may share.
///
/// One connection writes, for everybody in this process at once (``GroupCommit``); a few others read beside it. Each has a
/// thread of its own, since libpq waits for the server.
package final class PostgreSQLDatabase: Database {
    package let dialect = Dialect.postgreSQL

    private let writer: PostgreSQLWorker
    private let readers: [PostgreSQLWorker]
    private let readersInUse: Mutex<[Int]>
    private let commits: GroupCommit

    /// Connects once, so that what is wrong shows at the start.
    ///
    /// - Parameters:
    ///   - report: hears of every promised write that could not be kept at once (``Database/enqueue(_:committed:)``).
    ///   - turns: the thread that runs now, if it works in turns.
    /// - Throws: ``JournalFault`` when the server cannot be reached, or does not keep what it acknowledges.
    package init(
        _ settings: PostgreSQLSettings, report: @escaping @Sendable (JournalFault) -> Void = { _ in },
        turns: @escaping @Sendable () -> (any Turns)? = { nil }
    ) throws(JournalFault) {
        let writer = PostgreSQLWorker(settings, label: "sallyport.store.write", writes: true)
        self.writer = writer
        readers = (0..<max(1, settings.readers)).map { PostgreSQLWorker(settings, label: "sallyport.store.read.\($0)") }
        readersInUse = Mutex(readers.map { _ in 0 })
        commits = GroupCommit(
            driver: GroupCommit.Driver(
                requestDrain: { commits in
                    writer.queue.async { writer.with { _ = commits.drain(on: $0) } }
                },
                setTimer: { commits, timer in
                    DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(timer.milliseconds)) {
                        commits.timeIsUp(timer)
                    }
                },
                report: report, turns: turns))
        do {
            try writer.with { try $0.connect() }
        } catch {
            throw error as? JournalFault ?? JournalFault(.unavailable, "\(error)")
        }
    }

    package var figures: CommitFigures { commits.figures }

    /// How many promised writes could not be kept at once, since the database was opened.
    package var failedPromises: Int { commits.failures }

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
            reader.queue.async {
                continuation.resume(
                    with: Swift.Result { try reader.with { connection in try connection.read(body) } })
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

    /// Refuses everything from now on, waits for what was taken, and disconnects.
    ///
    /// - Throws: ``JournalFault`` when something promised could not be kept to the last.
    package func close() async throws {
        var fault: JournalFault?
        do {
            try await commits.close()
        } catch {
            fault = error
        }
        for worker in readers + [writer] {
            await withCheckedContinuation { continuation in
                worker.queue.async {
                    worker.with { $0.disconnect() }
                    continuation.resume()
                }
            }
        }
        if let fault { throw fault }
    }
}
