import Core
import Engine

/// An addition as the statements that record it. Made before the transaction, which then only binds and steps.
struct CallRow: Sendable {
    private let call: Call
    private let previousVersion: Int
    private let proposes: Bool
    private let body: String
    private(set) var repeatKey: String?

    /// - Returns: nil for an addition of nothing.
    init?(_ addition: Addition) {
        guard !addition.events.isEmpty, addition.previousVersion >= 0 else { return nil }
        call = addition.call
        previousVersion = addition.previousVersion
        proposes = addition.proposes
        body = EntryBody.text(addition.events)
        if previousVersion == 0 {
            repeatKey = call.opening.idempotencyKey.map { call.opening.principal.repeatKey($0) }
        }
    }

    var withoutKey: CallRow {
        var row = self
        row.repeatKey = nil
        return row
    }

    /// - Returns: whether the addition counts; nothing changed otherwise.
    func add(to connection: any SQLConnection, lock: SQL?) throws -> Bool {
        if let lock { _ = try connection.query(lock) }
        guard try connection.execute(previousVersion == 0 ? insertion : update) == 1 else { return false }
        try connection.execute(
            """
            INSERT INTO entries (position, at, call, body)
            VALUES (\(SQLJournal.nextPosition), \(call.lastEventAt), \(call.id.text), \(body))
            """)
        return true
    }

    private var insertion: SQL {
        let principal = call.opening.principal
        let proposal: SQL = proposes ? SQLJournal.nextPosition : "NULL"
        return """
            INSERT INTO calls (id, version, phase, opened_at, updated_at, user_id, agent, tenant, tool, digest,
              proposal, expires_at, repeat_key)
            VALUES (\(call.id.text), \(call.version), \(call.phase.rawValue), \(call.openedAt), \(call.lastEventAt),
              \(principal.user), \(principal.agent), \(principal.tenant), \(call.opening.tool),
              \(proposes ? call.opening.digest.hex : nil), \(proposal), \(.optional(call.expires)), \(repeatKey))
            ON CONFLICT DO NOTHING
            """
    }

    private var update: SQL {
        var statement: SQL = """
            UPDATE calls SET version = \(call.version), phase = \(call.phase.rawValue),
              updated_at = \(call.lastEventAt)
            """
        if proposes {
            let digest = call.opening.digest.hex
            statement += ", digest = \(digest), proposal = \(SQLJournal.nextPosition)"
            statement += ", expires_at = \(.optional(call.expires))"
            statement += " WHERE id = \(call.id.text) AND version = \(previousVersion)"
            // An index holds this too; asked for here, the conflict is an answer instead of an error.
            statement += """
                 AND NOT EXISTS (SELECT 1 FROM calls WHERE digest = \(digest) AND \(Schema.isOpenProposal))
                """
        } else {
            statement += " WHERE id = \(call.id.text) AND version = \(previousVersion)"
        }
        return statement
    }
}
