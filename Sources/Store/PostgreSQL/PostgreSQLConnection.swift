import CPostgreSQL
import Engine
import Glibc

/// A connection to PostgreSQL through libpq, made when it is first needed and again when it was lost. Used by one thread at a
/// time.
///
/// Statements are prepared once for each connection. Values go as bytes with their length, so that no text ends at a zero
/// byte.
@safe final class PostgreSQLConnection {
    private(set) var failure: JournalFault?
    private(set) var presumedWrongly = false

    private let settings: PostgreSQLSettings
    private var handle: OpaquePointer?
    /// The names of prepared statements by their text.
    private var prepared: [String: String] = [:]
    private var presumes = false
    private var kind: Insertion.Kind?
    private var gathered: [[SQLValue]] = []
    /// Who writes, by a name that nobody else has; nil where the connection only reads.
    private let writer: String?
    /// The number of the writer's newest transaction. It is written down with it, so that its fate can be asked after the
    /// connection was lost, also of a server that took the place of the one that was asked first.
    private var transaction = 0
    private var isInTransaction = false
    /// What was answered about orders in this transaction: nobody else gives one until it ends.
    private var knownOrders: [[SQLValue]]?

    private static let mostPrepared = 300
    /// Makes transactions that write follow one another until their commit, whichever process they are of.
    private static let lock = "SELECT pg_advisory_xact_lock(7814203516)"

    init(_ settings: PostgreSQLSettings, writes: Bool = false) {
        self.settings = settings
        writer = writes ? String(UInt64.random(in: 1...UInt64.max), radix: 16) : nil
    }

    deinit {
        disconnect()
    }

    func disconnect() {
        if unsafe handle != nil { unsafe PQfinish(handle) }
        unsafe handle = nil
        prepared = [:]
        isInTransaction = false
    }

    /// The socket, to wait for what the server says by itself.
    var socket: Int32 { unsafe handle == nil ? -1 : PQsocket(handle) }

    private var isAlive: Bool { unsafe handle != nil && PQstatus(handle) == CONNECTION_OK }

    /// Connects unless the connection is alive.
    ///
    /// - Throws: ``JournalFault`` when the server cannot be reached, or does not keep what it acknowledged.
    func connect() throws(JournalFault) {
        if isAlive { return }
        disconnect()
        // Later ones win, so that the URI may say otherwise; the password comes from nowhere else.
        var parameters = [
            ("application_name", "sallyport"), ("connect_timeout", "5"), ("keepalives_idle", "10"),
            ("keepalives_interval", "5"), ("keepalives_count", "3"), ("tcp_user_timeout", "20000"),
            ("client_encoding", "UTF8"), ("dbname", settings.url),
        ]
        if let password = settings.password { parameters.append(("password", password)) }
        unsafe handle = Self.open(parameters)
        guard isAlive else {
            let message = unsafe handle == nil ? "no memory" : String(cString: PQerrorMessage(handle))
            disconnect()
            throw JournalFault(.unavailable, "PostgreSQL cannot be reached: \(message.oneLine)")
        }
        do throws(JournalFault) {
            try settle()
        } catch {
            disconnect()
            throw error
        }
    }

    private static func open(_ parameters: [(String, String)]) -> OpaquePointer? {
        func withPointers(
            _ rest: ArraySlice<(String, String)>, _ keys: [UnsafePointer<CChar>?], _ values: [UnsafePointer<CChar>?]
        ) -> OpaquePointer? {
            guard let (key, value) = rest.first else {
                return unsafe PQconnectdbParams(keys + [nil], values + [nil], 1)
            }
            return unsafe key.withCString { key in
                unsafe value.withCString { value in
                    unsafe withPointers(rest.dropFirst(), keys + [key], values + [value])
                }
            }
        }
        return unsafe withPointers(parameters[...], [], [])
    }

    /// Makes the session what durability needs, and refuses a server that is not.
    private func settle() throws(JournalFault) {
        let limit = settings.statementMilliseconds
        try command(
            """
            SET synchronous_commit = on; SET statement_timeout = \(limit); SET lock_timeout = \(limit);
            SET client_min_messages = warning;
            SET idle_in_transaction_session_timeout = 60000; SET standard_conforming_strings = on;
            SET default_transaction_isolation = 'read committed'; SET TimeZone = 'UTC'
            """)
        let row = try ask(
            """
            SELECT current_setting('server_version_num')::bigint, current_setting('fsync'),
              current_setting('full_page_writes'), pg_is_in_recovery()::text, current_setting('server_encoding'),
              current_setting('synchronous_commit')
            """)
        guard row.count == 6, let version = row[0].int else { throw fail("PostgreSQL answers otherwise than it does") }
        guard version >= 150_000 else { throw fail("PostgreSQL is older than 15") }
        for (index, name, wanted) in [
            (1, "fsync", "on"), (2, "full_page_writes", "on"), (3, "recovery", "false"), (4, "server_encoding", "UTF8"),
            (5, "synchronous_commit", "on"),
        ] {
            guard let found = row[index].text, found == wanted else {
                throw fail(
                    name == "recovery"
                        ? "this PostgreSQL is a standby: it takes no writes"
                        : "PostgreSQL has \(name) \(row[index].text ?? "unknown"), not \(wanted)")
            }
        }
        guard let writer else { return }
        // Under the lock: whatever this writer began on a connection that is lost is over now.
        try command(
            """
            BEGIN; \(Self.lock);
            CREATE TABLE IF NOT EXISTS writers (id TEXT PRIMARY KEY, token BIGINT NOT NULL, at TIMESTAMPTZ NOT NULL);
            DELETE FROM writers WHERE at < now() - INTERVAL '30 days' AND id <> '\(writer)';
            INSERT INTO writers (id, token, at) VALUES ('\(writer)', 0, now()) ON CONFLICT (id) DO NOTHING;
            COMMIT
            """)
    }

    private func fail(_ detail: String) -> JournalFault {
        let fault = JournalFault(.unavailable, detail)
        if failure == nil { failure = fault }
        return fault
    }

    // MARK: Running

    /// Runs statements without values, of which no rows are wanted.
    func command(_ text: String) throws(JournalFault) {
        guard isAlive else { throw fail("the connection to PostgreSQL is lost") }
        let result = try unsafe answer(PQsendQuery(handle, text))
        defer { unsafe PQclear(result) }
        try unsafe check(result)
    }

    /// Waits for the answer to what was sent. A server that says nothing for too long, not even that a statement took too long, is
    /// given up: libpq itself would wait for ever.
    ///
    /// - Parameter isSent: what libpq says of the sending.
    /// - Returns: the last result, which is the failure where one failed.
    private func answer(_ isSent: Int32) throws(JournalFault) -> OpaquePointer? {
        guard isSent == 1 else { throw fail("PostgreSQL: \(unsafe String(cString: PQerrorMessage(handle)).oneLine)") }
        let end = ContinuousClock.now + .milliseconds(settings.statementMilliseconds + settings.graceMilliseconds)
        var last: OpaquePointer?
        while true {
            while unsafe PQisBusy(handle) == 1 {
                let left = (end - .now) / .milliseconds(1)
                var descriptor = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
                let count = left > 0 ? unsafe poll(&descriptor, 1, Int32(min(left, 60_000)) + 1) : 0
                if count < 0, errno == EINTR { continue }
                guard count > 0 else {
                    unsafe PQclear(last)
                    disconnect()
                    throw fail("PostgreSQL does not answer")
                }
                // What is wrong with the connection is told by the result.
                if unsafe PQconsumeInput(handle) == 0 { break }
            }
            guard let result = unsafe PQgetResult(handle) else { return unsafe last }
            unsafe PQclear(last)
            unsafe last = result
        }
    }

    /// Runs statements without values; the first row of the last is what is wanted. As text.
    private func ask(_ text: String) throws(JournalFault) -> [SQLValue] {
        guard isAlive else { throw fail("the connection to PostgreSQL is lost") }
        let result = try unsafe answer(PQsendQuery(handle, text))
        defer { unsafe PQclear(result) }
        try unsafe check(result)
        guard unsafe PQntuples(result) > 0 else { return [] }
        return (0..<(unsafe PQnfields(result))).map { column in
            guard unsafe PQgetisnull(result, 0, column) == 0 else { return .null }
            let text = unsafe String(cString: PQgetvalue(result, 0, column))
            return unsafe PQftype(result, column) == 20 ? Int64(text).map { .integer($0) } ?? .text(text) : .text(text)
        }
    }

    private func check(_ result: OpaquePointer?) throws(JournalFault) {
        let status = unsafe PQresultStatus(result)
        if status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK { return }
        let message = unsafe String(cString: PQerrorMessage(handle)).oneLine
        let field = unsafe PQresultErrorField(result, 67)
        let code = unsafe field.map { unsafe " \(String(cString: $0))" } ?? ""
        throw fail("PostgreSQL\(code): \(message)")
    }

    private func name(of text: String) throws(JournalFault) -> String {
        if let name = prepared[text] { return name }
        if prepared.count >= Self.mostPrepared {
            try command("DEALLOCATE ALL")
            prepared = [:]
        }
        let name = "s\(prepared.count + 1)"
        let result = try unsafe answer(PQsendPrepare(handle, name, text, 0, nil))
        defer { unsafe PQclear(result) }
        try unsafe check(result)
        prepared[text] = name
        return name
    }

    /// - Parameter rows: the values of the statement's parameters, in any number of parts.
    private func run<Answer>(
        _ text: String, _ rows: ArraySlice<[SQLValue]>, _ body: (OpaquePointer?) -> Answer
    ) throws(JournalFault) -> Answer {
        guard isAlive else { throw fail("the connection to PostgreSQL is lost") }
        let name = try name(of: text)
        var bytes: [UInt8] = [0]
        var places: [(offset: Int, length: Int, isBinary: Bool)?] = []
        for values in rows {
            for value in values { gather(value, &bytes, &places) }
        }
        let result = try unsafe answer(send(name, bytes, places))
        defer { unsafe PQclear(result) }
        try unsafe check(result)
        return unsafe body(result)
    }

    private func gather(
        _ value: SQLValue, _ bytes: inout [UInt8], _ places: inout [(offset: Int, length: Int, isBinary: Bool)?]
    ) {
        let offset = bytes.count
        switch value {
        case .null: return places.append(nil)
        case .integer(let number):
            bytes.append(contentsOf: String(number).utf8)
            bytes.append(0)
            places.append((offset, bytes.count - offset - 1, false))
        case .double(let number):
            bytes.append(contentsOf: "\(number)".utf8)
            bytes.append(0)
            places.append((offset, bytes.count - offset - 1, false))
        case .text(let text):
            // The server takes no zero byte in a text. What names and texts hold of it reads as its picture (U+2400), when
            // it is written as when it is looked for; bodies are JSON, which has an escape for it.
            if text.utf8.contains(0) {
                bytes.append(contentsOf: text.replacing("\0", with: "\u{2400}").utf8)
            } else {
                bytes.append(contentsOf: text.utf8)
            }
            places.append((offset, bytes.count - offset, true))
        case .utf8(let text), .blob(let text):
            bytes.append(contentsOf: text)
            places.append((offset, bytes.count - offset, true))
        }
    }

    private func send(
        _ name: String, _ bytes: [UInt8], _ places: [(offset: Int, length: Int, isBinary: Bool)?]
    ) -> Int32 {
        unsafe bytes.withUnsafeBytes { bytes in
            let start = unsafe bytes.bindMemory(to: CChar.self).baseAddress
            let values: [UnsafePointer<CChar>?] = unsafe places.map { place in
                guard let place, let start = unsafe start else { return nil }
                return unsafe start + place.offset
            }
            let lengths = places.map { Int32(clamping: $0?.length ?? 0) }
            let formats: [Int32] = places.map { $0?.isBinary == true ? 1 : 0 }
            return unsafe PQsendQueryPrepared(handle, name, Int32(places.count), values, lengths, formats, 1)
        }
    }

    /// How many rows a statement changed.
    private func change(_ text: String, _ rows: ArraySlice<[SQLValue]>) throws(JournalFault) -> Int {
        try unsafe run(text, rows) { result in unsafe Int(String(cString: PQcmdTuples(result))) ?? 0 }
    }
}

extension PostgreSQLConnection: SQLConnection {
    func execute(_ statement: SQL) throws -> Int {
        try insertGathered()
        knownOrders = nil
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

    func query(_ statement: SQL) throws -> [[SQLValue]] {
        let isOrders = isInTransaction && statement.text == SQL.standing.text
        if isOrders, let knownOrders { return knownOrders }
        try insertGathered()
        let rows = try unsafe run(statement.text, [statement.bindings]) { result in
            let columns = unsafe PQnfields(result)
            return (0..<(unsafe PQntuples(result))).map { row in
                (0..<columns).map { column in unsafe SQLValue(result, row, column) }
            }
        }
        if isOrders { knownOrders = rows }
        return rows
    }
}

extension PostgreSQLConnection: TransactionConnection {
    func begin(presumes: Bool) throws(JournalFault) {
        rollback()
        try connect()
        failure = nil
        presumedWrongly = false
        self.presumes = presumes
        guard let writer else { throw fail("this connection only reads") }
        transaction += 1
        do throws(JournalFault) {
            // The lock first: whoever takes other locks before it could wait for somebody who waits for them.
            try command(
                "BEGIN; \(Self.lock); UPDATE writers SET token = \(transaction), at = now() WHERE id = '\(writer)'")
        } catch {
            disconnect()
            throw error
        }
        isInTransaction = true
    }

    /// Commits. Where the connection is lost on the way, the server is asked what became of the transaction.
    func commit() throws(JournalFault) {
        do throws(JournalFault) {
            try command("COMMIT")
            isInTransaction = false
            knownOrders = nil
        } catch {
            guard !isAlive else { throw error }
            disconnect()
            guard try isNewestCommitted() else { throw error }
            failure = nil
        }
    }

    /// Whether this writer's newest transaction was committed.
    ///
    /// - Throws: when nobody can say now.
    func isNewestCommitted() throws(JournalFault) -> Bool {
        try connect()
        let row = try ask("SELECT token FROM writers WHERE id = '\(writer ?? "")' FOR UPDATE")
        guard let token = row.first?.int else { throw fail("what became of a transaction cannot be known") }
        return token == transaction
    }

    func rollback() {
        gathered.removeAll(keepingCapacity: true)
        knownOrders = nil
        guard isInTransaction else { return }
        isInTransaction = false
        if isAlive { try? command("ROLLBACK") }
    }

    /// Begins a transaction that sees one state of the database.
    func beginReading() throws(JournalFault) {
        failure = nil
        try command("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        isInTransaction = true
    }

    /// Runs a body that only reads, in one state of the database. It is run once more where the connection turns out to be
    /// lost.
    func read<Result>(_ body: (any SQLConnection) throws -> Result) throws -> Result {
        for isLast in [false, true] {
            do {
                try connect()
                try beginReading()
                // Nothing was written: how the transaction ends does not matter.
                defer { rollback() }
                return try body(self)
            } catch {
                guard !isLast, !isAlive else { throw error }
            }
        }
        throw fail("PostgreSQL cannot be read")
    }
}

extension SQLValue {
    /// A value in the server's binary form.
    fileprivate init(_ result: OpaquePointer?, _ row: Int32, _ column: Int32) {
        guard unsafe PQgetisnull(result, row, column) == 0, let start = unsafe PQgetvalue(result, row, column) else {
            self = .null
            return
        }
        let count = unsafe Int(PQgetlength(result, row, column))
        let bytes = unsafe UnsafeRawBufferPointer(start: start, count: count)
        switch unsafe PQftype(result, column) {
        // int8, int4, int2, bool: big-endian.
        case 20, 23, 21, 16:
            let first = count > 0 ? unsafe bytes[0] : 0
            var number: Int64 = first & 0x80 != 0 && count > 1 ? -1 : 0
            for index in 0..<count { number = number << 8 | Int64(unsafe bytes[index]) }
            self = .integer(number)
        // bytea
        case 17: self = .blob(unsafe Array(bytes))
        // float8
        case 701:
            var pattern: UInt64 = 0
            for index in 0..<count { pattern = pattern << 8 | UInt64(unsafe bytes[index]) }
            self = .double(Double(bitPattern: pattern))
        default: self = .text(unsafe String(decoding: bytes, as: UTF8.self))
        }
    }
}

extension String {
    /// Without line ends.
    fileprivate var oneLine: String {
        split(whereSeparator: \.isNewline).joined(separator: " ")
    }
}

// MARK: Being there

extension PostgreSQLConnection {
    /// Takes the lock of a process for as long as the connection lives, and listens.
    func join(_ process: Int) throws(JournalFault) {
        try connect()
        guard try ask("SELECT pg_try_advisory_lock(7814203, \(process))::text").first?.text == "true" else {
            throw fail("another process holds this one's place")
        }
        try command("LISTEN sallyport")
    }

    /// What was said until now, or within a time.
    func wait(milliseconds: Int32) throws(JournalFault) -> [String] {
        var said = heard()
        if said.isEmpty {
            var descriptor = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
            guard unsafe poll(&descriptor, 1, milliseconds) >= 0 || errno == EINTR else {
                throw fail("the connection cannot be waited for")
            }
            guard unsafe PQconsumeInput(handle) == 1, isAlive else {
                disconnect()
                throw fail("the connection that listens is lost")
            }
            said = heard()
        }
        return said
    }

    private func heard() -> [String] {
        var said: [String] = []
        while let notice = unsafe PQnotifies(handle) {
            said.append(unsafe String(cString: notice.pointee.extra))
            unsafe PQfreemem(notice)
        }
        return said
    }
}
