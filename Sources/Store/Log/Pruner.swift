package import Core
import Engine
package import Evidence
import JSON
import TransparencyLog

/// Takes out of the journal what was kept long enough. The hashes stay, so that the rest of the log still verifies, and each
/// pruning is an act that says how many entries it took out and up to where.
///
/// Only sealed segments are touched whose every entry is old enough, and calls go as wholes, once they are over.
package struct Pruner: Sendable {
    private static let batch = 200

    private let database: any Database
    private let now: @Sendable () -> Timestamp

    package init(_ database: any Database, now: @escaping @Sendable () -> Timestamp) {
        self.database = database
        self.now = now
    }

    /// - Parameter delivered: the position up to which everybody has taken the journal who is to get it.
    /// - Returns: how many entries were taken out, by class.
    package func prune(_ retention: Retention, delivered: Int = .max) async throws -> [RecordClass: Int] {
        var counts: [RecordClass: Int] = [:]
        for kind in RecordClass.allCases {
            guard let seconds = retention.seconds[kind] else { continue }
            let moment = now().advanced(bySeconds: -seconds)
            let end = min(try await lastSealed(before: moment), delivered / Tile.fullWidth * Tile.fullWidth)
            guard end > 0 else { continue }
            var position = 0
            while position < end {
                let from = position
                let (documents, next) = try await database.read { try $0.documents(of: kind, from: from, to: end) }
                position = next
                for start in stride(from: 0, to: documents.count, by: Self.batch) {
                    let part = Array(documents[start..<min(start + Self.batch, documents.count)])
                    let removed = try await remove(part, kind, upTo: end, before: moment)
                    if removed > 0 { counts[kind, default: 0] += removed }
                }
            }
        }
        return counts
    }

    /// The last position of the newest full segment before which every entry is older than a moment. The segment that holds the
    /// newest entry is never touched: positions are given out after it.
    private func lastSealed(before moment: Timestamp) async throws -> Int {
        try await database.read { connection in
            let newest = try connection.query("SELECT MAX(position) FROM entries").first?.first?.int ?? 0
            let size = min(try connection.newestCheckpoint()?.size ?? 0, newest - 1)
            let young = try connection.query(
                "SELECT MIN(position) FROM entries WHERE position <= \(size) AND at >= \(moment)"
            ).first?.first?.int
            return min(size, (young ?? size + 1) - 1) / Tile.fullWidth * Tile.fullWidth
        }
    }

    private func remove(_ documents: [Document], _ kind: RecordClass, upTo end: Int, before moment: Timestamp)
        async throws
        -> Int
    {
        let at = now()
        return try await database.write { connection in
            // Whoever holds everything at this moment has the last word.
            let hold = try connection.query(
                """
                SELECT act FROM entries WHERE act IN ('legal-hold', 'legal-hold-ended') ORDER BY position DESC LIMIT 1
                """
            ).first?.first?.text
            guard hold != "legal-hold" else { return 0 }
            try connection.execute(
                """
                INSERT INTO prunings (first_position, last_position, class, at, is_open)
                VALUES (1, \(end), \(kind.rawValue), \(at), 1)
                ON CONFLICT (first_position, class) DO UPDATE SET last_position = \(end), at = \(at), is_open = 1
                """)
            var positions: [Int] = []
            for document in documents {
                let rows =
                    switch document {
                    case .act(let position): try connection.query(JournalRow.between(position, position))
                    case .call(let id):
                        try connection.isOver(id, before: end, now: at)
                            ? try connection.query(JournalRow.of(call: id)) : []
                    }
                for row in rows {
                    let row = try JournalRow(row)
                    if case .call = document, row.previous == nil { continue }
                    guard row.position <= end, row.at < moment else { continue }
                    // What was changed meanwhile must not vanish as if it had been logged like this.
                    guard try connection.isLogged(row) else {
                        throw JournalFault(.unreadable, "entry \(row.position) is not the one that was logged")
                    }
                    guard try connection.execute("DELETE FROM entries WHERE position = \(row.position)") == 1 else {
                        throw JournalFault(.unavailable, "entry \(row.position) could not be taken out")
                    }
                    positions.append(row.position)
                }
            }
            try connection.execute("UPDATE prunings SET is_open = 0 WHERE is_open = 1")
            guard !positions.isEmpty else { return 0 }
            let act = Act(
                Pruning.act, by: "system",
                details: [
                    "class": .string(kind.rawValue), "count": JSONValue(positions.count),
                    "positions": .string(Pruning(positions: positions).text),
                ], at: at)
            guard try connection.insert(Insertion.act(act, nil)) else {
                throw JournalFault(.unavailable, "a pruning could not be recorded")
            }
            return positions.count
        }
    }

    /// What goes as a whole.
    enum Document: Sendable {
        case call(String)
        case act(Int)
    }
}

extension SQLConnection {
    /// Calls that are over, and acts, of a class, between positions.
    ///
    /// - Returns: also the position to go on from.
    fileprivate func documents(
        of kind: RecordClass, from position: Int, to end: Int
    ) throws -> (documents: [Pruner.Document], next: Int) {
        let options = JSONParser.Options(maxDepth: 512, maxBytes: 64 << 20, recordsDuplicates: true, allowsNull: true)
        let rows = try query(JournalRow.after(position, limit: 1000)).map { row in try JournalRow(row) }
        guard let last = rows.last, last.position <= end || rows.contains(where: { $0.position <= end }) else {
            return ([], end)
        }
        var documents: [Pruner.Document] = []
        for row in rows where row.position <= end {
            if let act = row.act {
                if RecordClass(act: act) == kind { documents.append(.act(row.position)) }
            } else if row.previous == 0, let call = row.call,
                let body = try? JSONParser.parse(row.body, options: options), RecordClass(opening: body) == kind
            {
                documents.append(.call(call))
            }
        }
        return (documents, min(last.position, end))
    }

    /// Whether nothing can follow the last entry of a call, which stands before a position; its outcome is known, and nothing is
    /// kept for it, such as the way to take it back.
    fileprivate func isOver(_ call: String, before end: Int, now: Timestamp) throws -> Bool {
        let row = try query(
            """
            SELECT position, phase, body FROM entries WHERE call = \(call) AND previous IS NOT NULL
            ORDER BY previous DESC LIMIT 1
            """
        ).first
        guard let row, let position = row[0].int, position <= end, let phase = row[1].text, phase != "admitted",
            let body = row[2].text, !body.contains("\"outcome\":\"unknown\"")
        else { return false }
        let keys = [call] + ["request", "arguments", "undo"].map { "\(call)/\($0)" }
        for key in keys
        where try !query("SELECT 1 FROM kept WHERE call = \(key) AND until_at > \(now) AND length(sealed) > 0").isEmpty
        {
            return false
        }
        return try query("SELECT 1 FROM unfinished WHERE call = \(call)").isEmpty
    }

    /// Whether a row is the one whose hash the log has.
    fileprivate func isLogged(_ row: JournalRow) throws -> Bool {
        let index = row.position - 1
        guard let hashes = try tile(0, index / Tile.fullWidth), hashes.count == Tile.fullWidth,
            hashes[index % Tile.fullWidth] == row.leaf
        else { return false }
        // The tile is the one that the tree above it is over.
        let above = try tile(1, index / Tile.fullWidth / Tile.fullWidth) ?? []
        let place = index / Tile.fullWidth % Tile.fullWidth
        return above.indices.contains(place) && Tile.root(of: hashes[...]) == above[place]
    }
}
