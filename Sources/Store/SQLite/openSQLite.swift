import Engine
import GRDB
import GRDBSQLite
import Glibc

/// No text and no blob is longer.
let maxValueBytes = 64 << 20

/// Opens a connection and makes sure that it keeps to what durability needs.
///
/// - Throws: ``JournalFault`` when the pragmas read back are other ones.
func openSQLite(_ path: String, isReader: Bool) throws(JournalFault) -> DatabaseQueue {
    var configuration = Configuration()
    configuration.readonly = isReader
    configuration.busyMode = .timeout(2)
    // Otherwise GRDB traps where a rollback fails; here the next transaction begins with another one.
    configuration.allowsUnsafeTransactions = true
    configuration.label = isReader ? "sallyport.store.read" : "sallyport.store.write"
    configuration.prepareDatabase { database in
        unsafe sqlite3_limit(database.sqliteConnection, SQLITE_LIMIT_LENGTH, Int32(maxValueBytes))
        try database.execute(
            sql: """
                PRAGMA trusted_schema = OFF;
                PRAGMA cell_size_check = ON;
                PRAGMA recursive_triggers = ON;
                """)
        if !isReader {
            try database.execute(
                sql: """
                    PRAGMA journal_mode = WAL;
                    PRAGMA synchronous = FULL;
                    PRAGMA wal_autocheckpoint = 0;
                    PRAGMA cache_size = -16384;
                    PRAGMA journal_size_limit = 67108864;
                    """)
        }
    }
    do {
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        // REPLACE removes rows without asking the triggers unless they are recursive.
        var expected = ["journal_mode": "wal", "foreign_keys": "1", "trusted_schema": "0", "recursive_triggers": "1"]
        if !isReader { expected["synchronous"] = "2" }
        try queue.inDatabase { database in
            for (pragma, value) in expected {
                let found = try String.fetchOne(database, sql: "PRAGMA \(pragma)")
                guard found == value else {
                    throw JournalFault(.unavailable, "SQLite has \(pragma) \(found ?? "unknown"), not \(value)")
                }
            }
        }
        return queue
    } catch let fault as JournalFault {
        throw fault
    } catch {
        throw JournalFault(.unavailable, "SQLite cannot open the database: \(error)")
    }
}

/// Makes the file if there is none, readable by its owner only; SQLite gives its companions the same mode.
func prepareDatabaseFile(_ path: String) throws(JournalFault) {
    let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .system("the database file cannot be opened") }
    // SQLite's own locks are the process's (POSIX fcntl), and closing any descriptor of the file gives them up: this
    // one is closed before SQLite opens it.
    defer { close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
        throw .system("the database is not a regular file")
    }
    if status.st_mode & 0o077 != 0 || status.st_mode & 0o600 != 0o600 {
        guard fchmod(descriptor, 0o600) == 0 else { throw .system("others may read the database file") }
    }
}

/// Makes the names of the database's files durable.
func synchroniseDirectory(of path: String) throws(JournalFault) {
    let directory = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
    let descriptor = unsafe open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system("the database's directory cannot be opened") }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw .system("the database's directory cannot be synchronised") }
}

extension JournalFault {
    /// With the reason that the last system call gave.
    fileprivate static func system(_ what: String) -> JournalFault {
        JournalFault(.unavailable, "\(what): \(unsafe String(cString: strerror(errno)))")
    }
}
