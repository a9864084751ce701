import Engine

/// What a backup holds beside the journal: files by name, in a table of the copied database.
package enum BackupParts {
    /// No part is larger.
    private static let maxBytes = 1 << 20

    package static func write(_ parts: [(name: String, content: [UInt8])], to database: any Database) async throws {
        try await database.write { connection in
            try connection.execute(
                "CREATE TABLE backup (name TEXT NOT NULL PRIMARY KEY, content BLOB NOT NULL) STRICT, WITHOUT ROWID")
            for part in parts {
                try connection.execute("INSERT INTO backup (name, content) VALUES (\(part.name), \(part.content))")
            }
        }
    }

    /// The parts of a copy.
    ///
    /// - Throws: ``JournalFault`` `.unreadable` where the file is no backup or SQLite finds it damaged.
    package static func read(_ database: any Database) async throws -> [String: [UInt8]] {
        let parts = try await database.read { connection in
            let flaws = try connection.query("PRAGMA integrity_check(1)").first?.first?.text
            guard flaws == "ok" else {
                throw JournalFault(.unreadable, "the file is damaged: \(flaws ?? "nothing can be read")")
            }
            guard
                try !connection.query("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'backup'").isEmpty
            else { throw JournalFault(.unreadable, "the file is no backup") }
            return try connection.query(
                "SELECT name, content FROM backup WHERE length(content) <= \(maxBytes) LIMIT 100")
        }
        var known: [String: [UInt8]] = [:]
        for row in parts {
            guard let name = row.first?.text, case .blob(let content)? = row.last else { continue }
            known[name] = content
        }
        return known
    }

    /// Takes the parts out of a copy. Nothing of them stays in the file: there may be keys among them.
    package static func remove(from database: any Database) async throws {
        try await database.write { connection in
            // What pages held is overwritten, whatever is the custom of this build of SQLite.
            try connection.execute("PRAGMA secure_delete = ON")
            try connection.execute("DROP TABLE backup")
        }
    }
}
