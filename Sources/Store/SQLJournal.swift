package import Core
package import Engine
import JSON
import Synchronization

/// The journal as SQL over any database.
///
/// Whether an addition counts is decided by the changed-row counts of two statements: one gives the call its row among
/// the unfinished, changes it or removes it (`WHERE call = … AND version = …`), the other adds the entry, whose call and
/// former version no other entry may have. A call that runs at once never has such a row.
package final class SQLJournal: Journal {
    let database: any Database
    private let running: Mutex<RunningCalls>
    /// This process among those that share the database; nil where it has the database for itself.
    let process: Int?
    /// How many orders of all processes this one knows.
    let orders = Mutex(0)
    private let lost: @Sendable (CallID) -> Void
    /// Takes secrets out of what is written; nil where there are none to know.
    private let sweeper: Sweeper?

    /// Opens the journal and brings the schema to this version.
    ///
    /// - Parameters:
    ///   - process: this process among those that share the database.
    ///   - sweeper: takes secrets out of everything that is written.
    ///   - lost: hears of additions that were promised (``Durability/withNext``) and did not count, because
    ///   somebody else had added to the call before.
    /// - Throws: ``JournalFault``.
    package static func open(
        _ database: any Database, process: Int? = nil, sweeper: Sweeper? = nil,
        lost: @escaping @Sendable (CallID) -> Void = { _ in }
    ) async throws -> SQLJournal {
        try await Schema.migrate(database)
        let (unsettled, next) = try await database.read { connection in
            // Calls of other processes are not this one's.
            let rows = process == nil ? try connection.query(selection(of: .admitted)) : []
            return (rows.compactMap { $0.first?.text.flatMap { CallID($0) } }, try nextPosition(connection))
        }
        return SQLJournal(
            database: database, process: process, sweeper: sweeper,
            running: RunningCalls(unsettled: unsettled, next: next), lost: lost)
    }

    private init(
        database: any Database, process: Int?, sweeper: Sweeper?, running: RunningCalls,
        lost: @escaping @Sendable (CallID) -> Void
    ) {
        self.sweeper = sweeper
        self.database = database
        self.process = process
        self.running = Mutex(running)
        self.lost = lost
    }

    /// - Returns: for a promised addition always true; should it turn out not to count, `lost` hears of it.
    package func append(_ addition: Addition) async throws -> Bool {
        guard let row = CallRow(addition, process: process, sweeper) else { return false }
        let share = share(of: addition)
        let id = addition.call.id
        let (admits, settles) = (addition.call.phase == .admitted, addition.call.phase == .settled)
        let (isRunning, isDue) = running.withLock { running in
            let isRunning = running.contains(id)
            if admits { running.admit(id) }
            return (isRunning, running.count())
        }
        defer { if isDue { writeDownWhatRuns() } }
        switch addition.durability {
        case .now:
            var counts = false
            // A call whose outcome could not be recorded is still without one.
            defer { if admits, !counts { running.withLock { $0.withdraw(id) } } }
            counts =
                addition.reservations.isEmpty
                ? try await database.attempt { connection in
                    try share.run(on: connection) {
                        try row.add(to: connection, isPromised: false, isRunning: isRunning)
                    }
                } : try await reserve(row, isRunning: isRunning, share)
            if settles { running.withLock { $0.settle(id) } }
            return counts
        case .withNext:
            do {
                try database.enqueue({ connection in
                    try share.run(on: connection) {
                        try row.add(to: connection, isPromised: true, isRunning: isRunning)
                    }
                }) { counts in
                    self.running.withLock { running in
                        if settles { running.settle(id) }
                        if admits, !counts { running.withdraw(id) }
                    }
                    if !counts { self.lost(id) }
                }
            } catch {
                if admits { running.withLock { $0.withdraw(id) } }
                throw error
            }
            return true
        }
    }

    /// Adds what takes of budgets.
    @inline(never)
    private func reserve(_ row: CallRow, isRunning: Bool, _ share: Share) async throws -> Bool {
        let over = Mutex<Reservation?>(nil)
        let counts = try await database.attempt { connection in
            over.withLock { $0 = nil }
            return try share.run(on: connection) {
                try row.add(to: connection, isPromised: false, isRunning: isRunning) { reservation in
                    over.withLock { $0 = reservation }
                }
            }
        }
        if let reservation = over.withLock({ $0 }) { throw OverBudget(reservation) }
        return counts
    }

    /// Writes down before which position no call is without an outcome.
    private func writeDownWhatRuns() {
        let reached = Mutex(0)
        let process = process
        do {
            try database.enqueue { connection in
                guard let settled = self.running.withLock({ $0.settledBefore }) else { return false }
                if let process {
                    try connection.execute("UPDATE processes SET since = \(settled) WHERE id = \(process)")
                } else {
                    try connection.execute("UPDATE running SET since = \(settled) WHERE id = 1")
                }
                let next = try Self.nextPosition(connection)
                reached.withLock { $0 = next }
                return true
            } committed: { counts in
                self.running.withLock { running in
                    if counts { running.end(next: reached.withLock { $0 }) } else { running.giveUp() }
                }
            }
        } catch {
            running.withLock { $0.giveUp() }
        }
    }

    private static func nextPosition(_ connection: any SQLConnection) throws -> Int {
        try connection.query("SELECT COALESCE(MAX(position), 0) + 1 FROM entries").first?.first?.int ?? 1
    }

    package func record(_ act: Act, durability: Durability) async throws {
        let row = Insertion.act(act, sweeper)
        let order = process == nil || !act.isOrder ? nil : tell("orders")
        let insert: @Sendable (any SQLConnection) throws -> Bool = { connection in
            guard try connection.insert(row) else { throw JournalFault(.unavailable, "an act does not count") }
            if let order { try connection.giveOrder(order) }
            return true
        }
        switch durability {
        case .now: _ = try await database.attempt(insert)
        case .withNext: try database.enqueue(insert) { _ in }
        }
    }

    package func call(_ id: CallID) async throws -> Call? {
        try await calls("SELECT \(id.text) AS id").first
    }

    package func latestCall(digest: Digest) async throws -> Call? {
        try await calls("SELECT call AS id FROM entries WHERE digest = \(digest.hex) ORDER BY position DESC LIMIT 1")
            .first
    }

    package func latestUnknown(digest: Digest, since: Timestamp) async throws -> Call? {
        try await calls(
            """
            SELECT call AS id FROM entries WHERE digest IN (\(digest.hex), \(digest.unknownKey)) AND at > \(since)
            GROUP BY call ORDER BY MAX(position) DESC LIMIT 100
            """
        ).filter { $0.outcome?.kind == .unknown }.max { $0.lastEventAt < $1.lastEventAt }
    }

    package func call(idempotencyKey: String, of principal: Principal) async throws -> Call? {
        try await calls("SELECT call AS id FROM entries WHERE repeat_key = \(principal.repeatKey(idempotencyKey))")
            .first
    }

    /// How many calls wait for people.
    package func countWaiting() async throws -> Int {
        try await database.read { connection in
            let phase = Call.Phase.proposed.rawValue
            return try connection.query("SELECT COUNT(*) FROM unfinished WHERE phase = \(phase)").first?.first?.int ?? 0
        }
    }

    package func calls(in phase: Call.Phase, limit: Int) async throws -> [Call] {
        var selection = process != nil && phase == .admitted ? Self.runningAnywhere : Self.selection(of: phase)
        selection += " ORDER BY id LIMIT \(max(0, limit))"
        return try await calls(selection)
    }

    /// Selects the ids of the calls in a phase.
    static func selection(of phase: Call.Phase) -> SQL {
        switch phase {
        case .proposed, .approved: "SELECT call AS id FROM unfinished WHERE phase = \(phase.rawValue)"
        case .admitted:
            """
            SELECT call AS id FROM entries WHERE phase = \(phase.rawValue)
              AND position >= (SELECT since FROM running WHERE id = 1)
              AND NOT EXISTS (SELECT 1 FROM entries AS later
                WHERE later.call = entries.call AND later.previous > entries.previous)
            """
        case .opened, .decided, .rejected, .expired, .withdrawn, .settled:
            """
            SELECT call AS id FROM entries WHERE phase = \(phase.rawValue)
              AND NOT EXISTS (SELECT 1 FROM entries AS later
                WHERE later.call = entries.call AND later.previous > entries.previous)
            """
        }
    }

    package func proposals(of principal: Principal, at now: Timestamp, limit: Int) async throws -> Int {
        let statement: SQL = """
            SELECT COUNT(*) FROM (
              SELECT 1 FROM unfinished WHERE phase = 'proposed' AND proposer = \(principal.identityText)
                AND expires_at > \(now) LIMIT \(max(0, limit))) AS waiting
            """
        return try await database.read { connection in try connection.query(statement).first?.first?.int ?? 0 }
    }

    package func keep(_ sealed: [UInt8], for call: CallID, as kind: KeptKind, until: Timestamp) async throws {
        // Promised, not waited for: it is committed before whatever the caller adds after it.
        try database.enqueue({ connection in
            try connection.execute(
                """
                INSERT INTO kept (call, sealed, until_at) VALUES (\(kind.key(call)), \(sealed), \(until))
                ON CONFLICT (call) DO UPDATE SET sealed = excluded.sealed, until_at = excluded.until_at
                """)
            return true
        }) { _ in }
    }

    package func spent(_ key: String) async throws -> Int64 {
        try await database.read { connection in
            Int64(try connection.query("SELECT used FROM spent WHERE budget = \(key)").first?.first?.int ?? 0)
        }
    }

    package func correct(_ reservations: [Reservation]) async throws {
        if reservations.isEmpty { return }
        try await database.write { connection in
            for part in reservations { try CallRow.correct(part, connection) }
        }
    }

    package func kept(for call: CallID, as kind: KeptKind, at now: Timestamp) async throws -> [UInt8]? {
        try await database.read { connection in
            try connection.query("SELECT sealed FROM kept WHERE call = \(kind.key(call)) AND until_at > \(now)")
                .first?.first?.blob
        }
    }

    /// Removes kept values, and what was spent of budgets, whose time is over.
    ///
    /// - Returns: how many values there were.
    @discardableResult
    package func discardKept(at now: Timestamp) async throws -> Int {
        try await database.write { connection in
            try connection.execute("DELETE FROM spent WHERE until_at <= \(now)")
            try connection.execute(
                "DELETE FROM conversations WHERE latest_at <= \(now.advanced(bySeconds: -2 * 86_400))")
            return try connection.execute("DELETE FROM kept WHERE until_at <= \(now)")
        }
    }

    package func search(_ filter: EntryFilter) async throws -> [Entry] {
        let statement = filter.statement
        let rows = try await database.read { connection in try connection.query(statement) }
        return try rows.map { row in try Entry(row) }
    }

    /// The entries of the calls whose ids a statement selects. A cross join, since SQLite does not reorder one: left to
    /// itself it walks through all entries, whose order is wanted, and looks for each in the selection.
    static func entries(of selection: SQL) -> SQL {
        """
        SELECT entries.call, entries.body FROM (\(selection)) AS selected
        CROSS JOIN entries WHERE entries.call = selected.id AND entries.previous IS NOT NULL
        ORDER BY entries.call, entries.previous
        """
    }

    /// The calls whose ids a statement selects, oldest first.
    private func calls(_ selection: SQL) async throws -> [Call] {
        let statement = Self.entries(of: selection)
        let rows = try await database.read { connection in try connection.query(statement) }
        var calls: [Call] = []
        var start = 0
        while start < rows.count {
            let id = rows[start].first
            let end = rows[start...].firstIndex { $0.first != id } ?? rows.count
            guard let id = id?.text else { throw JournalFault(.unreadable, "a stored entry has another shape") }
            let events = try rows[start..<end].flatMap { try EntryBody.events($0.last?.text ?? "") }
            calls.append(try EntryBody.call(id, events))
            start = end
        }
        return calls
    }
}
