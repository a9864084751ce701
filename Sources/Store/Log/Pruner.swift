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

    /// - Returns: how many entries were taken out, by class.
    package func prune(_ retention: Retention) async throws -> [RecordClass: Int] {
        var counts: [RecordClass: Int] = [:]
        for kind in RecordClass.allCases {
            guard let seconds = retention.seconds[kind] else { continue }
            let end = try await lastSealed(before: now().advanced(bySeconds: -seconds))
            guard end > 0 else { continue }
            var position = 0
            while position < end {
                let from = position
                let (documents, next) = try await database.read { try $0.documents(of: kind, from: from, to: end) }
                position = next
                for start in stride(from: 0, to: documents.count, by: Self.batch) {
                    let part = Array(documents[start..<min(start + Self.batch, documents.count)])
                    counts[kind, default: 0] += try await remove(part, kind, upTo: end)
                }
            }
        }
        return counts
    }

    /// The last position of the newest full segment whose every entry is older than a moment.
    private func lastSealed(before moment: Timestamp) async throws -> Int {
        try await database.read { connection in
            let size = try connection.newestCheckpoint()?.size ?? 0
            var (low, high) = (0, size / Tile.fullWidth)
            while low < high {
                let middle = (low + high + 1) / 2
                let newest = try connection.query(
                    "SELECT MAX(at) FROM entries WHERE position > \((middle - 1) * Tile.fullWidth) AND position <= \(middle * Tile.fullWidth)"
                ).first?.first?.int
                // A segment of which nothing is left was old enough before.
                if newest.map({ Int64($0) < moment.microseconds }) ?? true { low = middle } else { high = middle - 1 }
            }
            return low * Tile.fullWidth
        }
    }

    private func remove(_ documents: [Document], _ kind: RecordClass, upTo end: Int) async throws -> Int {
        let at = now()
        let lock = database.dialect.journalLock
        return try await database.write { connection in
            if let lock { _ = try connection.query(lock) }
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
            var (count, first, last) = (0, Int.max, 0)
            for document in documents {
                let positions: [Int]
                switch document {
                case .act(let position): positions = [position]
                case .call(let id):
                    positions = try connection.query(
                        "SELECT position FROM entries WHERE call = \(id) AND previous IS NOT NULL"
                    ).compactMap(\.first?.int)
                }
                for position in positions {
                    count += try connection.execute("DELETE FROM entries WHERE position = \(position)")
                    first = min(first, position)
                    last = max(last, position)
                }
            }
            try connection.execute("UPDATE prunings SET is_open = 0 WHERE is_open = 1")
            guard count > 0 else { return 0 }
            let act = Act(
                Pruning.act, by: "system",
                details: [
                    "class": .string(kind.rawValue), "first": JSONValue(first), "last": JSONValue(last),
                    "count": JSONValue(count),
                ], at: at)
            guard try connection.insert(Insertion.act(act, nil)) else {
                throw JournalFault(.unavailable, "a pruning could not be recorded")
            }
            return count
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
                let body = try? JSONParser.parse(row.body, options: options),
                RecordClass(opening: body) == kind, try isOver(call, before: end)
            {
                documents.append(.call(call))
            }
        }
        return (documents, min(last.position, end))
    }

    /// Whether nothing can follow the last entry of a call, which stands before a position, and nothing is kept for it.
    private func isOver(_ call: String, before end: Int) throws -> Bool {
        let row = try query(
            "SELECT position, phase FROM entries WHERE call = \(call) AND previous IS NOT NULL ORDER BY previous DESC LIMIT 1"
        ).first
        guard let position = row?.first?.int, position <= end, let phase = row?.last?.text, phase != "admitted" else {
            return false
        }
        return try query("SELECT 1 FROM unfinished WHERE call = \(call)").isEmpty
    }
}
