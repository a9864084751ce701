import Dispatch
package import Engine
import Glibc
import Synchronization

/// This process among those that share a PostgreSQL database: it holds a lock as long as it is there, and hears what the others
/// say.
///
/// Where its connection is lost the lock is as well, and others may settle its running calls as unknown, which only means that
/// their outcomes are withheld. It is taken again as soon as the server is there.
package final class Membership: Sendable {
    /// Its number, which no other process ever had.
    package let id: Int

    private let connection: Mutex<PostgreSQLConnection>
    private let queue = DispatchQueue(label: "sallyport.store.listen")
    private let isClosed = Atomic(false)
    private let hear: @Sendable (String) -> Void
    private let report: @Sendable (JournalFault) -> Void

    /// Joins.
    ///
    /// - Parameters:
    ///   - database: the same database, already brought to this version.
    ///   - hear: hears what others say, and an empty text after the connection was lost: then anything may have been said.
    ///   - report: hears of a connection that was lost.
    package static func join(
        _ settings: PostgreSQLSettings, _ database: PostgreSQLDatabase,
        report: @escaping @Sendable (JournalFault) -> Void, hear: @escaping @Sendable (String) -> Void
    ) async throws -> Membership {
        let id = try await database.write { connection in
            try connection.execute("UPDATE control SET processes = processes + 1 WHERE id = 1")
            return try connection.query("SELECT processes FROM control WHERE id = 1").first?.first?.int ?? 1
        }
        let membership = Membership(id, settings, report, hear)
        // First the lock: one that is listed without it counts as gone.
        try membership.connection.withLock { connection throws(JournalFault) in try connection.join(id) }
        try await database.write { connection in
            try connection.execute(
                """
                INSERT INTO processes (id, since) VALUES
                (\(id), (SELECT COALESCE(MAX(position), 0) + 1 FROM entries))
                """)
            // The others divide rates anew before they admit another call.
            try connection.execute("UPDATE control SET generation = generation + 1 WHERE id = 1")
        }
        membership.queue.async { [membership] in membership.listen() }
        return membership
    }

    private init(
        _ id: Int, _ settings: PostgreSQLSettings, _ report: @escaping @Sendable (JournalFault) -> Void,
        _ hear: @escaping @Sendable (String) -> Void
    ) {
        self.id = id
        self.report = report
        self.hear = hear
        connection = Mutex(PostgreSQLConnection(settings))
    }

    private func listen() {
        var isLost = false
        while !isClosed.load(ordering: .relaxed) {
            let said: [String]?
            do {
                said = try connection.withLock { connection throws(JournalFault) in
                    if isLost { try connection.join(id) }
                    return try connection.wait(milliseconds: 500)
                }
            } catch {
                if !isLost { report(error) }
                isLost = true
                usleep(200_000)
                continue
            }
            if isLost {
                isLost = false
                hear("")
            }
            for text in said ?? [] {
                let parts = text.split(separator: " ", maxSplits: 1)
                if parts.count == 2, parts[0] != "\(id)" { hear(String(parts[1])) }
            }
        }
        connection.withLock { $0.disconnect() }
    }

    /// Leaves: what it held is let go.
    package func leave() async {
        isClosed.store(true, ordering: .relaxed)
        await withCheckedContinuation { continuation in queue.async { continuation.resume() } }
    }
}
