package import Telemetry

/// A database that can be read.
package protocol ReadableDatabase: Sendable {
    /// What the database's SQL looks like where the engines differ.
    var dialect: Dialect { get }

    /// Reads from one consistent state that holds every write which returned before, promised ones included.
    ///
    /// - Throws: what the body throws; ``JournalFault`` when the database cannot be read.
    func read<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Result
    ) async throws -> Result
}

/// A database that runs transactions with synchronous bodies: no `await` can sit inside one.
///
/// A body is a pure function of the connection it is given: it may be run a second time, in a transaction of its own,
/// when the transaction it first shared with others was rolled back.
package protocol Database: ReadableDatabase {
    /// What was committed since it was opened.
    var figures: CommitFigures { get }

    /// Writes in one transaction that may be shared with others who wait at the same time.
    ///
    /// A body that throws leaves nothing behind and does not disturb the others.
    /// - Returns: the body's result, once it is durable.
    /// - Throws: what the body throws; ``JournalFault`` when nothing was written, also while something that was
    ///   promised (``enqueue(_:committed:)``) cannot be.
    @discardableResult
    func write<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Result
    ) async throws -> Result

    /// Writes like ``write(_:)`` what may turn out not to count.
    ///
    /// Every call comes through here, so it is not generic: types that are known only when the program runs cost as much
    /// as the record.
    /// - Returns: whether it counted.
    func attempt(_ body: @escaping @Sendable (any SQLConnection) throws -> Bool) async throws -> Bool

    /// Promises to write with the next commit, or within 20 milliseconds. Returns at once.
    ///
    /// Writes and promises are committed in the order in which they were made. A promise that cannot be kept is tried
    /// again; until it is kept, everything else that wants to write is refused.
    /// - Parameters:
    ///   - body: tells whether what it did counts.
    ///   - committed: hears of that once it is durable, on a thread of the database; must be brief.
    /// - Throws: ``JournalFault`` when nothing can be promised now.
    func enqueue(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Bool, committed: @escaping @Sendable (Bool) -> Void
    ) throws

    /// Refuses everything from now on, and ends once what was taken is done.
    ///
    /// - Throws: ``JournalFault`` when something promised could not be kept to the last.
    func close() async throws
}

extension Database {
    package var figures: CommitFigures { CommitFigures() }

    package func attempt(_ body: @escaping @Sendable (any SQLConnection) throws -> Bool) async throws -> Bool {
        try await write(body)
    }
}

/// A connection inside a transaction.
package protocol SQLConnection {
    /// - Returns: how many rows the statement changed.
    @discardableResult
    func execute(_ statement: SQL) throws -> Int

    /// Inserts a row unless something that may stand only once stands already.
    ///
    /// A connection may gather rows and insert them later, before anything that was asked of it after them, and presume
    /// until then that they count. Where one does not, all bodies of the transaction are run again.
    /// - Returns: whether the row counts.
    func insert(_ row: Insertion) throws -> Bool

    /// - Returns: the rows, each as its values in the order of the columns.
    func query(_ statement: SQL) throws -> [[SQLValue]]

    /// Reads row by row without making a value of every column.
    ///
    /// - Throws: what the body throws, which is then not called again.
    func forEachRow(of statement: SQL, _ body: (SQLRow) throws -> Void) throws
}

extension SQLConnection {
    package func forEachRow(of statement: SQL, _ body: (SQLRow) throws -> Void) throws {
        var row = SQLRow()
        for values in try query(statement) {
            row.fill(values)
            try body(row)
        }
    }
}
