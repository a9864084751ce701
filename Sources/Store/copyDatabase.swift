import Engine

/// Copies everything of a database into another one that is empty, so that the log over it still verifies.
///
/// Rows go as they are, in the order of their positions and in one transaction each thousand; the numbers that entries have
/// are kept. What processes hold for themselves is not copied.
/// - Parameters:
///   - extra: tables of other rooms, with the names of their columns.
///   - progress: hears how many rows of a table there are.
/// - Throws: ``JournalFault`` where the other database is not empty, or something is refused.
package func copyDatabase(
    _ source: any ReadableDatabase, to target: any Database, extra: [(table: StaticString, columns: [StaticString])],
    progress: (String, Int) -> Void
) async throws {
    let own: [(table: StaticString, columns: [StaticString])] = [
        (
            "entries",
            [
                "position", "at", "call", "previous", "phase", "actor", "agent", "tool", "digest", "repeat_key", "body",
                "act",
                "process",
            ]
        ),
        ("unfinished", ["call", "version", "phase", "proposal", "proposer", "expires_at"]),
        ("kept", ["call", "sealed", "until_at"]), ("spent", ["budget", "used", "until_at"]),
        ("tiles", ["level", "number", "hashes"]), ("checkpoints", ["size", "at", "note"]),
        ("cosignatures", ["size", "witness", "at", "line"]),
        ("deliveries", ["stream", "position", "holder", "until_at"]),
        ("prunings", ["first_position", "last_position", "class", "at", "is_open"]),
    ]
    for (table, _) in own + extra {
        let statement = SQL(unescaped: "SELECT 1 FROM \(table) LIMIT 1")
        guard try await target.read({ try $0.query(statement).isEmpty }) else {
            throw JournalFault(
                .unavailable, "the table '\(table)' of the target is not empty: nothing was copied into it")
        }
    }
    for (table, columns) in own + extra {
        let names = columns.map(\.description).joined(separator: ", ")
        let places = (1...columns.count).map { "$\($0)" }.joined(separator: ", ")
        let insert = SQL(unescaped: "INSERT INTO \(table) (\(names)) VALUES (\(places))")
        let key =
            columns[0].description + (columns.count > 1 && table.description != "entries" ? ", \(columns[1])" : "")
        var count = 0
        // By position, entries are found without a walk; of other tables there are few rows.
        var last = 0
        while true {
            let from = last, offset = count
            let select =
                table.description == "entries"
                ? SQL(unescaped: "SELECT \(names) FROM entries WHERE position > $1 ORDER BY position LIMIT 1000")
                    .bound([.integer(from)])
                : SQL(unescaped: "SELECT \(names) FROM \(table) ORDER BY \(key) LIMIT 1000 OFFSET $1").bound([
                    .integer(offset)
                ])
            let rows = try await source.read { try $0.query(select) }
            if rows.isEmpty { break }
            try await target.write { connection in
                for row in rows {
                    guard try connection.execute(insert.bound(row)) == 1 else {
                        throw JournalFault(.unavailable, "a row was not taken")
                    }
                }
            }
            count += rows.count
            last = rows.last?.first?.int ?? last
        }
        progress(table.description, count)
    }
}
