package import Core
import Engine
import GRDB

/// A digest over everything in a database file but the parts of a backup: what the tables are, and all their rows, in the
/// order of their keys.
///
/// Rows pass one by one, however many there are. Every value stands with its kind and its length, so that no two states
/// have one encoding.
/// - Throws: ``JournalFault``.
package func digestSQLite(_ path: String) throws -> Digest {
    let queue = try openSQLite(path, isReader: true)
    let found = try queue.unsafeRead { database in
        let connection = SQLiteConnection(database)
        // One state; nothing is written, so how the transaction ends does not matter.
        return try connection.read { _ in try digest(over: connection) }
    }
    do {
        try queue.close()
    } catch {
        throw JournalFault(.unavailable, "\(error)")
    }
    return found
}

private func digest(over connection: SQLiteConnection) throws -> Digest {
    var encoding = Encoding()
    // Triggers and indexes as well: one that was added would act on what is written later.
    let schema = "sqlite_master WHERE tbl_name <> 'backup'"
    try connection.each(rows(of: schema, ["type", "name", "tbl_name", "sql"], by: "type, name")) { encoding.add($0) }
    let tables: SQL = "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'backup' ORDER BY name"
    for table in try connection.query(tables) {
        guard let name = table.first?.text else { continue }
        let columns = try connection.query("SELECT name, pk FROM pragma_table_info(\(name)) ORDER BY cid")
        let names = columns.compactMap { $0.first?.text.map(quoted) }
        let keys = columns.compactMap { column in column[1].int.flatMap { $0 > 0 ? ($0, column[0].text ?? "") : nil } }
        let order = keys.sorted { $0.0 < $1.0 }.map { quoted($0.1) }.joined(separator: ", ")
        encoding.begin(name)
        try connection.each(rows(of: quoted(name), names, by: order.isEmpty ? "rowid" : order)) { encoding.add($0) }
    }
    return encoding.digest
}

/// Each value with its kind before it. Text comes as its bytes: as text it would end at a zero, and what is no UTF-8 be lost.
private func rows(of table: String, _ columns: [String], by order: String) -> SQL {
    let values = columns.map { "typeof(\($0)), CASE typeof(\($0)) WHEN 'text' THEN CAST(\($0) AS BLOB) ELSE \($0) END" }
    return SQL(unescaped: "SELECT \(values.joined(separator: ", ")) FROM \(table) ORDER BY \(order)")
}

private func quoted(_ name: String) -> String {
    "\"" + name.replacing("\"", with: "\"\"") + "\""
}

/// What is digested: each part has a letter, what has a length has it in eight bytes before it.
private struct Encoding {
    private var running = RunningDigest()
    private var bytes: [UInt8] = []

    /// The digest of all that was added.
    var digest: Digest {
        var all = running
        all.add(bytes + Array("E".utf8))
        return all.digest
    }

    mutating func begin(_ table: String) {
        add("T", Array(table.utf8))
    }

    /// - Parameter row: the kind of each value in SQLite's words, and the value behind it.
    mutating func add(_ row: [SQLValue]) {
        bytes.append(UInt8(ascii: "R"))
        for index in stride(from: 1, to: row.count, by: 2) { add(row[index - 1].text ?? "", row[index]) }
        if bytes.count >= 1 << 16 {
            running.add(bytes)
            bytes.removeAll(keepingCapacity: true)
        }
    }

    private mutating func add(_ kind: String, _ value: SQLValue) {
        switch value {
        case .null: bytes.append(UInt8(ascii: "N"))
        case .integer(let number): add("I", UInt64(bitPattern: number))
        case .double(let number): add("D", number.bitPattern)
        case .text(let text): add("S", Array(text.utf8))
        case .utf8(let text): add("S", text)
        case .blob(let blob): add(kind == "text" ? "S" : "B", blob)
        }
    }

    private mutating func add(_ letter: Unicode.Scalar, _ number: UInt64) {
        bytes.append(UInt8(ascii: letter))
        for shift in stride(from: UInt64(56), through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: number >> shift))
        }
    }

    private mutating func add(_ letter: Unicode.Scalar, _ content: [UInt8]) {
        add(letter, UInt64(content.count))
        bytes += content
    }
}
