import Core
import Crypto
import Engine
import Testing
import Vault

@testable import Store

struct TamperingTests {
    private let alice = SecretOwner.user("alice", tenant: "acme")
    private let bob = SecretOwner.user("bob", tenant: "acme")

    @Test(arguments: ["body", "wrapped"])
    func `every changed byte is found`(column: String) async throws {
        let fixture = try await Fixture()
        try await fixture.vault.put("token", for: alice, Array("a secret".utf8))
        let select = SQL(unescaped: "SELECT \(column) FROM vault_secrets")
        let stored = try #require(try await fixture.database.tamper(select).first?.first?.blob)
        for index in stored.indices {
            var changed = stored
            changed[index] ^= UInt8(1 << (index % 8))
            try await set(column, changed, fixture)
            await faults(.cannotOpen) { try await fixture.reopened().bytes("token", for: alice) }
        }
        for wrong: [UInt8] in [Array(stored.dropLast()), stored + [0], []] {
            try await set(column, wrong, fixture)
            await faults(.cannotOpen) { try await fixture.reopened().bytes("token", for: alice) }
        }
        try await set(column, stored, fixture)
        #expect(try await fixture.reopened().bytes("token", for: alice) == Array("a secret".utf8))
    }

    private func set(_ column: String, _ bytes: [UInt8], _ fixture: Fixture) async throws {
        var statement = SQL(unescaped: "UPDATE vault_secrets SET \(column) = ")
        statement += "\(bytes)"
        try await fixture.database.tamper(statement)
    }

    @Test(arguments: [
        "UPDATE vault_secrets SET version = 2", "UPDATE vault_secrets SET created = created - 1",
        "UPDATE vault_secrets SET updated = updated + 1", "UPDATE vault_secrets SET name = 'other'",
        "UPDATE vault_secrets SET owner_user = 'alicf'", "UPDATE vault_secrets SET owner_tenant = NULL",
        "UPDATE vault_secrets SET owner_tenant = 'evil'",
        "UPDATE vault_secrets SET owner_kind = 'source', owner_issuer = NULL, owner_user = NULL, owner_tenant = NULL",
        "UPDATE vault_secrets SET owner_issuer = 'https://evil.example'",
        "UPDATE vault_secrets SET key_id = '0000000000000000'", "UPDATE vault_secrets SET slot = 'x'",
        "DELETE FROM vault_secrets", "DELETE FROM vault_index", "UPDATE vault_index SET generation = 2",
        "UPDATE vault_index SET wraps = 0", "UPDATE vault_index SET code = x'00'",
        "UPDATE vault_index SET key_id = '0000000000000000'",
    ])
    func `every changed field is found`(statement: String) async throws {
        let fixture = try await Fixture()
        try await fixture.vault.put("token", for: alice, Array("a secret".utf8))
        #expect(try await fixture.reopened().bytes("token", for: alice) != nil)
        try await fixture.database.tamper(SQL(unescaped: statement))
        await faults(.cannotOpen) { try await fixture.reopened().bytes("token", for: alice) }
        await faults(.cannotOpen) { try await fixture.reopened().verify() }
        await faults(.cannotOpen) { try await fixture.reopened().list() }
    }

    @Test func `rows of two users cannot be swapped`() async throws {
        let fixture = try await Fixture()
        try await fixture.vault.put("token", for: alice, Array("of alice".utf8))
        try await fixture.vault.put("token", for: bob, Array("of bob".utf8))
        let rows = try await fixture.database.tamper(
            "SELECT slot, wrapped, body FROM vault_secrets ORDER BY owner_user")
        func put(_ row: [SQLValue], at slot: SQLValue) async throws {
            try await fixture.database.tamper(
                "UPDATE vault_secrets SET wrapped = \(row[1]), body = \(row[2]) WHERE slot = \(slot)")
        }
        try await put(rows[0], at: rows[1][0])
        try await put(rows[1], at: rows[0][0])
        for vault in [fixture.reopened(), fixture.vault] {
            vault.flush()
            await faults(.cannotOpen) { try await vault.bytes("token", for: alice) }
            await faults(.cannotOpen) { try await vault.bytes("token", for: bob) }
        }
        try await put(rows[0], at: rows[0][0])
        try await put(rows[1], at: rows[1][0])
        // The slots themselves exchanged.
        try await fixture.database.tamper("UPDATE vault_secrets SET slot = 'x' WHERE slot = \(rows[0][0])")
        try await fixture.database.tamper("UPDATE vault_secrets SET slot = \(rows[0][0]) WHERE slot = \(rows[1][0])")
        try await fixture.database.tamper("UPDATE vault_secrets SET slot = \(rows[1][0]) WHERE slot = 'x'")
        for vault in [fixture.reopened(), fixture.vault] {
            vault.flush()
            await faults(.cannotOpen) { try await vault.bytes("token", for: alice) }
        }
    }

    @Test func `an older row cannot come back`() async throws {
        let fixture = try await Fixture()
        try await fixture.vault.put("token", for: alice, Array("old".utf8))
        try await fixture.database.tamper("CREATE TABLE stolen AS SELECT * FROM vault_secrets")
        try await fixture.database.tamper("CREATE TABLE stolen_index AS SELECT * FROM vault_index")
        try await fixture.vault.put("token", for: alice, Array("new".utf8))
        try await fixture.database.tamper("DELETE FROM vault_secrets")
        try await fixture.database.tamper("INSERT INTO vault_secrets SELECT * FROM stolen")
        for vault in [fixture.reopened(), fixture.vault] {
            vault.flush()
            await faults(.cannotOpen) { try await vault.bytes("token", for: alice) }
        }
        // With the old index the database as a whole is old, which a process that has seen the new one still notices.
        try await fixture.database.tamper("DELETE FROM vault_index")
        try await fixture.database.tamper("INSERT INTO vault_index SELECT * FROM stolen_index")
        fixture.vault.flush()
        await faults(.cannotOpen) { try await fixture.vault.bytes("token", for: alice) }
    }

    @Test func `a removed row cannot come back`() async throws {
        let fixture = try await Fixture()
        try await fixture.vault.put("other", for: alice, [1])
        try await fixture.vault.put("token", for: alice, Array("old".utf8))
        try await fixture.database.tamper("CREATE TABLE stolen AS SELECT * FROM vault_secrets WHERE name = 'token'")
        try await fixture.vault.remove("token", for: alice)
        try await fixture.database.tamper("INSERT INTO vault_secrets SELECT * FROM stolen")
        await faults(.cannotOpen) { try await fixture.reopened().bytes("token", for: alice) }
        fixture.vault.flush()
        #expect(try await fixture.vault.bytes("token", for: alice) == nil)
        // Also not in the place of a fresh secret with the same version.
        try await fixture.database.tamper("DELETE FROM vault_secrets WHERE name = 'token'")
        try await fixture.vault.put("token", for: alice, Array("new".utf8))
        try await fixture.database.tamper("DELETE FROM vault_secrets WHERE name = 'token'")
        try await fixture.database.tamper("INSERT INTO vault_secrets SELECT * FROM stolen")
        for vault in [fixture.reopened(), fixture.vault] {
            vault.flush()
            await faults(.cannotOpen) { try await vault.bytes("token", for: alice) }
        }
    }

    @Test func `another key opens nothing`() async throws {
        let fixture = try await Fixture()
        try await fixture.vault.put("token", for: alice, [1])
        let other = try KeyEncryptionKey(bytes: (0..<32).map { UInt8($0) })
        await faults(.cannotOpen) { try await fixture.reopened(key: other).bytes("token", for: alice) }
        await faults(.cannotOpen) { try await fixture.reopened(key: other).put("token", for: alice, [2]) }
        #expect(try await fixture.reopened().bytes("token", for: alice) == [1])
    }

    @Test func `keys are rotated while serving`() async throws {
        let fixture = try await Fixture()
        for number in 0..<5 { try await fixture.vault.put("n\(number)", for: alice, [UInt8(number)]) }
        let sealed = try fixture.vault.seal([9], purpose: "held")
        let new = try KeyEncryptionKey(bytes: (0..<32).map { UInt8($0) })
        let vault = fixture.reopened(key: new, retired: [fixture.key])
        #expect(try await vault.bytes("n1", for: alice) == [1])
        try await vault.put("n0", for: alice, [50])
        #expect(try await vault.rewrap() == 4)
        #expect(try await vault.rewrap() == 0)
        #expect(try await vault.bytes("n4", for: alice) == [4])
        #expect(try await vault.list().allSatisfy { $0.keyID == new.id })
        #expect(try vault.open(sealed, purpose: "held") == [9])
        let later = fixture.reopened(key: new)
        #expect(try await later.verify() == 5)
        #expect(try await later.bytes("n0", for: alice) == [50])
        await faults(.cannotOpen) { try later.open(sealed, purpose: "held") }
    }

    @Test func `a damaged vault is repaired on demand only`() async throws {
        let fixture = try await Fixture()
        try await fixture.vault.put("good", for: alice, [1])
        try await fixture.vault.put("bad", for: alice, [2])
        try await fixture.database.tamper("UPDATE vault_secrets SET wrapped = x'00' WHERE name = 'bad'")
        let vault = fixture.reopened()
        await faults(.cannotOpen) { try await vault.bytes("good", for: alice) }
        #expect(try await vault.repair().count == 1)
        #expect(try await vault.bytes("good", for: alice) == [1])
        #expect(try await vault.bytes("bad", for: alice) == nil)
        #expect(try await fixture.reopened().verify() == 1)
    }

    @Test func `sealed values open for their purpose only`() async throws {
        let fixture = try await Fixture()
        let message = Array("arguments".utf8)
        let sealed = try fixture.vault.seal(message, purpose: "call-1")
        #expect(try fixture.vault.open(sealed, purpose: "call-1") == message)
        #expect(try fixture.vault.seal(message, purpose: "call-1") != sealed)
        await faults(.cannotOpen) { try fixture.vault.open(sealed, purpose: "call-2") }
        for index in sealed.indices {
            var changed = sealed
            changed[index] ^= 0x10
            await faults(.cannotOpen) { try fixture.vault.open(changed, purpose: "call-1") }
        }
        for count in 0..<sealed.count {
            await faults(.cannotOpen) { try fixture.vault.open(Array(sealed.prefix(count)), purpose: "call-1") }
        }
        #expect(try fixture.vault.open(fixture.vault.seal([], purpose: ""), purpose: "") == [])
    }

    @Test func `no nonce and no data key repeats`() async throws {
        let fixture = try await Fixture()
        for _ in 0..<200 { try await fixture.vault.put("token", for: alice, [1]) }
        var nonces: Set<[UInt8]> = []
        for _ in 0..<1000 { nonces.insert(Array(try fixture.vault.seal([1], purpose: "p")[9..<37])) }
        #expect(nonces.count == 1000)
        let wraps = try await fixture.database.tamper("SELECT wraps, generation FROM vault_index")
        #expect(wraps == [[SQLValue.integer(200), SQLValue.integer(200)]])
    }
}
