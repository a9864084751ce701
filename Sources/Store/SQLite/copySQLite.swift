package import Engine
import GRDB

/// Copies a database file as it is at one moment, also while somebody writes to it (SQLite's online backup), into a new file
/// that its owner alone may read.
///
/// - Throws: ``JournalFault``.
package func copySQLite(_ path: String, to target: String) throws(JournalFault) {
    try prepareDatabaseFile(target)
    let source = try openSQLite(path, isReader: true)
    let copy = try openSQLite(target, isReader: false)
    do {
        // In one step, so that it is one state: whoever writes is not held up by a reader.
        try source.backup(to: copy)
        try copy.close()
        try source.close()
    } catch {
        throw JournalFault(.unavailable, "the database cannot be copied: \(error)")
    }
}
