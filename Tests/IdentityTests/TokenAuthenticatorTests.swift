import Core
import Crypto
import CryptoExtras
import Engine
import JSON
import Synchronization
import Testing

@testable import Identity

struct TokenAuthenticatorTests {
    @Test func `every algorithm verifies with its own kind of key only`() async throws {
        let keys: [(SigningKey, [String])] = [
            (.es256(P256.Signing.PrivateKey()), ["ES256"]), (.es384(P384.Signing.PrivateKey()), ["ES384"]),
            (.ed25519(Curve25519.Signing.PrivateKey()), ["EdDSA"]),
            (.rsa(try _RSA.Signing.PrivateKey(keySize: .bits2048)), ["RS256", "PS256"]),
        ]
        let issuer = try TestIssuer()
        for (key, own) in keys {
            issuer.files.write("jwks.json", jwks([try key.jwk("k2")]))
            for algorithm in SignatureAlgorithm.allCases {
                let authenticator = try issuer.authenticator { $0.algorithms = Set(SignatureAlgorithm.allCases) }
                var draft = issuer.draft
                draft.key = key
                draft.header["alg"] = .string(algorithm.rawValue)
                let result = await authenticator.result(try draft.signed())
                #expect((result.principal != nil) == own.contains(algorithm.rawValue), "\(algorithm)")
                #expect(result.principal != nil || result.cause == "unknown-key")
            }
        }
    }

    @Test func `a key that declares its algorithm verifies no other`() async throws {
        let issuer = try TestIssuer()
        let key = SigningKey.rsa(try _RSA.Signing.PrivateKey(keySize: .bits2048))
        issuer.files.write("jwks.json", jwks([try key.jwk("k2", algorithm: "RS256")]))
        let authenticator = try issuer.authenticator { $0.algorithms = [.rs256, .ps256] }
        var draft = issuer.draft
        draft.key = key
        draft.header["alg"] = "RS256"
        #expect(await authenticator.result(try draft.signed()).principal != nil)
        draft.header["alg"] = "PS256"
        #expect(await authenticator.result(try draft.signed()).cause == "unknown-key")
    }

    @Test func `a token without kid needs one possible key`() async throws {
        let issuer = try TestIssuer()
        let other = SigningKey.es256(P256.Signing.PrivateKey())
        var draft = issuer.draft
        draft.header["kid"] = nil
        #expect(await (try issuer.authenticator()).result(try draft.signed()).principal != nil)
        issuer.files.write("jwks.json", jwks([try issuer.key.jwk("k2"), try other.jwk("k3")]))
        #expect(await (try issuer.authenticator()).result(try draft.signed()).cause == "unknown-key")
        draft.header["kid"] = "k2"
        #expect(await (try issuer.authenticator()).result(try draft.signed()).principal != nil)
        issuer.files.write("jwks.json", jwks([try issuer.key.jwk("k2"), try other.jwk("k2")]))
        #expect(await (try issuer.authenticator()).result(try draft.signed()).cause == "unknown-key")
    }

    @Test func `keys that must not be used are not`() throws {
        let key = SigningKey.es256(P256.Signing.PrivateKey())
        let good = try key.jwk("k")
        func flaw(_ change: (inout JSONObject) -> Void) -> KeyFlaw? {
            var jwk = good
            change(&jwk)
            do {
                _ = try VerificationKey(jwk: jwk)
                return nil
            } catch {
                return error
            }
        }
        #expect(flaw { _ in } == nil)
        #expect(flaw { $0["use"] = nil } == nil)
        #expect(flaw { $0["key_ops"] = ["verify"] } == nil)
        #expect(flaw { $0["use"] = "enc" } == .notForSignatures)
        #expect(flaw { $0["key_ops"] = ["sign"] } == .notForSignatures)
        #expect(flaw { $0["key_ops"] = "verify" } == .notForSignatures)
        #expect(flaw { $0["d"] = "AA" } == .secret)
        #expect(flaw { $0 = ["kty": "oct", "k": "AAAA"] } == .secret)
        #expect(flaw { $0["kty"] = "oct" } == .unsupported)
        #expect(flaw { $0["crv"] = "P-521" } == .unsupported)
        #expect(flaw { $0["crv"] = "P-384" } == .malformed)
        #expect(flaw { $0["alg"] = "HS256" } == .unsupported)
        #expect(flaw { $0["alg"] = "ES384" } == .malformed)
        #expect(flaw { $0["x"] = $0["y"] } == .malformed)
        #expect(flaw { $0["x"] = "AA" } == .malformed)
        #expect(flaw { $0["kid"] = 1 } == .malformed)
        #expect(flaw { $0 = ["kty": "RSA", "n": "AQAB", "e": "AQAB"] } == .malformed)
        let modulus = JSONValue.string(Base64URL.encode([UInt8](repeating: 0xC5, count: 256)))
        #expect(flaw { $0 = ["kty": "RSA", "n": modulus, "e": "AQAB"] } == nil)
        #expect(flaw { $0 = ["kty": "RSA", "n": modulus, "e": "Aw"] } == .malformed)
    }

    @Test func `claims are found where the configuration says`() async throws {
        let issuer = try TestIssuer()
        let authenticator = try issuer.authenticator {
            $0.claims = .init(
                tenant: "https://acme.test/tenant", roles: "realm_access.roles", agent: ["appid", "client_id"])
        }
        var draft = issuer.draft
        draft.claims["https://acme.test/tenant"] = "t-9"
        draft.claims["realm_access"] = ["roles": ["a", "b"]]
        draft.claims["client_id"] = "agent-c"
        draft.claims["scope"] = nil
        draft.claims["scp"] = ["one", "two"]
        let first = try #require(await authenticator.result(try draft.signed()).principal)
        #expect(first.tenant == "t-9" && first.roles == ["a", "b"] && first.agent == "agent-c")
        #expect(first.scopes == ["one", "two"])
        draft.claims["realm_access"] = ["roles": "a  b c"]
        draft.claims["appid"] = "agent-d"
        let second = try #require(await authenticator.result(try draft.signed()).principal)
        #expect(second.roles == ["a", "b", "c"] && second.agent == "agent-d")
        draft.claims["realm_access"] = ["roles": ["a", nil]]
        #expect(await authenticator.result(try draft.signed()).cause == "roles")
    }

    @Test func `a token without the required scopes is genuine and not enough`() async throws {
        let issuer = try TestIssuer()
        let authenticator = try issuer.authenticator { $0.requiredScopes = ["mcp", "calls"] }
        let result = await authenticator.result(try issuer.draft.signed())
        #expect(result.code == .insufficientScope)
        #expect(result.cause == "missing scopes: calls")
        var draft = issuer.draft
        draft.claims["scope"] = "calls mcp"
        #expect(await authenticator.result(try draft.signed()).principal != nil)
    }

    @Test func `key references are ignored where the issuer writes them`() async throws {
        let issuer = try TestIssuer()
        let authenticator = try issuer.authenticator { $0.ignoresKeyReferences = true }
        var draft = issuer.draft
        draft.header["jku"] = "https://evil.test/jwks.json"
        #expect(await authenticator.result(try draft.signed()).principal != nil)
        let attacker = SigningKey.es256(P256.Signing.PrivateKey())
        draft.key = attacker
        draft.header["jwk"] = .object(try attacker.jwk("k2"))
        #expect(await authenticator.result(try draft.signed()).cause == "signature")
        draft.header["kid"] = nil
        #expect(await authenticator.result(try draft.signed()).cause == "signature")
    }

    @Test func `issuers do not vouch for each other`() async throws {
        let one = try TestIssuer(), two = try TestIssuer()
        var second = two.trusted
        second.issuer = "https://second.test"
        let authenticator = try TokenAuthenticator(issuers: [one.trusted, second], fetcher: noFetch, logger: silent)
        var draft = two.draft
        #expect(await authenticator.result(try draft.signed()).cause == "signature")
        draft.claims["iss"] = "https://second.test"
        #expect(await authenticator.result(try draft.signed()).principal?.issuer == "https://second.test")
    }

    @Test func `a configuration that cannot be trusted is refused`() throws {
        let issuer = try TestIssuer()
        func problems(_ change: (inout TrustedIssuer) -> Void) -> Int {
            do {
                _ = try issuer.authenticator(change)
                return 0
            } catch {
                return (error as? IssuerProblems)?.sentences.count ?? -1
            }
        }
        #expect(problems { _ in } == 0)
        #expect(problems { $0.issuer = "" } == 1)
        #expect(problems { $0.audience = "" } == 1)
        #expect(problems { $0.algorithms = [] } == 1)
        #expect(problems { $0.claims.agent = [] } == 1)
        #expect(problems { $0.leewaySeconds = 301 } == 1)
        #expect(problems { $0.leewaySeconds = -1 } == 1)
        #expect(problems { $0.keys = .jwksURL("http://idp.test/keys", cacheSeconds: 5) } == 2)
        #expect(throws: IssuerProblems.self) {
            try TokenAuthenticator(issuers: [issuer.trusted, issuer.trusted], fetcher: noFetch, logger: silent)
        }
    }

    // MARK: Remembering

    @Test func `a verified token is remembered until it expires`() async throws {
        let issuer = try TestIssuer()
        let local = try LocalIssuer.create(at: issuer.files.path + "/issuer.key")
        let authenticator = try TokenAuthenticator(
            issuers: [local.trusted(audience: "https://gw.test/mcp")], fetcher: noFetch, logger: silent)
        let user = User(
            name: "ann", tenant: nil, roles: [], hasPassword: false, created: noon, isDisabled: false)
        let token = Array(
            try local.token(for: user, agent: "cli", audience: "https://gw.test/mcp", lifetimeSeconds: 300, at: noon)
                .utf8)
        #expect(authenticator.cached(token, at: noon) == nil)
        let principal = try await authenticator.authenticate(bearer: token, at: noon)
        #expect(authenticator.cached(token, at: noon) == principal)
        #expect(authenticator.cached(token, at: noon.advanced(bySeconds: 359)) == principal)
        #expect(authenticator.cached(token, at: noon.advanced(bySeconds: 360)) == nil)
        #expect(await authenticator.result(token, at: noon.advanced(bySeconds: 360)).cause == "expired")
        #expect(authenticator.cached(token, at: noon.advanced(bySeconds: -61)) == nil)
        #expect(authenticator.cached(token + [65], at: noon) == nil)
        authenticator.flush()
        #expect(authenticator.cached(token, at: noon) == nil)
    }

    @Test func `a revocation counts at once with a flush and soon without`() async throws {
        let issuer = try TestIssuer()
        let revoked = Mutex(false)
        let asked = Mutex(0)
        let authenticator = try issuer.authenticator(admits: { token in
            #expect(token.id == "t-1" && token.issuedAt == noon)
            asked.withLock { $0 += 1 }
            return revoked.withLock { !$0 }
        })
        let token = try issuer.draft.signed()
        #expect(await authenticator.result(token).principal != nil)
        #expect(await authenticator.result(token).principal != nil)
        #expect(asked.withLock { $0 } == 1)
        revoked.withLock { $0 = true }
        #expect(authenticator.cached(token, at: noon.advanced(bySeconds: 4)) != nil)
        #expect(await authenticator.result(token, at: noon.advanced(bySeconds: 5)).cause == "revoked")
        revoked.withLock { $0 = false }
        #expect(await authenticator.result(token).principal != nil)
        revoked.withLock { $0 = true }
        authenticator.flush()
        #expect(await authenticator.result(token).cause == "revoked")
    }

    @Test func `what was verified before a flush is not remembered after it`() {
        let tokens = VerifiedTokens(limit: 10)
        let digest = Core.Digest(of: [1])
        let principal = Principal(user: "u", agent: "a", tenant: nil, roles: [], issuer: "i", expires: noon)
        let epoch = tokens.epoch
        tokens.flush()
        tokens.keep(principal, digest, from: noon, until: noon.advanced(bySeconds: 9), epoch: epoch)
        #expect(tokens.find(digest, at: noon) == nil)
        tokens.keep(principal, digest, from: noon, until: noon.advanced(bySeconds: 9), epoch: tokens.epoch)
        #expect(tokens.find(digest, at: noon) == principal)
    }

    @Test func `memory is bounded, and what is used stays`() {
        var kept = RecentlyUsed<Int, Int>(limit: 100)
        for number in 0..<10_000 {
            kept.insert(number, for: number)
            #expect(kept.find(0) == 0)
            #expect(kept.count <= 102)
        }
        #expect(kept.find(9999) == 9999 && kept.find(5000) == nil)
        kept.remove(9999)
        #expect(kept.find(9999) == nil)
    }

    // MARK: Keys that change

    @Test func `keys rotate in their file`() async throws {
        let issuer = try TestIssuer()
        let authenticator = try issuer.authenticator()
        let old = try issuer.draft.signed()
        #expect(await authenticator.result(old).principal != nil)
        var draft = issuer.draft
        draft.key = .es256(P256.Signing.PrivateKey())
        draft.header["kid"] = "k3"
        let new = try draft.signed()
        #expect(await authenticator.result(new).cause == "unknown-key")
        issuer.files.write("jwks.json", jwks([try issuer.key.jwk("k2"), try draft.key.jwk("k3")]))
        #expect(await authenticator.result(new, at: noon.advanced(bySeconds: 4)).cause == "unknown-key")
        #expect(await authenticator.result(new, at: noon.advanced(bySeconds: 5)).principal != nil)
        #expect(await authenticator.result(old, at: noon.advanced(bySeconds: 5)).principal != nil)
        // A key that is taken away stops verifying, also for tokens that are remembered.
        issuer.files.write("jwks.json", jwks([try draft.key.jwk("k3")]))
        #expect(await authenticator.result(old, at: noon.advanced(bySeconds: 36)).cause == "unknown-key")
        #expect(await authenticator.result(new, at: noon.advanced(bySeconds: 36)).principal != nil)
    }

    @Test func `a broken file leaves the keys that were there, for an hour`() async throws {
        let issuer = try TestIssuer()
        let authenticator = try issuer.authenticator { $0.leewaySeconds = 0 }
        var draft = issuer.draft
        draft.claims["exp"] = JSONValue(noon.seconds + 100_000)
        let token = try draft.signed()
        #expect(await authenticator.result(token).principal != nil)
        for broken in [[], Array("{".utf8), Array(#"{"keys":[]}"#.utf8), Array(#"{"keys":[],"keys":[]}"#.utf8)] {
            issuer.files.write("jwks.json", broken)
            #expect(await authenticator.result(token, at: noon.advanced(bySeconds: 60)).principal != nil)
        }
        #expect(await authenticator.result(token, at: noon.advanced(bySeconds: 3629)).principal != nil)
        let late = await authenticator.result(token, at: noon.advanced(bySeconds: 3700))
        #expect(late.code == .unavailable)
        issuer.files.write("jwks.json", jwks([try issuer.key.jwk("k2")]))
        #expect(await authenticator.result(token, at: noon.advanced(bySeconds: 3705)).principal != nil)
    }

    @Test func `a key file that others may write is not read`() async throws {
        let issuer = try TestIssuer()
        issuer.files.write("jwks.json", jwks([try issuer.key.jwk("k2")]), mode: 0o666)
        #expect(await (try issuer.authenticator()).result(try issuer.draft.signed()).code == .unavailable)
    }
}
