import Dispatch
package import Engine

/// One state of a database on PostgreSQL, whatever is written meanwhile: all reads are of one transaction.
///
/// Where its connection is lost, reads fail: another one would see another state.
package final class PostgreSQLSnapshot: ReadableDatabase {
    package let dialect = Dialect.postgreSQL
    private let worker: PostgreSQLWorker

    /// - Throws: ``JournalFault`` when the server cannot be reached.
    package init(_ settings: PostgreSQLSettings) throws(JournalFault) {
        worker = PostgreSQLWorker(settings, label: "sallyport.store.snapshot")
        do {
            try worker.with { connection in
                try connection.connect()
                try connection.beginReading()
            }
        } catch {
            throw error as? JournalFault ?? JournalFault(.unavailable, "\(error)")
        }
    }

    package func read<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            worker.queue.async { [worker] in
                continuation.resume(with: Swift.Result { try worker.with { try body($0) } })
            }
        }
    }

    package func close() async {
        await withCheckedContinuation { continuation in
            worker.queue.async { [worker] in
                worker.with { $0.disconnect() }
                continuation.resume()
            }
        }
    }
}
