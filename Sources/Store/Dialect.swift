/// Where the engines differ.
package struct Dialect: Sendable {
    /// The type of 64-bit integers.
    package var integer: SQL
    /// The type of bytes.
    package var bytes: SQL
    /// What follows a table's columns.
    package var tableOptions: SQL
    /// What follows the columns of a table that is looked up by a text key.
    package var keyedTableOptions: SQL
    /// Makes transactions that add to the journal follow one another until their commit; nil where only one
    /// transaction writes at a time anyway.
    package var journalLock: SQL?
    /// The names of all tables, indexes and triggers.
    package var objectNames: SQL
    /// Makes the table `entries` refuse changes and removals, by triggers named `entries_keep_…`, and number what is
    /// inserted without a position.
    package var guardEntries: [SQL]
}

extension Dialect {
    /// SQLite 3.40 and later. Its integer primary keys number themselves, one more than the largest.
    package static let sqlite = Dialect(
        integer: "INTEGER", bytes: "BLOB", tableOptions: "STRICT", keyedTableOptions: "STRICT, WITHOUT ROWID",
        journalLock: nil, objectNames: "SELECT name FROM sqlite_schema",
        guardEntries: [
            """
            CREATE TRIGGER entries_keep_from_update BEFORE UPDATE ON entries
            BEGIN SELECT RAISE(ABORT, 'entries are never changed'); END
            """,
            """
            CREATE TRIGGER entries_keep_from_delete BEFORE DELETE ON entries
            BEGIN SELECT RAISE(ABORT, 'entries are never removed'); END
            """,
        ])

    /// PostgreSQL 15 and later.
    package static let postgreSQL = Dialect(
        integer: "BIGINT", bytes: "BYTEA", tableOptions: "", keyedTableOptions: "",
        journalLock: "SELECT pg_advisory_xact_lock(7814203516)",
        objectNames: """
            SELECT relname::text FROM pg_class WHERE relnamespace = current_schema()::regnamespace
            UNION ALL SELECT tgname::text FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
            WHERE relnamespace = current_schema()::regnamespace AND NOT tgisinternal AND tgenabled <> 'D'
            """,
        guardEntries: [
            """
            CREATE FUNCTION entries_keep() RETURNS trigger LANGUAGE plpgsql AS
            'BEGIN RAISE EXCEPTION ''entries are never changed or removed''; END'
            """,
            """
            CREATE FUNCTION entries_number() RETURNS trigger LANGUAGE plpgsql AS
            'BEGIN NEW.position := (SELECT COALESCE(MAX(position), 0) + 1 FROM entries); RETURN NEW; END'
            """,
            """
            CREATE TRIGGER entries_number BEFORE INSERT ON entries
            FOR EACH ROW WHEN (NEW.position IS NULL) EXECUTE FUNCTION entries_number()
            """,
            """
            CREATE TRIGGER entries_keep_from_update BEFORE UPDATE OR TRUNCATE ON entries
            FOR EACH STATEMENT EXECUTE FUNCTION entries_keep()
            """,
            """
            CREATE TRIGGER entries_keep_from_delete BEFORE DELETE ON entries
            FOR EACH STATEMENT EXECUTE FUNCTION entries_keep()
            """,
        ])
}
