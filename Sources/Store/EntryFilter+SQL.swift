import Core
import Engine

extension EntryFilter {
    /// The entries that match, newest first.
    var statement: SQL {
        var statement: SQL = """
            SELECT entries.position, entries.at, entries.call, entries.body, entries.previous
            FROM entries LEFT JOIN entries AS opening ON opening.call = entries.call AND opening.previous = 0
              AND entries.previous IS NOT NULL
            WHERE entries.position > 0
            """
        if let before { statement += " AND entries.position < \(before)" }
        if let call { statement += " AND entries.call = \(call.text)" }
        if let since { statement += " AND entries.at >= \(since)" }
        if let until { statement += " AND entries.at < \(until)" }
        if let user { statement += " AND COALESCE(opening.actor, entries.actor) = \(user)" }
        if let agent { statement += " AND COALESCE(opening.agent, entries.agent) = \(agent)" }
        if let tool { statement += " AND COALESCE(opening.tool, entries.tool) = \(tool)" }
        if let acts {
            // Ordered, so that equal filters are one statement; an empty list matches nothing.
            var list: SQL = "NULL"
            for act in acts.sorted() { list += ", \(act)" }
            statement += " AND entries.act IN (\(list))"
        }
        if let phase {
            statement += """
                 AND (SELECT last.phase FROM entries AS last
                   WHERE last.call = entries.call AND last.previous >= entries.previous
                   ORDER BY last.previous DESC LIMIT 1) = \(phase.rawValue)
                """
        }
        statement += " ORDER BY entries.position DESC LIMIT \(max(0, limit))"
        return statement
    }
}

extension Entry {
    /// A row of ``EntryFilter/statement``.
    init(_ row: [SQLValue]) throws(JournalFault) {
        guard row.count == 5, let position = row[0].int, let at = row[1].int, let body = row[3].text else {
            throw JournalFault(.unreadable, "a stored entry has another shape")
        }
        self.init(
            position: position, at: Timestamp(microseconds: Int64(at)),
            call: row[4].int == nil ? nil : row[2].text.flatMap { CallID($0) },
            body: try EntryBody.parse(body))
    }
}
