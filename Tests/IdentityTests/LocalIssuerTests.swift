import Core
import Engine
import JSON
import Store
import Testing
import Vault

@testable import Identity

#if canImport(Glibc)
    import Glibc
#endif

struct LocalIssuerTests {
    private let audience = "https://gw.test/mcp"
    private let ann = User(
        name: "ann", tenant: "acme", roles: ["support", "approver"], hasPassword: true, created: noon, isDisabled: false
    )

    @Test func `a token of our own is accepted by us`() async throws {
        let files = KeyFiles()
        let issuer = try LocalIssuer.create(at: files.path + "/issuer.key")
        let reopened = try LocalIssuer(file: files.path + "/issuer.key")
        #expect(reopened.issuer == issuer.issuer && issuer.issuer.hasPrefix("sallyport-local:"))
        let authenticator = try TokenAuthenticator(
            issuers: [reopened.trusted(audience: audience)], fetcher: noFetch, logger: silent)
        let token = try issuer.token(for: ann, agent: "cli", audience: audience, scopes: ["mcp", "a"], at: noon)
        #expect(
            try await authenticator.authenticate(bearer: Array(token.utf8), at: noon)
                == Principal(
                    user: "ann", agent: "cli", tenant: "acme", roles: ["support", "approver"], issuer: issuer.issuer,
                    scopes: ["mcp", "a"], expires: noon.advanced(bySeconds: 3600)))
        let elsewhere = try issuer.token(for: ann, agent: "cli", audience: "https://other.test", at: noon)
        #expect(await authenticator.result(Array(elsewhere.utf8)).cause == "audience")
    }

    @Test func `another installation's token means nothing here`() async throws {
        let files = KeyFiles()
        let ours = try LocalIssuer.create(at: files.path + "/a"), theirs = try LocalIssuer.create(at: files.path + "/b")
        #expect(ours.issuer != theirs.issuer)
        let authenticator = try TokenAuthenticator(
            issuers: [ours.trusted(audience: audience)], fetcher: noFetch, logger: silent)
        let token = try theirs.token(for: ann, agent: "cli", audience: audience, at: noon)
        #expect(await authenticator.result(Array(token.utf8)).cause == "issuer")
    }

    @Test func `lifetimes have bounds, ids differ`() throws {
        let files = KeyFiles()
        let issuer = try LocalIssuer.create(at: files.path + "/k")
        func claims(_ lifetime: Int) throws -> JSONObject {
            let token = try issuer.token(
                for: ann, agent: "cli", audience: audience, lifetimeSeconds: lifetime, at: noon)
            return try CompactToken(Array(token.utf8)).claims
        }
        #expect(try claims(600)["exp"]?.int == noon.seconds + 600)
        #expect(try claims(1_000_000)["exp"]?.int == noon.seconds + 86_400)
        #expect(try claims(-5)["exp"]?.int == noon.seconds + 1)
        #expect(try claims(60)["jti"] != claims(60)["jti"])
    }

    @Test func `no token for a disabled user or a nameless agent`() throws {
        let files = KeyFiles()
        let issuer = try LocalIssuer.create(at: files.path + "/k")
        let gone = User(name: "ann", tenant: nil, roles: [], hasPassword: false, created: noon, isDisabled: true)
        #expect(throws: UserFault.self) { try issuer.token(for: gone, agent: "cli", audience: audience, at: noon) }
        #expect(throws: UserFault.self) { try issuer.token(for: ann, agent: "", audience: audience, at: noon) }
    }

    @Test func `the key file is private and never overwritten`() throws {
        let files = KeyFiles()
        let path = files.path + "/issuer.key"
        let issuer = try LocalIssuer.create(at: path)
        var status = stat()
        #expect(unsafe stat(path, &status) == 0)
        #expect(status.st_mode & 0o7777 == 0o600)
        #expect(throws: KeyFileFault(.exists, path)) { try LocalIssuer.create(at: path) }
        #expect(try LocalIssuer(file: path).issuer == issuer.issuer)
        unsafe chmod(path, 0o640)
        #expect(throws: KeyFileFault(.notPrivate, path)) { try LocalIssuer(file: path) }
        let broken = files.write("broken", Array("sallyport-ed25519-AAAA\n".utf8), mode: 0o600)
        #expect(throws: KeyFileFault(.unreadable, broken)) { try LocalIssuer(file: broken) }
    }

    @Test func `a disabled user's tokens stop`() async throws {
        let files = KeyFiles()
        let issuer = try LocalIssuer.create(at: files.path + "/k")
        let database = try TestDatabase()
        try await database.write { try Users.migrate($0, dialect: .sqlite) }
        let users = Users(database: database, cost: .init(exponent: 4), now: { noon })
        let ann = try await users.add("ann")
        let authenticator = try TokenAuthenticator(
            issuers: [issuer.trusted(audience: audience)], fetcher: noFetch, logger: silent,
            admits: users.admission(of: issuer.issuer))
        let token = Array(try issuer.token(for: ann, agent: "cli", audience: audience, at: noon).utf8)
        #expect(await authenticator.result(token).principal != nil)
        try await users.setDisabled("ann", true)
        #expect(await authenticator.result(token, at: noon.advanced(bySeconds: 5)).cause == "revoked")
        try await users.setDisabled("ann", false)
        #expect(await authenticator.result(token).principal != nil)
        try await users.setDisabled("ann", true)
        authenticator.flush()
        #expect(await authenticator.result(token).cause == "revoked")
    }
}
