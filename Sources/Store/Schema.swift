import Core
import Engine

/// The tables, and the way there from every earlier version.
///
/// A migration that was released is never edited: what has been applied is compared with what is written here.
package enum Schema {

    /// The migrations in their order; the first leads to version 1.
    static func migrations(_ dialect: Dialect) -> [[SQL]] {
        [version1(dialect)]
    }

    /// What has to be there for the journal to keep its promises.
    static let objects: Set<String> = [
        "entries", "entries_call", "calls", "calls_unfinished", "calls_digest", "calls_open_proposal", "calls_key",
        "kept", "entries_keep_from_update", "entries_keep_from_delete",
    ]

    /// Phases that something follows without being asked. A query that has this word for word can use the index.
    static let isUnfinished: SQL = "(phase = 'admitted' OR phase = 'proposed' OR phase = 'approved')"

    static let isOpenProposal: SQL = "(phase = 'proposed' OR phase = 'approved')"

    /// Entries are the truth. Calls are a projection that the same transaction maintains:
    ///
    /// - `digest` and `proposal` (the position of the entry that proposed it) only for calls that were proposed;
    /// - conditions are chains of OR: for each IN of three and more SQLite builds a table, at every change of a row;
    /// - `repeat_key` is a hash of the idempotency key with whose it is.
    private static func version1(_ dialect: Dialect) -> [SQL] {
        [
            """
            CREATE TABLE entries (
              position \(dialect.integer) PRIMARY KEY CHECK (position > 0),
              at \(dialect.integer) NOT NULL,
              call TEXT,
              actor TEXT,
              body TEXT NOT NULL,
              CHECK ((call IS NULL) <> (actor IS NULL))
            ) \(dialect.tableOptions)
            """,
            "CREATE INDEX entries_call ON entries (call) WHERE call IS NOT NULL",
            """
            CREATE TABLE calls (
              id TEXT NOT NULL PRIMARY KEY,
              version \(dialect.integer) NOT NULL CHECK (version > 0),
              phase TEXT NOT NULL CHECK (phase = 'admitted' OR phase = 'settled' OR phase = 'decided'
                OR phase = 'proposed' OR phase = 'approved' OR phase = 'rejected' OR phase = 'expired'
                OR phase = 'withdrawn' OR phase = 'opened'),
              opened_at \(dialect.integer) NOT NULL,
              updated_at \(dialect.integer) NOT NULL,
              user_id TEXT NOT NULL,
              agent TEXT NOT NULL,
              tenant TEXT,
              tool TEXT NOT NULL,
              digest TEXT,
              proposal \(dialect.integer),
              expires_at \(dialect.integer),
              repeat_key TEXT,
              CHECK ((digest IS NULL) = (proposal IS NULL)),
              CHECK (digest IS NOT NULL OR phase = 'admitted' OR phase = 'settled' OR phase = 'decided'
                OR phase = 'opened')
            ) \(dialect.keyedTableOptions)
            """,
            "CREATE INDEX calls_unfinished ON calls (phase, id) WHERE \(isUnfinished)",
            "CREATE INDEX calls_digest ON calls (digest, proposal) WHERE digest IS NOT NULL",
            "CREATE UNIQUE INDEX calls_open_proposal ON calls (digest) WHERE \(isOpenProposal)",
            "CREATE UNIQUE INDEX calls_key ON calls (repeat_key) WHERE repeat_key IS NOT NULL",
            """
            CREATE TABLE kept (
              call TEXT NOT NULL PRIMARY KEY,
              sealed \(dialect.bytes) NOT NULL,
              until_at \(dialect.integer) NOT NULL
            ) \(dialect.tableOptions)
            """,
            "CREATE INDEX kept_until ON kept (until_at)",
        ] + dialect.guardEntries
    }
}

extension Schema {
    /// Brings the database to this version.
    ///
    /// - Throws: ``JournalFault`` `.unreadable` for a database of a later version, of another history, or with
    ///   something missing that the journal relies on; `.unavailable` when it cannot be written.
    package static func migrate(_ database: any Database) async throws {
        let migrations = migrations(database.dialect)
        let integer = database.dialect.integer
        let options = database.dialect.tableOptions
        try await database.write { connection in
            try connection.execute(
                """
                CREATE TABLE IF NOT EXISTS schema_version (
                  version \(integer) PRIMARY KEY CHECK (version > 0), digest TEXT NOT NULL
                ) \(options)
                """)
        }
        for (index, migration) in migrations.enumerated() {
            let digest = digest(of: migration)
            try await database.write { connection in
                let known = try connection.query("SELECT digest FROM schema_version WHERE version = \(index + 1)")
                if let known = known.first?.first?.text {
                    guard known == digest else {
                        throw JournalFault(.unreadable, "version \(index + 1) of the schema is another one")
                    }
                    return
                }
                for statement in migration { try connection.execute(statement) }
                try connection.execute("INSERT INTO schema_version (version, digest) VALUES (\(index + 1), \(digest))")
            }
        }
        let objectNames = database.dialect.objectNames
        try await database.read { connection in
            let latest = try connection.query("SELECT MAX(version) FROM schema_version").first?.first?.int ?? 0
            guard latest == migrations.count else {
                throw JournalFault(
                    .unreadable, "the schema has version \(latest), this program knows \(migrations.count)")
            }
            let missing = objects.subtracting(try connection.query(objectNames).compactMap(\.first?.text))
            guard missing.isEmpty else {
                throw JournalFault(.unreadable, "the schema lacks \(missing.sorted().joined(separator: ", "))")
            }
        }
    }

    private static func digest(of migration: [SQL]) -> String {
        Digest(of: Array(migration.map(\.text).joined(separator: ";\n").utf8)).hex
    }
}
