import Core
import Engine

/// An addition as the statements that record it. Made before the transaction, which then only binds and steps.
struct CallRow: Sendable {
    /// Changes one row where the addition counts, and none where it does not.
    private let change: SQL
    /// The same without a claim to the idempotency key; nil where there is none.
    private let changeWithoutKey: SQL?
    private let entry: SQL

    /// - Returns: nil for an addition of nothing.
    init?(_ addition: Addition) {
        guard !addition.events.isEmpty, addition.previousVersion >= 0 else { return nil }
        let opening = addition.call.opening
        var change = addition.change
        if addition.previousVersion == 0, let key = opening.idempotencyKey {
            changeWithoutKey = change
            change = change.withKey(opening.principal.repeatKey(key))
        } else {
            changeWithoutKey = nil
        }
        self.change = change
        entry = SQL.insertEntry.bound([
            .time(addition.call.lastEventAt), .text(addition.call.id.text), .null,
            .text(EntryBody.text(addition.events)),
        ])
    }

    /// Records the addition.
    ///
    /// - Parameter isPromised: the agent has its answer already: better a record whose key stays with another call
    ///   than none.
    /// - Returns: whether the addition counts; nothing changed otherwise.
    func add(to connection: any SQLConnection, lock: SQL?, isPromised: Bool) throws -> Bool {
        if let lock { _ = try connection.query(lock) }
        if try connection.execute(change) == 0 {
            guard isPromised, let changeWithoutKey, try connection.execute(changeWithoutKey) == 1 else { return false }
        }
        try connection.execute(entry)
        return true
    }
}

extension Addition {
    fileprivate var change: SQL {
        var values: [SQLValue] = []
        values.reserveCapacity(12)
        let isNew = previousVersion == 0
        if isNew { values.append(.text(call.id.text)) }
        values.append(.integer(call.version))
        values.append(.text(call.phase.rawValue))
        values.append(.time(call.lastEventAt))
        let proposes = proposes
        if proposes {
            values.append(.text(call.opening.digest.hex))
            values.append(.optional(call.expires))
        }
        guard isNew else {
            values.append(.text(call.id.text))
            values.append(.integer(previousVersion))
            return (proposes ? SQL.proposeCall : SQL.updateCall).bound(values)
        }
        let principal = call.opening.principal
        values.append(.time(call.openedAt))
        values.append(.text(principal.user))
        values.append(.text(principal.agent))
        values.append(.optional(principal.tenant))
        values.append(.text(call.opening.tool))
        values.append(.null)
        return (proposes ? SQL.insertProposedCall : SQL.insertCall).bound(values)
    }
}

// Written once, since building the text anew would cost as much as running it.
extension SQL {
    static let insertEntry: SQL = """
        INSERT INTO entries (position, at, call, actor, body)
        VALUES ((SELECT COALESCE(MAX(position), 0) + 1 FROM entries), $1, $2, $3, $4)
        """

    /// The idempotency key is the last value of a new call.
    fileprivate func withKey(_ key: String) -> SQL {
        var values = bindings
        if !values.isEmpty { values[values.count - 1] = .text(key) }
        return bound(values)
    }

    fileprivate static let insertCall: SQL = """
        INSERT INTO calls (id, version, phase, updated_at, opened_at, user_id, agent, tenant, tool, repeat_key)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING
        """

    fileprivate static let insertProposedCall: SQL = """
        INSERT INTO calls (id, version, phase, updated_at, digest, expires_at, opened_at, user_id, agent, tenant, tool,
          repeat_key, proposal)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12,
          (SELECT COALESCE(MAX(position), 0) + 1 FROM entries)) ON CONFLICT DO NOTHING
        """

    fileprivate static let updateCall: SQL = """
        UPDATE calls SET version = $1, phase = $2, updated_at = $3 WHERE id = $4 AND version = $5
        """

    /// An index holds that one proposal is open for each digest; asked for here, the conflict is an answer instead of
    /// an error.
    fileprivate static let proposeCall: SQL = """
        UPDATE calls SET version = $1, phase = $2, updated_at = $3, digest = $4, expires_at = $5,
          proposal = (SELECT COALESCE(MAX(position), 0) + 1 FROM entries)
        WHERE id = $6 AND version = $7 AND NOT EXISTS
          (SELECT 1 FROM calls AS other
           WHERE other.digest = $4 AND (other.phase = 'proposed' OR other.phase = 'approved'))
        """
}
