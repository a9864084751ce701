package import Engine
import GRDB

/// A database in one file of SQLite that is only read, whether or not somebody writes to it meanwhile.
package final class SQLiteReader: ReadableDatabase {
    package let dialect = Dialect.sqlite
    private let queue: DatabaseQueue

    /// - Throws: ``JournalFault`` when there is no such file, or it cannot be read.
    package init(path: String) throws(JournalFault) {
        queue = try openSQLite(path, isReader: true)
    }

    package func read<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            queue.asyncUnsafeRead { database in
                continuation.resume(with: Swift.Result { try SQLiteConnection(try database.get()).read(body) })
            }
        }
    }

    package func close() throws(JournalFault) {
        do {
            try queue.close()
        } catch {
            throw JournalFault(.unavailable, "\(error)")
        }
    }
}
