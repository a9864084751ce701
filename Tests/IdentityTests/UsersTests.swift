import Core
import Engine
import JSON
import Store
import TestSupport
import Testing

@testable import Identity

struct UsersTests {
    private let clock = TestClock()

    private func users(cost: Int = 4) async throws -> (Users, TestDatabase) {
        let database = try TestDatabase()
        try await database.write { try Users.migrate($0, dialect: .sqlite) }
        try await database.write { try Users.migrate($0, dialect: .sqlite) }
        return (Users(database: database, cost: .init(exponent: cost), now: { [clock] in clock.now }), database)
    }

    private func code(_ body: () async throws -> some Any) async -> UserFault.Code? {
        do {
            _ = try await body()
            return nil
        } catch {
            return (error as? UserFault)?.code
        }
    }

    @Test func `users are added, listed and disabled`() async throws {
        let (users, _) = try await users()
        try await users.add("bob@acme.test", tenant: "acme", roles: ["approver", "support"], password: "correct horse")
        try await users.add("ann", tenant: nil)
        #expect(await code { try await users.add("ann") } == .exists)
        #expect(try await users.list().map(\.name) == ["ann", "bob@acme.test"])
        let bob = try #require(try await users.user("bob@acme.test"))
        #expect(bob.tenant == "acme" && bob.roles == ["approver", "support"] && bob.hasPassword && !bob.isDisabled)
        #expect(bob.created == noon)
        #expect(try await users.isActive("ann"))
        try await users.setDisabled("ann", true)
        #expect(try await !users.isActive("ann"))
        try await users.setDisabled("ann", false)
        #expect(try await users.isActive("ann"))
        #expect(try await !users.isActive("eve"))
        #expect(await code { try await users.setDisabled("eve", true) } == .unknown)
        try await users.setRoles("ann", ["x"])
        #expect(try await users.user("ann")?.roles == ["x"])
    }

    @Test(arguments: ["", "Ann", "-ann", "ann b", "änn", "\u{212A}arl", "a'--", String(repeating: "a", count: 129)])
    func `names outside the grammar are refused`(name: String) async throws {
        let (users, _) = try await users()
        #expect(await code { try await users.add(name) } == .invalidName)
    }

    @Test func `roles and tenants that cannot be told apart are refused`() async throws {
        let (users, _) = try await users()
        #expect(await code { try await users.add("ann", roles: ["\u{212A}admin"]) } == .invalidRole)
        #expect(await code { try await users.add("ann", roles: ["a b"]) } == .invalidRole)
        #expect(await code { try await users.add("ann", tenant: "") } == .invalidTenant)
        #expect(await code { try await users.add("ann", tenant: "a\u{200D}b") } == .invalidTenant)
        #expect(await code { try await users.add("ann", password: "ninechars") } == .weakPassword)
        #expect(
            await code { try await users.add("ann", password: String(repeating: "a", count: 1025)) } == .weakPassword)
        #expect(try await users.list().isEmpty)
    }

    @Test func `a password verifies, and nothing else does`() async throws {
        let (users, database) = try await users()
        try await users.add("ann", password: "correct horse")
        try await users.add("tok")
        #expect(
            try await users.verify("ann", password: "correct horse") == .verified(try #require(await users.user("ann")))
        )
        for (name, password) in [
            ("ann", "correct horsf"), ("ann", "correct horse "), ("ann", ""), ("eve", "correct horse"), ("tok", ""),
            ("Ann", "correct horse"), ("ann", String(repeating: "a", count: 2000)),
        ] {
            #expect(try await users.verify(name, password: password) == .refused, "\(name)")
        }
        try await users.setPassword("ann", "battery staple")
        #expect(try await users.verify("ann", password: "correct horse") == .refused)
        #expect(try await users.verify("ann", password: "battery staple") != .refused)
        try await users.setDisabled("ann", true)
        #expect(try await users.verify("ann", password: "battery staple") == .refused)
        let stored = try await database.tamper("SELECT password FROM users WHERE name = 'ann'")[0][0].text ?? ""
        #expect(stored.hasPrefix("scrypt$4$8$1$") && !stored.contains("battery"))
    }

    /// RFC 7914 §12, the first half of the third vector: a shorter key is the beginning of the longer one.
    @Test func `hashes are those of RFC 7914`() throws {
        let hash = try PasswordHash.hash("pleaseletmein", salt: Array("SodiumChloride".utf8), cost: .init(exponent: 14))
        #expect(hash == "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2".unhexed)
    }

    @Test func `a stored hash reads back, and nothing like it does`() throws {
        let one = try PasswordHash("pleaseletmein", cost: .init(exponent: 14))
        let two = try PasswordHash("pleaseletmein", cost: .init(exponent: 14))
        #expect(one.text != two.text)
        let read = try #require(PasswordHash(one.text))
        #expect(read == one && read.matches("pleaseletmein") && !read.matches("pleaseletmeim"))
        for text in [
            "", "scrypt$", one.text + "$", one.text.replacing("$8$", with: "$9$"),
            one.text.replacing("$14$", with: "$60$"),
            one.text.replacing("scrypt", with: "plain"), String(one.text.dropLast()),
        ] {
            #expect(PasswordHash(text) == nil, "\(text)")
        }
    }

    @Test func `guessing is slowed down, for names that exist and for those that do not`() async throws {
        let (users, _) = try await users()
        try await users.add("ann", password: "correct horse")
        for name in ["ann", "eve"] {
            for _ in 0..<5 { #expect(try await users.verify(name, password: "wrong") == .refused) }
            #expect(
                try await users.verify(name, password: "correct horse")
                    == .locked(until: clock.now.advanced(bySeconds: 1)))
        }
        var waits: [Int] = []
        for _ in 0..<12 {
            guard case .locked(let until) = try await users.verify("ann", password: "wrong") else { break }
            waits.append(until.seconds - clock.now.seconds)
            clock.advance(bySeconds: until.seconds - clock.now.seconds)
            #expect(try await users.verify("ann", password: "wrong") == .refused)
        }
        #expect(waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300])
        clock.advance(bySeconds: 300)
        #expect(
            try await users.verify("ann", password: "correct horse") == .verified(try #require(await users.user("ann")))
        )
        // A success forgives.
        for _ in 0..<4 { #expect(try await users.verify("ann", password: "wrong") == .refused) }
        #expect(try await users.verify("ann", password: "correct horse") != .refused)
    }

    @Test func `attempts at once count like attempts one after another`() async throws {
        let (users, _) = try await users()
        try await users.add("ann", password: "correct horse")
        let results = try await withThrowingTaskGroup(of: Users.Verification.self) { group in
            for number in 0..<40 { group.addTask { try await users.verify("ann", password: "guess \(number)") } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(results.count { $0 == .refused } <= 5)
        #expect(results.count == 40)
    }

    @Test func `an unknown name takes as long as a known one`() async throws {
        let (users, _) = try await users(cost: 12)
        try await users.add("ann", password: "correct horse")
        let clock = ContinuousClock()
        func time(_ name: String) async throws -> Duration {
            var best = Duration.seconds(100)
            for _ in 0..<4 {
                let taken = try await clock.measure { _ = try await users.verify(name, password: "wrong password") }
                best = min(best, taken)
            }
            return best
        }
        let known = try await time("ann"), unknown = try await time("eve")
        #expect(unknown > known / 10 && known > unknown / 10, "\(known) \(unknown)")
    }

    @Test func `roles come from the row unless the configuration names the user`() async throws {
        let (users, _) = try await users()
        try await users.add("ann", roles: ["approver"])
        try await users.add("bob", roles: ["viewer"])
        let configured: [String: Set<String>] = ["bob": ["approver", "manager"], "sso-carol": ["approver"]]
        #expect(try await users.roles(for: "ann", configured: configured) == ["approver"])
        #expect(try await users.roles(for: "bob", configured: configured) == ["approver", "manager"])
        #expect(try await users.roles(for: "sso-carol", configured: configured) == ["approver"])
        #expect(try await users.roles(for: "eve", configured: configured) == [])
        try await users.setDisabled("bob", true)
        #expect(try await users.roles(for: "bob", configured: configured) == [])
    }

    @Test func `a decoy looks like any other and matches nothing`() throws {
        let decoy = PasswordHash(decoyOf: .init(exponent: 4))
        for password in ["", "correct horse"] { #expect(!decoy.matches(password)) }
        #expect(PasswordHash(decoy.text) == decoy)
        #expect(decoy != PasswordHash(decoyOf: .init(exponent: 4)))
    }

    @Test func `the standard cost works`() throws {
        let hash = try PasswordHash("correct horse", cost: .standard)
        #expect(hash.text.hasPrefix("scrypt$15$8$1$"))
        #expect(hash.matches("correct horse"))
    }
}
