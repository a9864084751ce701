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
    /// How many orders this process knows; nil where the addition admits nothing, or nobody else gives any.
    var orders: Int?
    /// What others are told.
    var notice: SQL?

    func run(on connection: any SQLConnection, _ body: () throws -> Bool) throws -> Bool {
        if let orders {
            if let lock = Dialect.postgreSQL.journalLock { _ = try connection.query(lock) }
            guard try connection.orders() == orders else { throw StaleOrders() }
        }
        guard try body() else { return false }
        if let notice { _ = try connection.query(notice) }
        return true
    }
}

extension SQLConnection {
    /// How many orders there are.
    func orders() throws -> Int {
        try query(SQL.orders).first?.first?.int ?? 0
    }

    func giveOrder(_ notice: SQL) throws {
        try execute("UPDATE control SET generation = generation + 1 WHERE id = 1")
        _ = try query(notice)
    }
}

extension SQL {
    /// Asked once in a transaction that holds the journal's lock: then nobody else changes it.
    static let orders: SQL = "SELECT generation FROM control WHERE id = 1"
}

extension SQLJournal {
    /// Gives the order to look again at everything that may keep a call from running, to every process.
    package func order() async throws {
        guard let notice = tell("orders"), let lock else { return }
        try await database.write { connection in
            _ = try connection.query(lock)
            try connection.giveOrder(notice)
        }
    }

    /// Tells other processes something, which may get lost.
    package func tellOthers(_ what: String) async throws {
        guard let notice = tell(what) else { return }
        try await database.write { _ = try $0.query(notice) }
    }

    /// Takes orders over that other processes gave.
    ///
    /// - Parameter body: makes them known; what is ordered while it runs is not counted as known.
    package func takeOrders(_ body: () async throws -> Void) async throws {
        guard process != nil else { return }
        let known = try await database.read { try $0.orders() }
        try await body()
        orders.withLock { $0 = max($0, known) }
    }

    func tell(_ what: String) -> SQL? {
        process.flatMap { process in database.dialect.tell?("\(process) \(what)") }
    }

    func share(of addition: Addition) -> Share {
        guard process != nil else { return Share() }
        let call = addition.call
        let isAwaited = call.decision?.effect == .ask && addition.previousVersion > 0
        return Share(
            orders: call.phase == .admitted ? orders.withLock { $0 } : nil,
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
                if calls.isEmpty, ids.count < limit { try connection.execute("DELETE FROM processes WHERE id = \(id)") }
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
