import Core
import Engine

/// The tables, and the way there from every earlier version.
///
/// A migration that was released is never edited: what has been applied is compared with what is written here.
package enum Schema {

    /// The migrations in their order; the first leads to version 1.
    static func migrations(_ dialect: Dialect) -> [[SQL]] {
        [version1(dialect), version2, version3(dialect), version4(dialect), version5(dialect)]
    }

    /// What has to be there for the journal to keep its promises.
    static let objects: Set<String> = [
        "entries", "entries_call", "entries_digest", "entries_key", "entries_act", "unfinished", "unfinished_proposal",
        "running",
        "kept", "spent", "spent_until", "entries_keep_from_update", "entries_keep_from_delete",
        "tiles", "tiles_keep_from_update", "tiles_keep_from_delete", "checkpoints", "checkpoints_keep_from_update",
        "checkpoints_keep_from_delete", "cosignatures", "prunings", "entries_admitted_by", "control", "processes",
        "deliveries", "conversations",
    ]

    /// Entries are the truth; `unfinished` is a projection that the same transaction maintains, and stays small.
    ///
    /// - `call` and `previous` (the call's version before the entry) together stand once, so that no version of a call
    ///   has two successors. An act has no `previous`; its `call` is the one it speaks of, where there is one.
    /// - Who called what (`actor`, `agent`, `tool`) stands in a call's first entry, and in the entry of an act.
    /// - `digest` stands in the entry that proposes a call, and behind `unknown:` in one that says that nobody knows what it did.
    /// - `repeat_key` is a hash of the idempotency key with whose it is.
    /// - A call is unfinished while it has not been admitted and something can follow its last entry. While it waits for a
    ///   human, or for its run after a yes, its row has the digest, the principal who proposed it and the moment it
    ///   expires; two open proposals never have one digest.
    /// - No call that was admitted before the position in `running` is without an outcome (``RunningCalls``).
    private static func version1(_ dialect: Dialect) -> [SQL] {
        [
            """
            CREATE TABLE entries (
              position \(dialect.integer) PRIMARY KEY CHECK (position > 0),
              at \(dialect.integer) NOT NULL,
              call TEXT,
              previous \(dialect.integer) CHECK (previous >= 0),
              phase TEXT,
              actor TEXT,
              agent TEXT,
              tool TEXT,
              digest TEXT,
              repeat_key TEXT,
              body TEXT NOT NULL,
              CHECK ((previous IS NULL) = (phase IS NULL)),
              CHECK (previous IS NULL OR call IS NOT NULL),
              CHECK ((actor IS NOT NULL) = (previous IS NULL OR previous = 0))
            ) \(dialect.tableOptions)
            """,
            "CREATE UNIQUE INDEX entries_call ON entries (call, previous) WHERE call IS NOT NULL",
            "CREATE INDEX entries_digest ON entries (digest, position) WHERE digest IS NOT NULL",
            "CREATE UNIQUE INDEX entries_key ON entries (repeat_key) WHERE repeat_key IS NOT NULL",
            """
            CREATE TABLE unfinished (
              call TEXT NOT NULL PRIMARY KEY,
              version \(dialect.integer) NOT NULL CHECK (version > 0),
              phase TEXT NOT NULL CHECK (phase = 'proposed' OR phase = 'approved' OR phase = 'decided' OR phase = 'opened'),
              proposal TEXT,
              proposer TEXT,
              expires_at \(dialect.integer),
              CHECK ((proposal IS NOT NULL) = (phase = 'proposed' OR phase = 'approved')),
              CHECK ((proposer IS NULL) = (proposal IS NULL)),
              CHECK (proposal IS NOT NULL OR expires_at IS NULL)
            ) \(dialect.keyedTableOptions)
            """,
            "CREATE UNIQUE INDEX unfinished_proposal ON unfinished (proposal) WHERE proposal IS NOT NULL",
            """
            CREATE TABLE running (
              id \(dialect.integer) PRIMARY KEY CHECK (id = 1),
              since \(dialect.integer) NOT NULL CHECK (since > 0)
            ) \(dialect.tableOptions)
            """,
            "INSERT INTO running (id, since) VALUES (1, 1)",
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

    /// Acts are found by what they are: what people said of findings and tools is folded from a few of them among many
    /// calls. Acts of earlier versions keep no kind beside their body, since entries are never changed.
    private static let version2: [SQL] = [
        "ALTER TABLE entries ADD COLUMN act TEXT CHECK (act IS NULL OR previous IS NULL)",
        "CREATE INDEX entries_act ON entries (act, position) WHERE act IS NOT NULL",
    ]

    /// What was taken of budgets: changed in the transaction that admits a call, so that nothing is admitted unpaid.
    private static func version3(_ dialect: Dialect) -> [SQL] {
        [
            """
            CREATE TABLE spent (
              budget TEXT NOT NULL PRIMARY KEY,
              used \(dialect.integer) NOT NULL CHECK (used >= 0),
              until_at \(dialect.integer) NOT NULL
            ) \(dialect.keyedTableOptions)
            """,
            "CREATE INDEX spent_until ON spent (until_at)",
        ]
    }

    /// The log over the journal, and what it takes to take entries out of the journal without breaking the log.
    ///
    /// - `process` stands in the entry that admits a call where several processes share the database.
    /// - A tile's hashes are only added to; a checkpoint is never changed, and what witnesses say of it stands beside it.
    /// - `generation` counts orders that every process has to know before it admits another call; `processes` those that
    ///   there ever were. Of a process that is there, no call admitted before `since` is without an outcome.
    /// - A pruning is under way while `is_open` is 1, which is within one transaction.
    private static func version4(_ dialect: Dialect) -> [SQL] {
        [
            "ALTER TABLE entries ADD COLUMN process \(dialect.integer) CHECK (process IS NULL OR phase = 'admitted')",
            """
            CREATE INDEX entries_admitted_by ON entries (process, position) WHERE process IS NOT NULL
            """,
            """
            CREATE TABLE tiles (
              level \(dialect.integer) NOT NULL CHECK (level >= 0),
              number \(dialect.integer) NOT NULL CHECK (number >= 0),
              hashes \(dialect.bytes) NOT NULL,
              PRIMARY KEY (level, number)
            ) \(dialect.tableOptions)
            """,
            """
            CREATE TABLE checkpoints (
              size \(dialect.integer) PRIMARY KEY CHECK (size > 0),
              at \(dialect.integer) NOT NULL,
              note TEXT NOT NULL
            ) \(dialect.tableOptions)
            """,
            """
            CREATE TABLE cosignatures (
              size \(dialect.integer) NOT NULL,
              witness TEXT NOT NULL,
              at \(dialect.integer) NOT NULL,
              line TEXT NOT NULL,
              PRIMARY KEY (size, witness)
            ) \(dialect.tableOptions)
            """,
            """
            CREATE TABLE prunings (
              first_position \(dialect.integer) NOT NULL,
              last_position \(dialect.integer) NOT NULL,
              class TEXT NOT NULL,
              at \(dialect.integer) NOT NULL,
              is_open \(dialect.integer) NOT NULL,
              PRIMARY KEY (first_position, class)
            ) \(dialect.tableOptions)
            """,
            """
            CREATE TABLE control (
              id \(dialect.integer) PRIMARY KEY CHECK (id = 1),
              generation \(dialect.integer) NOT NULL,
              processes \(dialect.integer) NOT NULL
            ) \(dialect.tableOptions)
            """,
            "INSERT INTO control (id, generation, processes) VALUES (1, 1, 0)",
            """
            CREATE TABLE processes (
              id \(dialect.integer) PRIMARY KEY,
              since \(dialect.integer) NOT NULL
            ) \(dialect.tableOptions)
            """,
        ] + dialect.guardLog
    }

    /// How far streams of the journal were taken by those who get them. One process holds a stream, until a moment.
    /// When conversations began, where several processes hear of them.
    private static func version5(_ dialect: Dialect) -> [SQL] {
        [
            """
            CREATE TABLE deliveries (
              stream TEXT NOT NULL PRIMARY KEY,
              position \(dialect.integer) NOT NULL CHECK (position >= 0),
              holder \(dialect.integer) NOT NULL,
              until_at \(dialect.integer) NOT NULL
            ) \(dialect.keyedTableOptions)
            """,
            """
            CREATE TABLE conversations (
              identity TEXT NOT NULL PRIMARY KEY,
              start_at \(dialect.integer) NOT NULL,
              latest_at \(dialect.integer) NOT NULL
            ) \(dialect.keyedTableOptions)
            """,
        ]
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
