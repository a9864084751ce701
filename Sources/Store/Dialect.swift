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
    /// Tells other processes something once the transaction is committed; nil where there are none.
    package var tell: (@Sendable (String) -> SQL)?
    /// The names of all tables, indexes and triggers.
    package var objectNames: SQL
    /// Makes the table `entries` refuse changes and removals, by triggers named `entries_keep_…`, and number what is
    /// inserted without a position.
    package var guardEntries: [SQL]
    /// Makes the table `entries` let go of what a pruning names that is under way, and nothing else; and the log's tables
    /// take additions only.
    package var guardLog: [SQL]
}

extension Dialect {
    /// SQLite 3.40 and later. Its integer primary keys number themselves, one more than the largest.
    package static let sqlite = Dialect(
        integer: "INTEGER", bytes: "BLOB", tableOptions: "STRICT", keyedTableOptions: "STRICT, WITHOUT ROWID",
        tell: nil, objectNames: "SELECT name FROM sqlite_schema",
        guardEntries: [
            """
            CREATE TRIGGER entries_keep_from_update BEFORE UPDATE ON entries
            BEGIN SELECT RAISE(ABORT, 'entries are never changed'); END
            """,
            """
            CREATE TRIGGER entries_keep_from_delete BEFORE DELETE ON entries
            BEGIN SELECT RAISE(ABORT, 'entries are never removed'); END
            """,
        ],
        guardLog: [
            "DROP TRIGGER entries_keep_from_delete",
            """
            CREATE TRIGGER entries_keep_from_delete BEFORE DELETE ON entries
            WHEN NOT EXISTS (SELECT 1 FROM prunings
              WHERE is_open = 1 AND OLD.position BETWEEN first_position AND last_position)
            BEGIN SELECT RAISE(ABORT, 'entries are never removed'); END
            """,
            """
            CREATE TRIGGER tiles_keep_from_update BEFORE UPDATE ON tiles
            WHEN NEW.level <> OLD.level OR NEW.number <> OLD.number
              OR substr(NEW.hashes, 1, length(OLD.hashes)) <> OLD.hashes
            BEGIN SELECT RAISE(ABORT, 'hashes are only added'); END
            """,
            """
            CREATE TRIGGER tiles_keep_from_delete BEFORE DELETE ON tiles
            BEGIN SELECT RAISE(ABORT, 'hashes are never removed'); END
            """,
            """
            CREATE TRIGGER checkpoints_keep_from_update BEFORE UPDATE ON checkpoints
            BEGIN SELECT RAISE(ABORT, 'checkpoints are never changed'); END
            """,
            """
            CREATE TRIGGER checkpoints_keep_from_delete BEFORE DELETE ON checkpoints
            BEGIN SELECT RAISE(ABORT, 'checkpoints are never removed'); END
            """,
        ])

    /// PostgreSQL 15 and later.
    package static let postgreSQL = Dialect(
        integer: "BIGINT", bytes: "BYTEA", tableOptions: "", keyedTableOptions: "",
        tell: { "SELECT pg_notify('sallyport', \($0))" },
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
        ],
        guardLog: [
            "DROP TRIGGER entries_keep_from_delete ON entries",
            """
            CREATE FUNCTION entries_prune() RETURNS trigger LANGUAGE plpgsql AS
            'BEGIN
              IF EXISTS (SELECT 1 FROM prunings
                WHERE is_open = 1 AND OLD.position BETWEEN first_position AND last_position)
              THEN RETURN OLD; END IF;
              RAISE EXCEPTION ''entries are never removed'';
            END'
            """,
            """
            CREATE TRIGGER entries_keep_from_delete BEFORE DELETE ON entries
            FOR EACH ROW EXECUTE FUNCTION entries_prune()
            """,
            """
            CREATE FUNCTION tiles_keep() RETURNS trigger LANGUAGE plpgsql AS
            'BEGIN
              IF NEW.level <> OLD.level OR NEW.number <> OLD.number
                OR substr(NEW.hashes, 1, length(OLD.hashes)) <> OLD.hashes
              THEN RAISE EXCEPTION ''hashes are only added''; END IF;
              RETURN NEW;
            END'
            """,
            """
            CREATE TRIGGER tiles_keep_from_update BEFORE UPDATE ON tiles
            FOR EACH ROW EXECUTE FUNCTION tiles_keep()
            """,
            """
            CREATE TRIGGER tiles_keep_from_delete BEFORE DELETE OR TRUNCATE ON tiles
            FOR EACH STATEMENT EXECUTE FUNCTION entries_keep()
            """,
            """
            CREATE TRIGGER checkpoints_keep_from_update BEFORE UPDATE OR TRUNCATE ON checkpoints
            FOR EACH STATEMENT EXECUTE FUNCTION entries_keep()
            """,
            """
            CREATE TRIGGER checkpoints_keep_from_delete BEFORE DELETE ON checkpoints
            FOR EACH STATEMENT EXECUTE FUNCTION entries_keep()
            """,
        ])
}
