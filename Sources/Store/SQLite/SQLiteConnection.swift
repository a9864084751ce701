import Engine
import GRDB
import GRDBSQLite

/// A connection of SQLite: statements come from GRDB's cache, values go straight to the C interface.
///
/// GRDB's own way of binding traps where SQLite refuses a value (one that is too large, say).
@safe final class SQLiteConnection {
    private(set) var failure: JournalFault?

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
        let before = unsafe sqlite3_total_changes(handle)
        try unsafe run(statement) { _ in }
        return unsafe sqlite3_total_changes(handle) == before ? 0 : Int(sqlite3_changes(handle))
    }

    func query(_ statement: SQL) throws -> [[SQLValue]] {
        var rows: [[SQLValue]] = []
        try unsafe run(statement) { statement in
            let count = unsafe sqlite3_column_count(statement)
            rows.append((0..<count).map { column in unsafe SQLValue(statement, column) })
        }
        return rows
    }

    private func run(_ sql: SQL, _ row: (OpaquePointer) -> Void) throws(JournalFault) {
        guard unsafe handle != nil else { throw .closed }
        let statement: OpaquePointer
        do {
            unsafe statement = try prepared(sql.text).sqliteStatement
        } catch {
            throw fail("\(error)")
        }
        let code = unsafe sql.bindings[...].bind(to: statement, from: 1) {
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
        if recent.count < 8 { recent.append((text, statement)) }
        return statement
    }

    private func command(_ text: SQL) throws(JournalFault) {
        try unsafe run(text) { _ in }
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
    func begin() throws(JournalFault) {
        rollback()
        failure = nil
        try command("BEGIN IMMEDIATE")
    }

    func commit() throws(JournalFault) {
        try beforeCommit()
        try command("COMMIT")
    }

    func rollback() {
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

extension ArraySlice<SQLValue> {
    /// Binds the values to the parameters from `index` on, runs the body and returns its code, or that of the value which
    /// could not be bound.
    ///
    /// Nothing is copied: each value stays where it is for as long as the body runs, and is not looked at after.
    fileprivate func bind(to statement: OpaquePointer, from index: Int32, _ body: () -> Int32) -> Int32 {
        guard let first else { return body() }
        let rest = dropFirst()
        func goOn(_ code: Int32) -> Int32 {
            code == SQLITE_OK ? unsafe rest.bind(to: statement, from: index + 1, body) : code
        }
        func text(_ bytes: UnsafeRawBufferPointer) -> Int32 {
            // A nil pointer would bind null.
            guard let start = unsafe bytes.bindMemory(to: CChar.self).baseAddress else {
                return goOn(unsafe sqlite3_bind_text(statement, index, "", 0, copied))
            }
            return goOn(
                unsafe sqlite3_bind_text64(statement, index, start, UInt64(bytes.count), nil, UInt8(SQLITE_UTF8)))
        }
        switch first {
        case .null: return goOn(unsafe sqlite3_bind_null(statement, index))
        case .integer(let value): return goOn(unsafe sqlite3_bind_int64(statement, index, value))
        case .double(let value): return goOn(unsafe sqlite3_bind_double(statement, index, value))
        case .text(var string): return string.withUTF8 { unsafe text(UnsafeRawBufferPointer($0)) }
        case .utf8(let bytes): return unsafe bytes.withUnsafeBytes { unsafe text($0) }
        case .blob(let blob):
            return unsafe blob.withUnsafeBytes { bytes in
                guard let start = bytes.baseAddress, unsafe !bytes.isEmpty else {
                    return goOn(unsafe sqlite3_bind_zeroblob(statement, index, 0))
                }
                return goOn(unsafe sqlite3_bind_blob64(statement, index, start, UInt64(bytes.count), nil))
            }
        }
    }
}

/// Tells SQLite to copy what is bound.
private let copied = unsafe unsafeBitCast(-1, to: sqlite3_destructor_type.self)

extension SQLValue {
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
