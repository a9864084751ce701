import Core
import Engine
import JSON

/// An addition as the statements that record it. Made before the transaction, which then only binds and steps.
struct CallRow: Sendable {
    /// What becomes of the call's row among the unfinished: changes one row where the addition counts, and none where
    /// it does not. Nil for a call that has none before and after.
    private let change: SQL?
    private let entry: Insertion
    /// The entry without a claim to the idempotency key; nil where there is none.
    private let entryWithoutKey: Insertion?
    /// Finds the admission that an outcome follows, or the outcome that a reconciliation does; nil for anything else. No row
    /// among the unfinished says that the call is running. (As a part of the insertion it would make SQLite copy the page
    /// and build a table for one row.)
    private let predecessor: SQL?
    /// Takes back the row of a new call whose entry does not count; nil where there is nothing to take back.
    private let undo: SQL?
    private let reservations: [Reservation]
    private let isReconciliation: Bool

    /// - Returns: nil for an addition of nothing.
    init?(_ addition: Addition, process: Int?, _ sweeper: Sweeper?) {
        guard !addition.events.isEmpty, addition.previousVersion >= 0 else { return nil }
        let predecessor = addition.predecessor
        change = predecessor == nil ? addition.change : nil
        reservations = addition.reservations
        if case .reconciled? = addition.events.first?.kind { isReconciliation = true } else { isReconciliation = false }
        self.predecessor = predecessor
        let entry = addition.entry(process, sweeper)
        if addition.previousVersion == 0 {
            undo =
                change == nil
                ? nil : SQL.deleteUnfinished.bound([.text(addition.call.id.text), .integer(addition.call.version)])
            if let key = addition.call.opening.idempotencyKey {
                entryWithoutKey = entry
                self.entry = entry.withKey(addition.call.opening.principal.repeatKey(key))
                return
            }
        } else {
            undo = nil
        }
        entryWithoutKey = nil
        self.entry = entry
    }

    /// Records the addition.
    ///
    /// - Parameters:
    ///   - isPromised: the agent has its answer already: better a record whose key stays with another call than none.
    ///   - isRunning: whether the call is known to have been admitted.
    /// - Returns: whether the addition counts; nothing changed otherwise.
    func add(
        to connection: any SQLConnection, isPromised: Bool, isRunning: Bool,
        over: (Reservation) -> Void = { _ in }
    ) throws -> Bool {
        if reservations.isEmpty {
            return try addEvents(to: connection, isPromised: isPromised, isRunning: isRunning)
        }
        for (index, reservation) in reservations.enumerated() where try !take(reservation, connection) {
            try giveBack(reservations[..<index], connection)
            over(reservation)
            return false
        }
        let counts = try addEvents(to: connection, isPromised: isPromised, isRunning: isRunning)
        if !counts { try giveBack(reservations[...], connection) }
        return counts
    }

    /// - Returns: whether there was enough left.
    private func take(_ part: Reservation, _ connection: any SQLConnection) throws -> Bool {
        if !part.isSettled {
            guard part.amount <= part.most else { return false }
            let values: [SQLValue] = [
                .text(part.account.key), .integer(part.amount), .time(part.keptUntil),
                .integer(part.most - part.amount),
            ]
            return try connection.execute(SQL.reserve.bound(values)) > 0
        }
        try Self.correct(part, connection)
        return true
    }

    /// Counts what is taken whatever is left, or given back.
    static func correct(_ part: Reservation, _ connection: any SQLConnection) throws {
        try connection.execute(SQL.correct.bound([.integer(part.amount), .text(part.account.key)]))
    }

    private func giveBack(_ parts: ArraySlice<Reservation>, _ connection: any SQLConnection) throws {
        for part in parts {
            var back = part
            back.amount = -part.amount
            try Self.correct(back, connection)
        }
    }

    private func addEvents(to connection: any SQLConnection, isPromised: Bool, isRunning: Bool) throws -> Bool {
        if !isRunning || isReconciliation, let predecessor, try connection.query(predecessor).isEmpty { return false }
        if let change, try connection.execute(change) == 0 { return false }
        if try connection.insert(entry) { return true }
        if isPromised, let entryWithoutKey, try connection.insert(entryWithoutKey) { return true }
        if let undo {
            try connection.execute(undo)
        } else if change != nil {
            // The row of the unfinished said that nothing follows this version, and an entry does: no change of ours
            // leaves the two apart. Throwing takes the change back.
            throw JournalFault(.unreadable, "an entry follows a version that nothing should follow")
        }
        return false
    }
}

extension Addition {
    /// What becomes of the row of a call that has one before or after.
    fileprivate var change: SQL? {
        let isNew = previousVersion == 0
        if isNew, call.phase == .admitted { return nil }
        let id = SQLValue.text(call.id.text)
        guard call.phase != .admitted, call.next != .finish else {
            return isNew ? nil : SQL.deleteUnfinished.bound([id, .integer(previousVersion)])
        }
        // In the order in which the statements name them.
        var values: [SQLValue] = isNew ? [id] : []
        values.append(.integer(call.version))
        values.append(.text(call.phase.rawValue))
        let isOpenProposal = call.phase == .proposed || call.phase == .approved
        let changesProposal = isOpenProposal || wasProposed
        if isNew || changesProposal {
            values.append(isOpenProposal ? .text(call.opening.digest.hex) : .null)
            values.append(isOpenProposal ? .text(call.opening.principal.identityText) : .null)
            values.append(isOpenProposal ? .optional(call.expires) : .null)
        }
        if isNew { return SQL.insertUnfinished.bound(values) }
        values.append(id)
        values.append(.integer(previousVersion))
        return (proposes ? SQL.proposeUnfinished : changesProposal ? SQL.changeProposal : SQL.updateUnfinished)
            .bound(values)
    }

    /// Finds what these events have to follow, for a call that has no row among the unfinished.
    fileprivate var predecessor: SQL? {
        let statement: SQL
        switch events.first?.kind {
        case .settled: statement = .findAdmission
        case .reconciled: statement = .findOutcome
        default: return nil
        }
        return statement.bound([.text(call.id.text), .integer(previousVersion)])
    }

    /// Whether the call waited for a human before.
    private var wasProposed: Bool {
        call.expires != nil
    }

    fileprivate func entry(_ process: Int?, _ sweeper: Sweeper?) -> Insertion {
        let isNew = previousVersion == 0
        return .entry(
            at: call.lastEventAt, call: call.id, after: previousVersion, phase: call.phase,
            EntryBody.bytes(events, sweeper), actor: isNew ? call.opening.principal.user : nil,
            agent: isNew ? call.opening.principal.agent : nil,
            tool: isNew ? call.opening.tool : nil, digest: digestKey,
            process: call.phase == .admitted ? process : nil)
    }
}

// An entry gets its position, one more than the last, from the database (``Dialect/guardEntries``).
extension Insertion {
    private static let entries = Kind(
        "entries (at, call, previous, phase, body, actor, agent, tool, digest, act, process, repeat_key)",
        columnCount: 12)

    static func act(_ act: Act, _ sweeper: Sweeper?) -> Insertion {
        let body = act.json.bytes
        let tool = act.tool.map { sweeper?.sweep($0) ?? $0 }
        return Insertion(
            entries,
            [
                .time(act.at), .optional(act.call?.text), .null, .null,
                .utf8(sweeper?.sweep(json: body, only: EntryBody.freeInActs) ?? body),
                .text(act.by), .optional(act.agent), .optional(tool), .null, .text(act.kind), .null, .null,
            ])
    }

    fileprivate static func entry(
        at time: Timestamp, call: CallID, after version: Int, phase: Call.Phase, _ body: [UInt8], actor: String?,
        agent: String?, tool: String?, digest: String?, process: Int?
    ) -> Insertion {
        Insertion(
            entries,
            [
                .time(time), .text(call.text), .integer(version), .text(phase.rawValue), .utf8(body), .optional(actor),
                .optional(agent), .optional(tool), .optional(digest), .null, process.map { .integer($0) } ?? .null,
                .null,
            ])
    }

    /// The idempotency key is an entry's last value.
    fileprivate func withKey(_ key: String) -> Insertion {
        var row = self
        if !row.values.isEmpty { row.values[row.values.count - 1] = .text(key) }
        return row
    }
}

// Statements are written once, since building the text anew would cost as much as running it.
extension SQL {
    fileprivate static let findAdmission: SQL = """
        SELECT 1 FROM entries WHERE call = $1 AND previous < $2 AND phase = 'admitted'
        """

    fileprivate static let findOutcome: SQL = """
        SELECT 1 FROM entries WHERE call = $1 AND previous < $2 AND phase = 'settled'
        """

    fileprivate static let insertUnfinished: SQL = """
        INSERT INTO unfinished (call, version, phase, proposal, proposer, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING
        """

    fileprivate static let updateUnfinished: SQL = """
        UPDATE unfinished SET version = $1, phase = $2 WHERE call = $3 AND version = $4
        """

    fileprivate static let changeProposal: SQL = """
        UPDATE unfinished SET version = $1, phase = $2, proposal = $3, proposer = $4, expires_at = $5
        WHERE call = $6 AND version = $7
        """

    /// An index holds that one proposal is open for each digest; asked for here, the conflict is an answer instead of
    /// an error.
    fileprivate static let proposeUnfinished: SQL = """
        UPDATE unfinished SET version = $1, phase = $2, proposal = $3, proposer = $4, expires_at = $5
        WHERE call = $6 AND version = $7
          AND NOT EXISTS (SELECT 1 FROM unfinished AS other WHERE other.proposal = $3)
        """

    /// The row changes only where enough is left; a new one always has it.
    fileprivate static let reserve: SQL = """
        INSERT INTO spent (budget, used, until_at) VALUES ($1, $2, $3)
        ON CONFLICT (budget) DO UPDATE SET used = spent.used + excluded.used, until_at = excluded.until_at
        WHERE spent.used <= $4
        """

    fileprivate static let correct: SQL = """
        UPDATE spent SET used = CASE WHEN used + $1 > 0 THEN used + $1 ELSE 0 END WHERE budget = $2
        """

    fileprivate static let deleteUnfinished: SQL = "DELETE FROM unfinished WHERE call = $1 AND version = $2"
}
