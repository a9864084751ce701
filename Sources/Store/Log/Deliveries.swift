package import Core
import Engine

/// How far streams of the journal were delivered. What was remembered is durable, so that nothing is left out, and what was
/// delivered but not remembered comes twice.
///
/// Of several processes on one database one holds a stream at a time; who holds it says so again with each delivery.
package struct Deliveries: Sendable {
    /// For how long a stream is held without a word.
    package static let holdSeconds = 60

    private let database: any Database
    private let holder: Int

    /// - Parameter holder: a number that no other process on the database has.
    package init(_ database: any Database, holder: Int) {
        self.database = database
        self.holder = holder
    }

    /// Takes hold of a stream.
    ///
    /// - Parameters:
    ///   - start: the position after which a stream begins that was never delivered; nil for the newest.
    /// - Returns: the position up to which it was delivered; nil while another process holds it.
    package func claim(_ stream: String, from start: Int?, at now: Timestamp) async throws -> Int? {
        let holder = holder
        return try await database.write { connection in
            let newest: SQL = start.map { "\($0)" } ?? "(SELECT COALESCE(MAX(position), 0) FROM entries)"
            try connection.execute(
                """
                INSERT INTO deliveries (stream, position, holder, until_at) VALUES (\(stream), \(newest), 0, 0)
                ON CONFLICT (stream) DO NOTHING
                """)
            let isHeld = try connection.execute(
                """
                UPDATE deliveries SET holder = \(holder), until_at = \(now.advanced(bySeconds: Self.holdSeconds))
                WHERE stream = \(stream)
                  AND (holder = \(holder) OR until_at < \(now) OR until_at > \(now.advanced(bySeconds: 2 * Self.holdSeconds)))
                """)
            guard isHeld == 1 else { return nil }
            return try connection.query("SELECT position FROM deliveries WHERE stream = \(stream)").first?.first?.int
        }
    }

    /// Whether a process holds a stream, and there is nothing to deliver; asked without a write.
    package func isDone(_ stream: String, at now: Timestamp) async throws -> Bool {
        let holder = holder
        return try await database.read { connection in
            let row = try connection.query(
                """
                SELECT position >= (SELECT COALESCE(MAX(position), 0) FROM entries), holder = \(holder),
                  until_at > \(now.advanced(bySeconds: Self.holdSeconds / 2)) FROM deliveries WHERE stream = \(stream)
                """
            ).first
            return row.map { $0.allSatisfy { $0.int == 1 } } ?? false
        }
    }

    /// Remembers what was delivered.
    ///
    /// - Returns: false where another process took the stream meanwhile; then it delivers the same once more.
    package func remember(_ stream: String, _ position: Int, at now: Timestamp) async throws -> Bool {
        let holder = holder
        return try await database.write { connection in
            try connection.execute(
                """
                UPDATE deliveries SET position = \(position), until_at = \(now.advanced(bySeconds: Self.holdSeconds))
                WHERE stream = \(stream) AND holder = \(holder) AND position <= \(position)
                """) == 1
        }
    }

    /// Lets go of a stream, so that another process need not wait.
    package func release(_ stream: String, at now: Timestamp) async throws {
        let holder = holder
        try await database.write { connection in
            try connection.execute(
                """
                UPDATE deliveries SET holder = 0, until_at = \(now.advanced(bySeconds: -1))
                WHERE stream = \(stream) AND holder = \(holder)
                """)
        }
    }

    /// How far each stream was delivered.
    package func positions() async throws -> [String: Int] {
        let rows = try await database.read { try $0.query("SELECT stream, position FROM deliveries") }
        return Dictionary(
            rows.compactMap { row in row.first?.text.map { ($0, row.last?.int ?? 0) } }, uniquingKeysWith: min)
    }

    /// The position up to which every stream was delivered that some process has held within a week, and nil for none: a stream
    /// that others on the database deliver need not be one of this process's.
    package func least(at now: Timestamp) async throws -> Int? {
        try await database.read { connection in
            try connection.query(
                "SELECT MIN(position) FROM deliveries WHERE until_at > \(now.advanced(bySeconds: -7 * 86_400))"
            ).first?.first?.int
        }
    }
}
