package import Engine

/// A database that runs transactions with synchronous bodies: no `await` can sit inside one.
package protocol Database: Sendable {
    /// Reads from one consistent state.
    func read<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Result
    ) async throws -> Result

    /// Writes in one transaction that may be shared with others who wait.
    ///
    /// A body that throws leaves nothing behind and does not disturb the others.
    /// - Returns: the body's result, once it is as durable as asked.
    func write<Result: Sendable>(
        _ durability: Durability, _ body: @escaping @Sendable (any SQLConnection) throws -> Result
    ) async throws -> Result
}

/// A connection inside a transaction.
package protocol SQLConnection {
    /// - Returns: how many rows the statement changed.
    @discardableResult
    func execute(_ statement: SQL) throws -> Int

    /// - Returns: the rows, each as its values in the order of the columns.
    func query(_ statement: SQL) throws -> [[SQLValue]]
}
