package import Core
import Engine
package import Evidence
import Synchronization

/// Keeps an index over the journal, by which calls and acts are found. It follows the journal, is no part of the truth, and is made
/// anew where it is lost.
///
/// A call is one document under the position of its first entry; what comes later adds terms to it. An act is one by itself.
package final class Indexer: Sendable {
    private static let batch = 256

    private let journal: any ReadableDatabase
    private let index: any Database
    private let isWorking = Mutex(false)
    /// How many wait for the index to have everything.
    private let waiting = Mutex(0)

    /// - Parameter index: where the index is kept; on SQLite a file of its own, so that nobody who makes a call waits for it.
    package init(journal: any ReadableDatabase, index: any Database) {
        self.journal = journal
        self.index = index
    }

    /// Makes the tables where they are missing.
    package static func migrate(_ index: any Database) async throws {
        let integer = index.dialect.integer
        try await index.write { connection in
            try connection.execute(
                """
                CREATE TABLE IF NOT EXISTS terms (
                  term \(integer) NOT NULL, doc \(integer) NOT NULL, PRIMARY KEY (term, doc)
                ) \(index.dialect.keyedTableOptions)
                """)
            try connection.execute(
                """
                CREATE TABLE IF NOT EXISTS indexed (
                  id \(integer) PRIMARY KEY CHECK (id = 1), position \(integer) NOT NULL
                ) \(index.dialect.tableOptions)
                """)
            try connection.execute("INSERT INTO indexed (id, position) VALUES (1, 0) ON CONFLICT DO NOTHING")
        }
    }

    /// Takes in what is new.
    ///
    /// - Parameter pause: waits between two batches, while nobody waits for the index.
    package func follow(pause: (() async throws -> Void)? = nil) async throws {
        guard
            isWorking.withLock({ isWorking in
                defer { isWorking = true }
                return !isWorking
            })
        else { return }
        defer { isWorking.withLock { $0 = false } }
        do {
            try await followAll(pause)
        } catch is Outdated {
            try await reset()
            try await followAll(pause)
        }
    }

    private func followAll(_ pause: (() async throws -> Void)?) async throws {
        while try await followBatch() {
            if waiting.withLock({ $0 }) == 0 { try await pause?() }
        }
    }

    /// How long a search waits for an index that is far behind, in seconds.
    private static let patience = 30

    /// Takes in everything that is in the journal now, whoever else is at it.
    ///
    /// - Throws: ``JournalFault`` where that takes too long: a search that leaves out the newest would be a wrong answer.
    private func catchUp() async throws {
        let newest = try await journal.read {
            try $0.query("SELECT MAX(position) FROM entries").first?.first?.int ?? 0
        }
        waiting.withLock { $0 += 1 }
        defer { waiting.withLock { $0 -= 1 } }
        for _ in 0..<(Self.patience * 50) {
            try await follow()
            let known = try await index.read {
                try $0.query("SELECT position FROM indexed WHERE id = 1").first?.first?.int ?? 0
            }
            if known >= newest { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw JournalFault(.unavailable, "the index for searching is behind the journal; try again later")
    }

    /// - Returns: whether there may be more.
    private func followBatch() async throws -> Bool {
        let known = try await index.read {
            try $0.query("SELECT position FROM indexed WHERE id = 1").first?.first?.int ?? 0
        }
        let (documents, last) = try await journal.read { connection in
            if known > 0, try connection.query("SELECT 1 FROM entries WHERE position >= \(known) LIMIT 1").isEmpty {
                throw Outdated()
            }
            return try Self.documents(after: known, connection)
        }
        guard last > known else { return false }
        let rows = documents.flatMap { document, terms in terms.map { [SQLValue.integer($0), .integer(document)] } }
            .sorted { $0[0].int ?? 0 < $1[0].int ?? 0 }
        // Small transactions: on PostgreSQL they are beside the journal's own.
        let parts = stride(from: 0, to: rows.count, by: 2048).map { Array(rows[$0..<min($0 + 2048, rows.count)]) }
        for part in parts {
            try await index.write { connection in
                var rest = part[...]
                for (statement, count) in Self.insertion.statements(part.count) {
                    try connection.execute(SQL(unescaped: statement).bound(rest.prefix(count).flatMap { $0 }))
                    rest = rest.dropFirst(count)
                }
            }
        }
        try await index.write { connection in
            try connection.execute("UPDATE indexed SET position = \(last) WHERE id = 1 AND position = \(known)")
        }
        return true
    }

    /// The index knows more than the journal has.
    private struct Outdated: Error {}

    /// Begins anew where the index belongs to another journal.
    private func reset() async throws {
        try await index.write { connection in
            try connection.execute("DELETE FROM terms")
            try connection.execute("UPDATE indexed SET position = 0 WHERE id = 1")
        }
    }

    private static let insertion = Insertion.Kind("terms (term, doc)", columnCount: 2)

    private static func documents(
        after position: Int, _ connection: any SQLConnection
    ) throws -> (documents: [Int: Set<Int64>], last: Int) {
        var documents: [Int: Set<Int64>] = [:]
        var first: [String: Int] = [:]
        var last = position
        for row in try connection.query(JournalRow.after(position, limit: batch)) {
            let row = try JournalRow(row)
            last = row.position
            var document = row.position
            if let call = row.call, let previous = row.previous {
                if previous == 0 {
                    first[call] = row.position
                } else if let known = try first[call] ?? connection.firstPosition(of: call) {
                    first[call] = known
                    document = known
                }
            }
            documents[document, default: []].formUnion(SearchTerms.terms(of: row))
        }
        return (documents, last)
    }

    /// Calls and acts that have all these terms, newest first.
    ///
    /// - Parameters:
    ///   - range: of the positions of their first entries.
    ///   - limit: how many at most; fewer where they are very large.
    package func find(_ terms: [Int64], in range: Range<Int>, limit: Int) async throws -> Page {
        try await catchUp()
        let positions: [Int]
        if terms.isEmpty {
            positions = try await journal.read { connection in
                try connection.query(
                    """
                    SELECT position FROM entries WHERE (previous IS NULL OR previous = 0)
                      AND position >= \(range.lowerBound) AND position < \(range.upperBound)
                    ORDER BY position DESC LIMIT \(limit)
                    """
                ).compactMap(\.first?.int)
            }
        } else {
            positions = try await index.read { try $0.documents(with: Array(Set(terms)), in: range, limit: limit) }
        }
        return try await journal.read { connection in
            var page = Page(found: [], next: positions.count == limit ? positions.last : nil)
            var bytes = 0
            for position in positions {
                // What was pruned is still in the index.
                guard let row = try connection.query(JournalRow.between(position, position)).first else { continue }
                let first = try JournalRow(row)
                var found = Found(rows: [first])
                if let call = first.call, first.previous != nil {
                    found.rows = try connection.query(JournalRow.of(call: call)).map { row in try JournalRow(row) }
                        .filter { $0.previous != nil }
                }
                page.found.append(found)
                bytes += found.rows.reduce(0) { $0 + $1.body.count }
                if bytes > Self.mostBytes, position != positions.last {
                    page.next = position
                    break
                }
            }
            return page
        }
    }

    /// About how much one page holds.
    private static let mostBytes = 8 << 20

    /// What was found, and before which position to go on; nil where there is nothing more. Of what was pruned since nothing is
    /// found, so that a page may be empty and not be the last.
    package struct Page: Sendable, Hashable {
        package var found: [Found]
        package var next: Int?

        package init(found: [Found], next: Int?) {
            self.found = found
            self.next = next
        }
    }

    /// A call with its entries, or an act.
    package struct Found: Sendable, Hashable {
        package var rows: [JournalRow]

        package var position: Int { rows.first?.position ?? 0 }
    }

    /// The first position whose entry is not older than a moment, as far as entries follow one another in time.
    package func position(since moment: Timestamp) async throws -> Int {
        try await journal.read { connection in
            var (low, high) = (
                1, (try connection.query("SELECT MAX(position) FROM entries").first?.first?.int ?? 0) + 1
            )
            while low < high {
                let middle = (low + high) / 2
                let at = try connection.query(
                    "SELECT at FROM entries WHERE position >= \(middle) ORDER BY position LIMIT 1"
                ).first?.first?.int
                if let at, Int64(at) < moment.microseconds { low = middle + 1 } else { high = middle }
            }
            return low
        }
    }
}

extension SQLConnection {
    fileprivate func firstPosition(of call: String) throws -> Int? {
        try query("SELECT position FROM entries WHERE call = \(call) AND previous = 0").first?.first?.int
    }

    /// Walks through the rarest term, and looks for each document under the others.
    fileprivate func documents(with terms: [Int64], in range: Range<Int>, limit: Int) throws -> [Int] {
        var counted: [(term: Int64, count: Int)] = []
        for term in terms {
            let count =
                try query(
                    """
                    SELECT COUNT(*) FROM (SELECT 1 FROM terms WHERE term = \(.integer(term))
                      AND doc >= \(range.lowerBound) AND doc < \(range.upperBound) LIMIT 20000) AS first_ones
                    """
                ).first?.first?.int ?? 0
            if count == 0 { return [] }
            counted.append((term, count))
        }
        counted.sort { $0.count < $1.count }
        var statement: SQL = "SELECT t0.doc FROM terms AS t0 WHERE t0.term = \(.integer(counted[0].term))"
        statement += " AND t0.doc >= \(range.lowerBound) AND t0.doc < \(range.upperBound)"
        for (term, _) in counted.dropFirst() {
            statement +=
                " AND EXISTS (SELECT 1 FROM terms AS other WHERE other.term = \(.integer(term)) AND other.doc = t0.doc)"
        }
        statement += " ORDER BY t0.doc DESC LIMIT \(limit)"
        return try query(statement).compactMap(\.first?.int)
    }
}
