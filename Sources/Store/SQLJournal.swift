package import Core
package import Engine
import JSON

/// The journal as SQL over any database.
///
/// Whether an addition counts is decided by the changed-row counts of two statements: one gives the call its row among
/// the unfinished, changes it or removes it (`WHERE call = … AND version = …`), the other adds the entry, whose call and
/// former version no other entry may have.
package struct SQLJournal: Journal {
    private let database: any Database
    private let lock: SQL?
    private let lost: @Sendable (CallID) -> Void

    /// Opens the journal and brings the schema to this version.
    ///
    /// - Parameter lost: hears of additions that were promised (``Durability/withNext``) and did not count, because
    ///   somebody else had added to the call before.
    /// - Throws: ``JournalFault``.
    package static func open(
        _ database: any Database, lost: @escaping @Sendable (CallID) -> Void = { _ in }
    ) async throws -> SQLJournal {
        try await Schema.migrate(database)
        return SQLJournal(database: database, lost: lost)
    }

    private init(database: any Database, lost: @escaping @Sendable (CallID) -> Void) {
        self.database = database
        lock = database.dialect.journalLock
        self.lost = lost
    }

    /// - Returns: for a promised addition always true; should it turn out not to count, `lost` hears of it.
    package func append(_ addition: Addition) async throws -> Bool {
        guard let row = CallRow(addition) else { return false }
        let lock = lock
        switch addition.durability {
        case .now:
            return try await database.attempt { connection in
                try row.add(to: connection, lock: lock, isPromised: false)
            }
        case .withNext:
            let id = addition.call.id
            try database.enqueue({ connection in try row.add(to: connection, lock: lock, isPromised: true) }) {
                [lost] counts in if !counts { lost(id) }
            }
            return true
        }
    }

    package func record(_ act: Act, durability: Durability) async throws {
        let insertion = SQL.insertAct.bound([
            .time(act.at), .optional(act.call?.text), .text(act.json.text), .text(act.by), .optional(act.agent),
            .optional(act.tool),
        ])
        let lock = lock
        let insert: @Sendable (any SQLConnection) throws -> Void = { connection in
            if let lock { _ = try connection.query(lock) }
            try connection.execute(insertion)
        }
        switch durability {
        case .now: try await database.write(insert)
        case .withNext: try database.enqueue(insert) {}
        }
    }

    package func call(_ id: CallID) async throws -> Call? {
        try await calls("SELECT \(id.text) AS id").first
    }

    package func latestCall(digest: Digest) async throws -> Call? {
        try await calls("SELECT call AS id FROM entries WHERE digest = \(digest.hex) ORDER BY position DESC LIMIT 1")
            .first
    }

    package func call(idempotencyKey: String, of principal: Principal) async throws -> Call? {
        try await calls("SELECT call AS id FROM entries WHERE repeat_key = \(principal.repeatKey(idempotencyKey))")
            .first
    }

    package func calls(in phase: Call.Phase, limit: Int) async throws -> [Call] {
        var selection: SQL
        switch phase {
        case .proposed, .approved, .admitted:
            selection = "SELECT call AS id FROM unfinished WHERE phase = \(phase.rawValue)"
        case .opened, .decided, .rejected, .expired, .withdrawn, .settled:
            selection = """
                SELECT call AS id FROM entries WHERE phase = \(phase.rawValue)
                  AND NOT EXISTS (SELECT 1 FROM entries AS later
                    WHERE later.call = entries.call AND later.previous > entries.previous)
                """
        }
        selection += " ORDER BY id LIMIT \(max(0, limit))"
        return try await calls(selection)
    }

    package func proposals(of principal: Principal, at now: Timestamp, limit: Int) async throws -> Int {
        let statement: SQL = """
            SELECT COUNT(*) FROM (
              SELECT 1 FROM unfinished WHERE phase = 'proposed' AND proposer = \(principal.identityText)
                AND expires_at > \(now) LIMIT \(max(0, limit))) AS waiting
            """
        return try await database.read { connection in try connection.query(statement).first?.first?.int ?? 0 }
    }

    package func keep(_ sealed: [UInt8], for call: CallID, until: Timestamp) async throws {
        // Promised, not waited for: it is committed before whatever the caller adds after it.
        try database.enqueue({ connection in
            try connection.execute(
                """
                INSERT INTO kept (call, sealed, until_at) VALUES (\(call.text), \(sealed), \(until))
                ON CONFLICT (call) DO UPDATE SET sealed = excluded.sealed, until_at = excluded.until_at
                """)
        }) { _ in }
    }

    package func kept(for call: CallID, at now: Timestamp) async throws -> [UInt8]? {
        try await database.read { connection in
            try connection.query("SELECT sealed FROM kept WHERE call = \(call.text) AND until_at > \(now)")
                .first?.first?.blob
        }
    }

    /// Removes kept values whose time is over.
    ///
    /// - Returns: how many there were.
    @discardableResult
    package func discardKept(at now: Timestamp) async throws -> Int {
        try await database.write { connection in
            try connection.execute("DELETE FROM kept WHERE until_at <= \(now)")
        }
    }

    package func search(_ filter: EntryFilter) async throws -> [Entry] {
        let statement = filter.statement
        let rows = try await database.read { connection in try connection.query(statement) }
        return try rows.map { row in try Entry(row) }
    }

    /// The calls whose ids a statement selects, oldest first.
    private func calls(_ selection: SQL) async throws -> [Call] {
        let statement: SQL = """
            SELECT entries.call, entries.body FROM (\(selection)) AS selected
            JOIN entries ON entries.call = selected.id AND entries.previous IS NOT NULL
            ORDER BY entries.call, entries.previous
            """
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
