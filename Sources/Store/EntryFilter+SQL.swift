import Core
import Engine

extension EntryFilter {
    /// Rows that are read at once where the statement cannot tell by itself what matches.
    private static let pageRows = 500

    /// The entries that match, newest first.
    ///
    /// What a refused request was about stands in the body of its act alone. The statement lets all these acts through
    /// and they are told apart here, so that it needs no words for JSON, which the engines do not share.
    func entries(in database: any Database) async throws -> [Entry] {
        guard limit > 0 else { return [] }
        guard phase == nil, tool != nil || agent != nil || call != nil else {
            return try await rows(statement(), in: database)
        }
        if let call {
            // A refused request has an id that no call has, so one of the two is looked for.
            let isCall = try await database.read { connection in
                try !connection.query("SELECT 1 FROM calls WHERE id = \(call.text)").isEmpty
            }
            if isCall { return try await rows(statement(), in: database) }
        }
        var page = self
        page.limit = max(limit, Self.pageRows)
        var found: [Entry] = []
        while true {
            let entries = try await page.rows(page.statement(letsRefusedRequestsThrough: true), in: database)
            found += entries.lazy.filter { entry in
                entry.call != nil || entry.body.first.flatMap(RefusedRequest.init(act:))?.matches(self) == true
            }
            guard found.count < limit, entries.count == page.limit, let last = entries.last else { break }
            page.before = last.position
        }
        return Array(found.prefix(limit))
    }

    private func rows(_ statement: SQL, in database: any Database) async throws -> [Entry] {
        let rows = try await database.read { connection in try connection.query(statement) }
        return try rows.map { row in try Entry(row) }
    }

    private func statement(letsRefusedRequestsThrough isOpen: Bool = false) -> SQL {
        var statement: SQL = """
            SELECT entries.position, entries.at, entries.call, entries.body
            FROM entries LEFT JOIN calls ON calls.id = entries.call WHERE entries.position > 0
            """
        if let before { statement += " AND entries.position < \(before)" }
        if let since { statement += " AND entries.at >= \(since)" }
        if let until { statement += " AND entries.at < \(until)" }
        if let user { statement += " AND (calls.user_id = \(user) OR entries.actor = \(user))" }
        var ofCalls: SQL = "entries.position > 0"
        if let call { ofCalls += " AND entries.call = \(call.text)" }
        if let agent { ofCalls += " AND calls.agent = \(agent)" }
        if let tool { ofCalls += " AND calls.tool = \(tool)" }
        if let phase { ofCalls += " AND calls.phase = \(phase.rawValue)" }
        // The beginning of what `Act.json` writes.
        statement +=
            isOpen
            ? """
             AND ((\(ofCalls)) OR (entries.actor IS NOT NULL AND entries.body LIKE '{"at":%,"act":"call-refused",%'))
            """ : " AND \(ofCalls)"
        statement += " ORDER BY entries.position DESC LIMIT \(max(0, limit))"
        return statement
    }
}

extension Entry {
    fileprivate init(_ row: [SQLValue]) throws(JournalFault) {
        guard row.count == 4, let position = row[0].int, let at = row[1].int, let body = row[3].text else {
            throw JournalFault(.unreadable, "a stored entry has another shape")
        }
        self.init(
            position: position, at: Timestamp(microseconds: Int64(at)), call: row[2].text.flatMap { CallID($0) },
            body: try EntryBody.parse(body))
    }
}
