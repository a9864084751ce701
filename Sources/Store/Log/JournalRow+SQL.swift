import Core
import Engine
import Evidence

extension JournalRow {
    /// The entries after a position, in their order.
    static func after(_ position: Int, limit: Int) -> SQL {
        "SELECT \(columns) FROM entries WHERE position > \(position) ORDER BY position LIMIT \(limit)"
    }

    /// The entries of a range of positions, in their order.
    static func between(_ first: Int, _ last: Int) -> SQL {
        "SELECT \(columns) FROM entries WHERE position BETWEEN \(first) AND \(last) ORDER BY position"
    }

    /// The entries of a call, in their order.
    static func of(call: String) -> SQL {
        "SELECT \(columns) FROM entries WHERE call = \(call) ORDER BY position"
    }

    /// The first entry of a call.
    static func opening(ofCall call: String) -> SQL {
        "SELECT \(columns) FROM entries WHERE call = \(call) AND previous = 0"
    }

    private static let columns: SQL = """
        position, at, call, previous, phase, actor, agent, tool, digest, act, repeat_key, process, body
        """

    /// - Throws: ``JournalFault`` `.unreadable` for a row of another shape.
    init(_ row: [SQLValue]) throws(JournalFault) {
        guard row.count == 13, let position = row[0].int, let at = row[1].int, let body = row[12].text else {
            throw .shape
        }
        self.init(
            position: position, at: Timestamp(microseconds: Int64(at)), call: row[2].text, previous: row[3].int,
            phase: row[4].text, user: row[5].text, agent: row[6].text, tool: row[7].text, digest: row[8].text,
            act: row[9].text, repeatKey: row[10].text, process: row[11].int, body: Array(body.utf8))
    }
}

extension EntryLine {
    /// Writes the line of a row with the columns of ``JournalRow``, without making texts of them.
    ///
    /// - Returns: the row's position.
    /// - Throws: ``JournalFault`` `.unreadable` for a row of another shape.
    mutating func write(_ row: SQLRow) throws(JournalFault) -> Int {
        guard row.count == 13, let position = row.int(0), let at = row.int(1), let body = row.text(12) else {
            throw .shape
        }
        begin(position: position, at: Timestamp(microseconds: Int64(at)))
        add("call", utf8: row.text(2))
        add("previous", row.int(3))
        add("phase", utf8: row.text(4))
        add("actor", utf8: row.text(5))
        add("agent", utf8: row.text(6))
        add("tool", utf8: row.text(7))
        add("digest", utf8: row.text(8))
        add("act", utf8: row.text(9))
        add("key", utf8: row.text(10))
        add("process", row.int(11))
        end(body: body)
        return position
    }
}

extension JournalFault {
    fileprivate static let shape = JournalFault(.unreadable, "a stored entry has another shape")
}
