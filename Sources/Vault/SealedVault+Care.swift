import Core
import Engine
import Logging
import Store
import Synchronization

extension SealedVault {
    /// Wraps every data key that a retired key wraps with the present key, in one transaction.
    ///
    /// - Returns: how many there were.
    @discardableResult
    package func rewrap() async throws -> Int {
        let key = key
        return try await change { [self] connection, index in
            // The count is of the present key; it starts when the key does.
            var count = 0
            for (row, slot, _) in try VaultTables.rows(connection) where row.keyID != key.id {
                guard index.holds(slot, row.head) else {
                    throw VaultFault(.cannotOpen, "the rows are not those of the index")
                }
                let row = try row.rewrapped(from: try keyNamed(row.keyID), to: key)
                index.wraps += 1
                index.set(slot, row.head)
                try VaultTables.upsert(row, connection)
                count += 1
            }
            return count
        }
    }

    /// Opens every secret once, without showing any.
    ///
    /// - Returns: how many there are.
    /// - Throws: ``VaultFault`` for the first that does not open, and when the index is not of these rows.
    package func verify() async throws -> Int {
        let rows = try await read { [self] connection in
            let index = try picture(connection, former: nil).index
            let rows = try VaultTables.rows(connection)
            guard rows.allSatisfy({ index.holds($0.slot, $0.row.head) }) else {
                throw VaultFault(.cannotOpen, "the rows are not those of the index")
            }
            return rows.map(\.row)
        }
        for row in rows { _ = try row.open(with: try keyNamed(row.keyID)) }
        return rows.count
    }

    /// Makes an index anew over the rows that open, and drops those that do not.
    ///
    /// For after a damage, on an operator's word: of a row that was put back to an older version this cannot tell.
    /// - Returns: the ids of the slots that were dropped.
    package func repair() async throws -> [String] {
        let key = key
        let (dropped, picture) = try await write { [self] connection in
            let stored = try VaultTables.indexRow(connection)
            var index = VaultIndex()
            index.generation = max(0, stored?.generation ?? 0)
            index.wraps = max(0, stored?.wraps ?? 0)
            var dropped: [String] = []
            for (slot, row) in try VaultTables.rowsAsFound(connection) {
                if let row, let key = try? keyNamed(row.keyID), (try? row.open(with: key)) != nil {
                    index.set(slot, row.head)
                } else {
                    dropped.append(slot)
                    try VaultTables.delete(slot: slot, connection)
                }
            }
            let generation = index.generation
            index.generation += 1
            let row = VaultTables.IndexRow(
                generation: index.generation, wraps: index.wraps, keyID: key.id, code: index.code(with: key.index))
            guard try VaultTables.replaceIndex(row, of: generation, connection) else { throw Overtaken() }
            return (dropped, Picture(index: index, code: row.code))
        }
        state.withLock { $0.picture = nil }
        remember(picture)
        return dropped
    }

    /// Saves when secrets were last used. Called now and then; uses wait in memory until then.
    package func saveUses() async {
        let uses = state.withLock { state in
            defer { state.uses = [:] }
            return state.uses
        }
        guard !uses.isEmpty else { return }
        do {
            try await database.write { connection in
                for (slot, moment) in uses { try VaultTables.use(slot, at: moment, connection) }
            }
        } catch {
            logger.warning("times of use not saved", metadata: ["count": "\(uses.count)", "error": "\(error)"])
        }
    }
}
