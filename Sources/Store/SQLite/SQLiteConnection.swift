import Engine
import GRDB
import GRDBSQLite

/// A connection of SQLite: statements come from GRDB's cache, values go straight to the C interface.
///
/// GRDB's own way of binding traps where SQLite refuses a value (one that is too large, say).
@safe final class SQLiteConnection {
    private(set) var failure: JournalFault?
    private(set) var presumedWrongly = false

    private var presumes = false
    /// The kind of the rows that were gathered, and their values.
    private var kind: Insertion.Kind?
    private var gathered: [[SQLValue]] = []
    /// The texts and bytes of the values that are bound, one after another.
    private var bytes: [UInt8] = []
    private let database: GRDB.Database
    private let handle: OpaquePointer?
    /// The few statements that a batch runs over and over; found by identity of their text, which costs nothing.
    private var recent: [(text: String, statement: Statement)] = []
    private let beforeCommit: () throws(JournalFault) -> Void

    init(_ database: GRDB.Database, beforeCommit: @escaping () throws(JournalFault) -> Void = {}) {
        self.database = database
        self.beforeCommit = beforeCommit
        unsafe handle = database.sqliteConnection
    }
}

extension SQLiteConnection: SQLConnection {
    func execute(_ statement: SQL) throws -> Int {
        try insertGathered()
        return try change(statement.text, [statement.bindings])
    }

    func insert(_ row: Insertion) throws -> Bool {
        guard presumes else { return try change(row.kind.statement, [row.values]) == 1 }
        if kind !== row.kind { try insertGathered() }
        kind = row.kind
        gathered.append(row.values)
        return true
    }

    func insertGathered() throws(JournalFault) {
        guard let kind, !gathered.isEmpty else { return }
        defer { gathered.removeAll(keepingCapacity: true) }
        var rows = gathered[...]
        for (statement, rowCount) in kind.statements(rows.count) {
            guard try change(statement, rows.prefix(rowCount)) == rowCount else {
                presumedWrongly = true
                throw fail("a row that was presumed to count does not")
            }
            rows = rows.dropFirst(rowCount)
        }
    }

    private func change(_ text: String, _ rows: ArraySlice<[SQLValue]>) throws(JournalFault) -> Int {
        let before = unsafe sqlite3_total_changes(handle)
        try unsafe run(text, rows) { _ in }
        return unsafe sqlite3_total_changes(handle) == before ? 0 : Int(sqlite3_changes(handle))
    }

    func query(_ statement: SQL) throws -> [[SQLValue]] {
        var rows: [[SQLValue]] = []
        try each(statement) { rows.append($0) }
        return rows
    }

    /// Reads row by row, where there may be more than memory should hold.
    func each(_ statement: SQL, _ body: ([SQLValue]) -> Void) throws {
        try insertGathered()
        try unsafe run(statement.text, [statement.bindings]) { statement in
            let count = unsafe sqlite3_column_count(statement)
            body((0..<count).map { column in unsafe SQLValue(statement, column) })
        }
    }

    func forEachRow(of statement: SQL, _ body: (SQLRow) throws -> Void) throws {
        try insertGathered()
        var row = SQLRow()
        var result = Result<Void, any Error>.success(())
        try unsafe run(statement.text, [statement.bindings]) { statement in
            guard case .success = result else { return }
            unsafe row.fill(statement)
            result = Result { try body(row) }
        }
        try result.get()
    }

    /// - Parameter values: those of the statement's parameters, in any number of parts.
    private func run(
        _ text: String, _ values: ArraySlice<[SQLValue]>, _ row: (OpaquePointer) -> Void
    ) throws(JournalFault) {
        guard unsafe handle != nil else { throw .closed }
        let statement: OpaquePointer
        do {
            unsafe statement = try prepared(text).sqliteStatement
        } catch {
            throw fail("\(error)")
        }
        let code = unsafe withBound(values, to: statement) {
            while true {
                let code = unsafe sqlite3_step(statement)
                guard code == SQLITE_ROW else { return code }
                unsafe row(statement)
            }
        }
        // The message is of the last call, so it is read before the next.
        let fault = code == SQLITE_DONE ? nil : fault(code)
        unsafe sqlite3_reset(statement)
        unsafe sqlite3_clear_bindings(statement)
        if let fault { throw fault }
    }

    private func prepared(_ text: String) throws -> Statement {
        for index in recent.indices where recent[index].text == text { return recent[index].statement }
        let statement = try database.cachedStatement(sql: text)
        if recent.count < 12 { recent.append((text, statement)) }
        return statement
    }

    private func command(_ text: String) throws(JournalFault) {
        try unsafe run(text, []) { _ in }
    }

    private func fault(_ code: Int32) -> JournalFault {
        let message = unsafe String(cString: sqlite3_errmsg(handle))
        return fail("SQLite \(unsafe sqlite3_extended_errcode(handle)) (\(code)): \(message)")
    }

    private func fail(_ detail: String) -> JournalFault {
        let fault = JournalFault(.unavailable, detail)
        if failure == nil { failure = fault }
        return fault
    }
}

extension SQLiteConnection: TransactionConnection {
    func begin(presumes: Bool) throws(JournalFault) {
        rollback()
        failure = nil
        presumedWrongly = false
        self.presumes = presumes
        try command("BEGIN IMMEDIATE")
    }

    func commit() throws(JournalFault) {
        try beforeCommit()
        try command("COMMIT")
    }

    func rollback() {
        gathered.removeAll(keepingCapacity: true)
        // After some errors SQLite has rolled back by itself.
        if unsafe handle != nil && sqlite3_get_autocommit(handle) == 0 { try? command("ROLLBACK") }
    }

    /// Runs a body that only reads in a transaction of its own.
    func read<Result>(_ body: (any SQLConnection) throws -> Result) throws -> Result {
        try command("BEGIN DEFERRED")
        // Nothing was written: how the transaction ends does not matter.
        defer { rollback() }
        return try body(self)
    }
}

extension SQLiteConnection {
    /// Binds the values, runs the body and returns its code, or that of the value which could not be bound.
    ///
    /// SQLite is told to copy nothing: what is bound stands in ``bytes`` for as long as the body runs, and is not looked at
    /// after.
    private func withBound(
        _ parts: ArraySlice<[SQLValue]>, to statement: OpaquePointer, _ body: () -> Int32
    ) -> Int32 {
        // One large body must not hold its memory for good.
        bytes.removeAll(keepingCapacity: bytes.capacity <= 1 << 20)
        // A nil pointer would bind null.
        bytes.append(0)
        for values in parts {
            for value in values { gather(value) }
        }
        return unsafe bytes.withUnsafeBytes { bytes in
            guard let start = unsafe bytes.bindMemory(to: CChar.self).baseAddress else { return SQLITE_NOMEM }
            var index: Int32 = 0
            var offset = 1
            for values in parts {
                for value in values {
                    index += 1
                    let code = unsafe value.bind(to: statement, index, start, &offset)
                    guard code == SQLITE_OK else { return code }
                }
            }
            return body()
        }
    }

    private func gather(_ value: SQLValue) {
        switch value {
        case .null, .integer, .double: break
        case .text(let text): bytes.append(contentsOf: text.utf8)
        case .utf8(let text): bytes.append(contentsOf: text)
        case .blob(let blob): bytes.append(contentsOf: blob)
        }
    }
}

extension SQLValue {
    /// Binds the value, whose text or bytes stand at `offset` from `start`, and moves on behind them.
    fileprivate func bind(
        to statement: OpaquePointer, _ index: Int32, _ start: UnsafePointer<CChar>, _ offset: inout Int
    ) -> Int32 {
        switch self {
        case .null: return unsafe sqlite3_bind_null(statement, index)
        case .integer(let value): return unsafe sqlite3_bind_int64(statement, index, value)
        case .double(let value): return unsafe sqlite3_bind_double(statement, index, value)
        case .text(let text):
            defer { offset += text.utf8.count }
            return unsafe sqlite3_bind_text64(
                statement, index, start + offset, UInt64(text.utf8.count), nil, UInt8(SQLITE_UTF8))
        case .utf8(let text):
            defer { offset += text.count }
            return unsafe sqlite3_bind_text64(
                statement, index, start + offset, UInt64(text.count), nil, UInt8(SQLITE_UTF8))
        case .blob(let blob):
            defer { offset += blob.count }
            return unsafe sqlite3_bind_blob64(statement, index, start + offset, UInt64(blob.count), nil)
        }
    }

    fileprivate init(_ statement: OpaquePointer, _ column: Int32) {
        switch unsafe sqlite3_column_type(statement, column) {
        case SQLITE_INTEGER: self = .integer(unsafe sqlite3_column_int64(statement, column))
        case SQLITE_FLOAT: self = .double(unsafe sqlite3_column_double(statement, column))
        case SQLITE_TEXT:
            // Text first: it may convert, which changes the count.
            let start = unsafe sqlite3_column_text(statement, column)
            let count = unsafe Int(sqlite3_column_bytes(statement, column))
            self = .text(unsafe String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self))
        case SQLITE_BLOB:
            let start = unsafe sqlite3_column_blob(statement, column)
            let count = unsafe Int(sqlite3_column_bytes(statement, column))
            self = .blob(unsafe Array(UnsafeRawBufferPointer(start: start, count: count)))
        default: self = .null
        }
    }
}

extension SQLRow {
    fileprivate mutating func fill(_ statement: OpaquePointer) {
        removeAll()
        for column in 0..<(unsafe sqlite3_column_count(statement)) {
            switch unsafe sqlite3_column_type(statement, column) {
            case SQLITE_INTEGER: append(unsafe sqlite3_column_int64(statement, column))
            case SQLITE_TEXT:
                // Text first: it may convert, which changes the count.
                let start = unsafe sqlite3_column_text(statement, column)
                let count = unsafe Int(sqlite3_column_bytes(statement, column))
                unsafe append(text: UnsafeBufferPointer(start: start, count: count))
            default: appendOther()
            }
        }
    }
}
