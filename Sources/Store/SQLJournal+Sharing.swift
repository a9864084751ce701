package import Core
import Engine
import Policy
import Synchronization

// What several processes on one database have to know of each other.

extension Act {
    /// Whether every process has to know of it before it admits another call.
    var isOrder: Bool {
        switch kind {
        case "stop", "resume", "vault-put", "vault-remove", "user-disable", "user-password", "delegated",
            "delegation-ended":
            true
        default: false
        }
    }
}

/// What goes with an addition where a database is shared: nothing is admitted under old orders, and others hear of calls that
/// they may wait for.
struct Share: Sendable {
    /// How many orders were known when the call was checked; nil where the addition admits nothing, or nobody else gives any.
    var orders: Int?
    /// This process, which others have to be able to find when it is gone.
    var process = 0
    /// What others are told.
    var notice: SQL?

    func run(on connection: any SQLConnection, _ body: () throws -> Bool) throws -> Bool {
        if let orders {
            let standing = try connection.standing(of: process)
            guard standing.orders == orders, standing.isListed else { throw StaleOrders() }
        }
        guard try body() else { return false }
        if let notice { _ = try connection.query(notice) }
        return true
    }
}

extension SQLConnection {
    /// How many orders there are, and whether a process is one of those that others know.
    func standing(of process: Int) throws -> (orders: Int, isListed: Bool) {
        let row = try query(SQL.standing.bound([.integer(process)])).first ?? []
        return row.count == 2 ? (row[0].int ?? 0, row[1].int == 1) : (0, false)
    }

    func giveOrder(_ notice: SQL) throws {
        try execute("UPDATE control SET generation = generation + 1 WHERE id = 1")
        _ = try query(notice)
    }
}

extension SQL {
    /// Asked once in a transaction: nobody else changes it until that ends.
    static let standing: SQL = """
        SELECT generation, EXISTS (SELECT 1 FROM processes WHERE processes.id = \(SQLValue.integer(0)))
        FROM control WHERE control.id = 1
        """
}

extension SQLJournal {
    /// Gives the order to look again at everything that may keep a call from running, to every process.
    package func order() async throws {
        guard let notice = tell("orders") else { return }
        try await database.write { try $0.giveOrder(notice) }
    }

    /// Tells other processes something, which may get lost.
    package func tellOthers(_ what: String) async throws {
        guard let notice = tell(what) else { return }
        try await database.write { _ = try $0.query(notice) }
    }

    package var knownOrders: Int? {
        process == nil ? nil : orders.withLock { $0 }
    }

    /// Takes orders over that other processes gave, where there are new ones. One at a time, which the caller sees to: an older
    /// state must not come after a newer one.
    ///
    /// - Parameter body: makes them known; what is ordered while it runs is not counted as known.
    package func takeOrders(_ body: () async throws -> Void) async throws {
        guard let process else { return }
        let standing = try await database.read { try $0.standing(of: process) }
        if !standing.isListed {
            // Forgotten while the connection was lost that shows it is there. It may have calls from any time.
            try await database.write { connection in
                try connection.execute(
                    "INSERT INTO processes (id, since) VALUES (\(process), 1) ON CONFLICT (id) DO NOTHING")
            }
        }
        guard standing.orders != orders.withLock({ $0 }) else { return }
        try await body()
        orders.withLock { $0 = standing.orders }
    }

    /// How many processes there are, those that nobody has found gone yet included.
    package func processCount() async throws -> Int {
        try await database.read { try $0.query("SELECT COUNT(*) FROM processes").first?.first?.int ?? 1 }
    }

    package func conversation(of identity: String, pause: Int, longest: Int, at now: Timestamp) async throws
        -> Timestamp?
    {
        guard process != nil else { return nil }
        let begin = try await database.write { connection in
            let ends = now.advanced(bySeconds: -pause)
            let oldest = now.advanced(bySeconds: -longest)
            return try connection.query(
                """
                INSERT INTO conversations (identity, start_at, latest_at) VALUES (\(identity), \(now), \(now))
                ON CONFLICT (identity) DO UPDATE SET
                  start_at = CASE WHEN conversations.latest_at <= \(ends) OR conversations.start_at <= \(oldest)
                    THEN \(now) ELSE conversations.start_at END,
                  latest_at = CASE WHEN conversations.latest_at > \(now) THEN conversations.latest_at ELSE \(now) END
                RETURNING start_at
                """
            ).first?.first?.int
        }
        return begin.map { Timestamp(microseconds: Int64($0)) }
    }

    func tell(_ what: String) -> SQL? {
        process.flatMap { process in database.dialect.tell?("\(process) \(what)") }
    }

    func share(of addition: Addition) -> Share {
        guard let process else { return Share() }
        let call = addition.call
        let isAwaited = call.decision?.effect == .ask && addition.previousVersion > 0
        return Share(
            orders: call.phase == .admitted ? addition.knownOrders ?? -1 : nil, process: process,
            notice: isAwaited ? tell("call \(call.id.text)") : nil)
    }

    /// The calls that run, in whatever process.
    static let runningAnywhere: SQL = """
        SELECT call AS id FROM entries WHERE phase = 'admitted'
          AND position >= (SELECT COALESCE(MIN(since), 1) FROM processes)
          AND NOT EXISTS (SELECT 1 FROM entries AS later
            WHERE later.call = entries.call AND later.previous > entries.previous)
        """

    /// Calls of processes that are no more, found by the lock that each holds as long as it is there. A process without any
    /// is forgotten.
    package func abandoned(limit: Int) async throws -> [Call] {
        guard let process else { return try await calls(in: .admitted, limit: limit) }
        let ids = try await database.write { connection in
            var ids: [String] = []
            for row in try connection.query("SELECT id, since FROM processes WHERE id <> \(process) ORDER BY id") {
                guard let id = row.first?.int, let since = row.last?.int, try connection.isGone(id) else { continue }
                let calls = try connection.query(
                    """
                    SELECT call FROM entries WHERE process = \(id) AND position >= \(since)
                      AND NOT EXISTS (SELECT 1 FROM entries AS later
                        WHERE later.call = entries.call AND later.previous > entries.previous)
                    ORDER BY position LIMIT \(max(0, limit - ids.count))
                    """
                ).compactMap(\.first?.text)
                ids += calls
                if calls.isEmpty, ids.count < limit {
                    try connection.execute("DELETE FROM processes WHERE id = \(id)")
                    try connection.execute("UPDATE control SET generation = generation + 1 WHERE id = 1")
                }
            }
            return ids
        }
        var calls: [Call] = []
        for id in ids {
            if let id = CallID(id), let call = try await call(id) { calls.append(call) }
        }
        return calls
    }
}

extension SQLConnection {
    /// Whether nobody holds the lock of a process.
    fileprivate func isGone(_ process: Int) throws -> Bool {
        try query("SELECT pg_try_advisory_xact_lock(7814203, \(process)::integer)").first?.first?.int == 1
    }
}
