import Core
import Engine
package import Store

/// The statements of the vault, the same for both databases but for the names of types.
package enum VaultTables {
    /// Makes the tables where they are missing.
    package static func migrate(_ connection: any SQLConnection, dialect: Dialect) throws {
        try connection.execute(
            """
            CREATE TABLE IF NOT EXISTS vault_secrets (
                slot TEXT NOT NULL PRIMARY KEY,
                name TEXT NOT NULL,
                owner_kind TEXT NOT NULL CHECK (owner_kind IN ('user', 'source')),
                owner_issuer TEXT,
                owner_user TEXT,
                owner_tenant TEXT,
                version \(dialect.integer) NOT NULL CHECK (version > 0),
                created \(dialect.integer) NOT NULL,
                updated \(dialect.integer) NOT NULL,
                last_used \(dialect.integer),
                key_id TEXT NOT NULL,
                wrapped \(dialect.bytes) NOT NULL,
                body \(dialect.bytes) NOT NULL,
                CHECK ((owner_kind = 'user') = (owner_user IS NOT NULL)),
                CHECK ((owner_kind = 'user') = (owner_issuer IS NOT NULL)),
                CHECK (owner_kind = 'user' OR owner_tenant IS NULL)
            ) \(dialect.tableOptions)
            """)
        try connection.execute(
            """
            CREATE TABLE IF NOT EXISTS vault_index (
                id \(dialect.integer) NOT NULL PRIMARY KEY CHECK (id = 1),
                generation \(dialect.integer) NOT NULL CHECK (generation > 0),
                wraps \(dialect.integer) NOT NULL,
                key_id TEXT NOT NULL,
                code \(dialect.bytes) NOT NULL
            ) \(dialect.tableOptions)
            """)
        try connection.execute(
            """
            CREATE TABLE IF NOT EXISTS vault_marks (
                digest TEXT NOT NULL PRIMARY KEY,
                length \(dialect.integer) NOT NULL,
                head \(dialect.integer) NOT NULL
            ) \(dialect.tableOptions)
            """)
    }

    /// The tables with their columns, to be copied.
    package static let copied: [(table: StaticString, columns: [StaticString])] = [
        (
            "vault_secrets",
            [
                "slot", "name", "owner_kind", "owner_issuer", "owner_user", "owner_tenant", "version", "created",
                "updated",
                "last_used", "key_id", "wrapped", "body",
            ]
        ),
        ("vault_index", ["id", "generation", "wraps", "key_id", "code"]),
        ("vault_marks", ["digest", "length", "head"]),
    ]

    static func add(_ marks: [KnownSecrets.Mark], _ connection: any SQLConnection) throws {
        for mark in marks {
            try connection.execute(
                """
                INSERT INTO vault_marks (digest, length, head) VALUES (\(mark.digest.hex), \(mark.length), \(Int(mark.head)))
                ON CONFLICT (digest) DO NOTHING
                """)
        }
    }

    /// The marks of all values that there ever were.
    static func marks(_ connection: any SQLConnection) throws -> [KnownSecrets.Mark] {
        try connection.query("SELECT digest, length, head FROM vault_marks").map { row in
            guard row.count == 3, let digest = row[0].text.flatMap({ Digest(hex: $0) }), let length = row[1].int,
                let head = row[2].int.flatMap({ UInt32(exactly: $0) })
            else { throw VaultFault(.cannotOpen, "a mark is not readable") }
            return KnownSecrets.Mark(digest: digest, length: length, head: head)
        }
    }

    /// The index row: generation, wraps, key id, code.
    struct IndexRow: Sendable, Hashable {
        var generation: Int
        var wraps: Int
        var keyID: String
        var code: [UInt8]
    }

    static func indexRow(_ connection: any SQLConnection) throws -> IndexRow? {
        guard
            let row = try connection.query("SELECT generation, wraps, key_id, code FROM vault_index WHERE id = 1").first
        else { return nil }
        guard
            row.count == 4, let generation = row[0].int, let wraps = row[1].int, let keyID = row[2].text,
            let code = row[3].blob
        else { throw VaultFault(.cannotOpen, "the index is not readable") }
        return IndexRow(generation: generation, wraps: wraps, keyID: keyID, code: code)
    }

    /// Replaces the index if it still is the one of a generation.
    ///
    /// - Returns: false when another change came first.
    static func replaceIndex(
        _ row: IndexRow, of generation: Int, _ connection: any SQLConnection
    ) throws -> Bool {
        if generation == 0 {
            return try connection.execute(
                """
                INSERT INTO vault_index (id, generation, wraps, key_id, code)
                VALUES (1, \(row.generation), \(row.wraps), \(row.keyID), \(row.code))
                ON CONFLICT (id) DO NOTHING
                """) == 1
        }
        return try connection.execute(
            """
            UPDATE vault_index SET generation = \(row.generation), wraps = \(row.wraps),
                key_id = \(row.keyID), code = \(row.code)
            WHERE id = 1 AND generation = \(generation)
            """) == 1
    }

    /// The heads of all rows, by slot.
    static func heads(_ connection: any SQLConnection) throws -> [(slot: String, head: VaultIndex.Head)] {
        let rows = try connection.query("SELECT slot, version, created, updated, key_id, wrapped FROM vault_secrets")
        return try rows.map { row in
            guard
                row.count == 6, let slot = row[0].text, let version = row[1].int, let created = row[2].int,
                let updated = row[3].int, let keyID = row[4].text, let wrapped = row[5].blob
            else { throw VaultFault(.cannotOpen, "a row is not readable") }
            let head = VaultIndex.Head(
                version: version, created: Timestamp(microseconds: Int64(created)),
                updated: Timestamp(microseconds: Int64(updated)), keyID: keyID, wrapped: wrapped)
            return (slot, head)
        }
    }

    private static let columns: SQL = """
        SELECT name, owner_kind, owner_user, owner_tenant, version, created, updated, key_id, wrapped, body, last_used, \
        owner_issuer, slot FROM vault_secrets
        """

    static func row(_ slot: Slot, _ connection: any SQLConnection) throws -> SealedRow? {
        var statement = columns
        statement += " WHERE slot = \(slot.id)"
        guard let values = try connection.query(statement).first else { return nil }
        let row = try sealedRow(values).row
        // A row under a slot that is not its own was moved there.
        guard Slot(name: row.name, owner: row.owner) == slot else {
            throw VaultFault(.cannotOpen, "the row belongs to another secret")
        }
        return row
    }

    /// All rows, ordered by name, with their slots and the moments of last use.
    static func rows(_ connection: any SQLConnection) throws -> [(row: SealedRow, slot: String, used: Timestamp?)] {
        var statement = columns
        statement += " ORDER BY name, slot"
        return try connection.query(statement).map { values in
            let (row, slot, used) = try sealedRow(values)
            guard Slot(name: row.name, owner: row.owner).id == slot else {
                throw VaultFault(.cannotOpen, "a row belongs to another secret")
            }
            return (row, slot, used)
        }
    }

    /// Every row under its slot; nil where it is not readable or under a slot that is not its own.
    static func rowsAsFound(_ connection: any SQLConnection) throws -> [(slot: String, row: SealedRow?)] {
        try connection.query(columns).compactMap { values in
            guard let slot = values.last?.text else { return nil }
            guard let row = try? sealedRow(values).row, Slot(name: row.name, owner: row.owner).id == slot else {
                return (slot, nil)
            }
            return (slot, row)
        }
    }

    private static func sealedRow(
        _ values: [SQLValue]
    ) throws -> (row: SealedRow, slot: String, used: Timestamp?) {
        guard
            values.count == 13, let name = values[0].text,
            let owner = owner(values[1], values[2], values[3], issuer: values[11]),
            let version = values[4].int, let created = values[5].int, let updated = values[6].int,
            let keyID = values[7].text, let wrapped = values[8].blob, let body = values[9].blob,
            let slot = values[12].text
        else { throw VaultFault(.cannotOpen, "a row is not readable") }
        let row = SealedRow(
            name: name, owner: owner, version: version, created: Timestamp(microseconds: Int64(created)),
            updated: Timestamp(microseconds: Int64(updated)), keyID: keyID, wrapped: wrapped, body: body)
        return (row, slot, values[10].int.map { Timestamp(microseconds: Int64($0)) })
    }

    private static func owner(
        _ kind: SQLValue, _ user: SQLValue, _ tenant: SQLValue, issuer: SQLValue
    ) -> SecretOwner? {
        switch (kind.text, user, tenant, issuer) {
        case ("source", .null, .null, .null): .source
        case ("user", .text(let user), .null, .text(let issuer)): .user(user, tenant: nil, issuer: issuer)
        case ("user", .text(let user), .text(let tenant), .text(let issuer)):
            .user(user, tenant: tenant, issuer: issuer)
        default: nil
        }
    }

    static func upsert(_ row: SealedRow, _ connection: any SQLConnection) throws {
        let kind: String, user: String?, tenant: String?, issuer: String?
        switch row.owner {
        case .source: (kind, user, tenant, issuer) = ("source", nil, nil, nil)
        case .user(let name, let of, let from): (kind, user, tenant, issuer) = ("user", name, of, from)
        }
        let slot = Slot(name: row.name, owner: row.owner).id
        try connection.execute(
            """
            INSERT INTO vault_secrets (slot, name, owner_kind, owner_issuer, owner_user, owner_tenant, version, created,
                updated, key_id, wrapped, body)
            VALUES (\(slot), \(row.name), \(kind), \(issuer), \(user), \(tenant),
                \(row.version), \(row.created), \(row.updated),
                \(row.keyID), \(row.wrapped), \(row.body))
            ON CONFLICT (slot) DO UPDATE SET version = excluded.version, created = excluded.created,
                updated = excluded.updated, key_id = excluded.key_id, wrapped = excluded.wrapped, body = excluded.body
            """)
    }

    static func delete(_ slot: Slot, _ connection: any SQLConnection) throws {
        try delete(slot: slot.id, connection)
    }

    static func delete(slot: String, _ connection: any SQLConnection) throws {
        try connection.execute("DELETE FROM vault_secrets WHERE slot = \(slot)")
    }

    static func use(_ slot: Slot, at moment: Timestamp, _ connection: any SQLConnection) throws {
        try connection.execute(
            """
            UPDATE vault_secrets SET last_used = \(moment)
            WHERE slot = \(slot.id) AND (last_used IS NULL OR last_used < \(moment))
            """)
    }
}
