import Core
import Engine
import Store
import Testing
import Vault

struct SealedVaultTests {
    private let alice = SecretOwner.user("alice", tenant: "acme")
    private let bob = SecretOwner.user("bob", tenant: "acme")

    @Test func `a secret is for exactly its owner`() async throws {
        let fixture = try await Fixture()
        let owners: [SecretOwner] = [
            .source, .user("alice", tenant: "acme"), .user("alice", tenant: nil), .user("alice", tenant: ""),
            .user("alic", tenant: "eacme"), .user("aliceacme", tenant: nil), .user("source", tenant: nil),
            .user("Alice", tenant: "acme"), .user("\u{212A}", tenant: nil), .user("K", tenant: nil),
        ]
        for holder in owners where holder != .user("alice", tenant: "") {
            try await fixture.vault.put("token", for: holder, Array("of \(holder)".utf8))
            for owner in owners {
                let isOwn = "\(owner)".utf8.elementsEqual("\(holder)".utf8)
                #expect(try await fixture.vault.holds("token", for: owner) == isOwn, "\(holder) \(owner)")
                #expect(
                    try await fixture.vault.bytes("token", for: owner) == (isOwn ? Array("of \(holder)".utf8) : nil))
            }
            #expect(try await fixture.vault.bytes("other", for: holder) == nil)
            #expect(try await fixture.vault.remove("token", for: holder))
            #expect(try await !fixture.vault.remove("token", for: holder))
            #expect(try await fixture.vault.bytes("token", for: holder) == nil)
        }
    }

    @Test func `a new version takes the place of the old`() async throws {
        let fixture = try await Fixture()
        #expect(try await fixture.vault.put("token", for: alice, [1]) == 1)
        #expect(try await fixture.vault.bytes("token", for: alice) == [1])
        fixture.clock.advance(bySeconds: 60)
        #expect(try await fixture.vault.put("token", for: alice, [2]) == 2)
        #expect(try await fixture.vault.bytes("token", for: alice) == [2])
        #expect(try await fixture.reopened().bytes("token", for: alice) == [2])
        let record = try #require(try await fixture.vault.list().first)
        #expect(record.version == 2)
        #expect(record.updated.seconds - record.created.seconds == 60)
        #expect(record.lastUsed == fixture.clock.now)
        #expect(record.age(at: fixture.clock.now.advanced(bySeconds: 5)) == 5)
        await fixture.vault.saveUses()
        #expect(try await fixture.reopened().list().first?.lastUsed == fixture.clock.now)
    }

    @Test func `a list names secrets and holds none`() async throws {
        let fixture = try await Fixture()
        try await fixture.vault.put("b", for: .source, Array("canary-7f3".utf8))
        try await fixture.vault.put("a", for: alice, Array("canary-7f3".utf8))
        try await fixture.vault.put("a", for: bob, Array("canary-7f3".utf8))
        let records = try await fixture.vault.list()
        #expect(records.map(\.name) == ["a", "a", "b"])
        #expect(Set(records.map(\.owner)) == [alice, bob, .source])
        #expect(records.allSatisfy { $0.lastUsed == nil && $0.keyID == fixture.key.id })
        var text = ""
        dump(records, to: &text)
        #expect(!text.contains("canary"))
        let rows = try await fixture.database.tamper("SELECT * FROM vault_secrets")
        #expect(rows.count == 3)
        for value in rows.joined() {
            #expect(!(value.blob ?? []).contains(Array("canary".utf8)))
        }
    }

    @Test(arguments: ["", "-a", ".a", "_a", "A", "a b", "a/b", "ä", "a\u{0}", String(repeating: "a", count: 65)])
    func `names outside the grammar are refused`(name: String) async throws {
        let fixture = try await Fixture()
        await faults(.invalidName) { try await fixture.vault.put(name, for: alice, [1]) }
        await faults(.invalidName) { try await fixture.vault.holds(name, for: alice) }
        await faults(.invalidName) { try await fixture.vault.bytes(name, for: alice) }
        await faults(.invalidName) { try await fixture.vault.remove(name, for: alice) }
    }

    @Test func `a secret has 1 to 65,536 bytes`() async throws {
        let fixture = try await Fixture()
        let largest = [UInt8](repeating: 7, count: 65_536)
        try await fixture.vault.put("0-._" + String(repeating: "z", count: 60), for: alice, largest)
        #expect(try await fixture.vault.bytes("0-._" + String(repeating: "z", count: 60), for: alice) == largest)
        await #expect(throws: SecretRefusal.self) { try await fixture.vault.put("a", for: alice, largest + [7]) }
        await #expect(throws: SecretRefusal.self) { try await fixture.vault.put("a", for: alice, []) }
        await #expect(throws: SecretRefusal.self) { try await fixture.vault.put("a", for: .user("", tenant: nil), [1]) }
    }

    @Test func `a use does not ask the database`() async throws {
        let fixture = try await Fixture()
        try await fixture.vault.put("token", for: alice, [1, 2, 3])
        #expect(try await fixture.vault.bytes("token", for: alice) == [1, 2, 3])
        let reads = fixture.database.reads
        for _ in 0..<100 {
            #expect(try await fixture.vault.bytes("token", for: alice) == [1, 2, 3])
            #expect(try await !fixture.vault.holds("token", for: bob))
        }
        #expect(fixture.database.reads == reads)
        fixture.clock.advance(bySeconds: 2)
        #expect(try await fixture.vault.bytes("token", for: alice) == [1, 2, 3])
        #expect(fixture.database.reads == reads + 1)
    }

    @Test func `changes by another process count within a second`() async throws {
        let fixture = try await Fixture()
        let other = fixture.reopened()
        try await fixture.vault.put("token", for: alice, [1])
        #expect(try await fixture.vault.bytes("token", for: alice) == [1])
        try await other.put("token", for: alice, [2])
        fixture.clock.advance(bySeconds: 1)
        #expect(try await fixture.vault.bytes("token", for: alice) == [2])
        try await other.remove("token", for: alice)
        fixture.clock.advance(bySeconds: 1)
        #expect(try await fixture.vault.bytes("token", for: alice) == nil)
        try await other.put("token", for: alice, [3])
        fixture.vault.flush()
        #expect(try await fixture.vault.bytes("token", for: alice) == [3])
    }

    @Test func `many puts at once all count`() async throws {
        let fixture = try await Fixture()
        let vaults = [fixture.vault, fixture.reopened(), fixture.reopened()]
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<30 {
                group.addTask { [alice] in
                    try await vaults[number % 3].put("n\(number % 10)", for: alice, [UInt8(number)])
                }
            }
            try await group.waitForAll()
        }
        #expect(try await fixture.reopened().verify() == 10)
        #expect(try await fixture.reopened().list().allSatisfy { $0.version == 3 })
    }

    @Test func `what a body throws comes out, and nothing of the secret`() async throws {
        struct Failure: Error {}
        let fixture = try await Fixture()
        try await fixture.vault.put("token", for: alice, [1])
        await #expect(throws: Failure.self) {
            try await fixture.vault.withSecret("token", for: alice) { _ in throw Failure() }
        }
    }

    @Test func `a secret prints as nothing`() throws {
        struct Holder { let secret: Secret; let maybe: Secret?; let list: [Secret] }
        let secret = Secret(Array("canary-7f3".utf8))
        let holder = Holder(secret: secret, maybe: secret, list: [secret])
        #expect("\(secret)" == "[secret]")
        #expect(String(describing: secret) == "[secret]")
        #expect(String(reflecting: secret) == "[secret]")
        #expect(secret.description == "[secret]")
        var text = "\(holder) \([secret]) \(secret as Any) "
        debugPrint(holder, [secret], secret, to: &text)
        dump(holder, to: &text)
        dump(secret, to: &text)
        print(secret, holder, to: &text)
        #expect(text.contains("[secret]"))
        #expect(!text.contains("canary") && !text.contains("99, 97") && !text.contains("bytes"))
    }
}
