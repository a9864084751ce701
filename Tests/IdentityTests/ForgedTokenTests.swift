import Core
import Crypto
import CryptoExtras
import Engine
import JSON
import Testing

@testable import Identity

/// One change to a good token, and why that makes it a bad one.
struct Forgery: Sendable, CustomTestStringConvertible {
    let name: String
    let flaw: TokenFlaw
    let token: @Sendable (Draft) throws -> [UInt8]

    var testDescription: String { name }

    static func header(_ name: String, _ flaw: TokenFlaw, _ member: String, _ value: JSONValue?) -> Forgery {
        Forgery(name: name, flaw: flaw) { draft in
            var draft = draft
            draft.header[member] = value
            return try draft.signed()
        }
    }

    static func claim(_ name: String, _ flaw: TokenFlaw, _ member: String, _ value: JSONValue?) -> Forgery {
        Forgery(name: name, flaw: flaw) { draft in
            var draft = draft
            draft.claims[member] = value
            return try draft.signed()
        }
    }

    /// A change to the text of header or payload, signed as it then is.
    static func text(
        _ name: String, _ flaw: TokenFlaw, header: [String: String] = [:], claims: [String: String] = [:]
    ) -> Forgery {
        Forgery(name: name, flaw: flaw) { draft in
            func changed(_ object: JSONObject, _ changes: [String: String]) -> [UInt8] {
                var text = JSONValue.object(object).text
                for (old, new) in changes { text = text.replacing(old, with: new) }
                return Array(text.utf8)
            }
            return try Draft.signed(
                header: changed(draft.header, header), claims: changed(draft.claims, claims), draft.key)
        }
    }

    /// A change to the finished token.
    static func bytes(_ name: String, _ flaw: TokenFlaw, _ change: @escaping @Sendable ([UInt8]) -> [UInt8]) -> Forgery
    {
        Forgery(name: name, flaw: flaw) { change(try $0.signed()) }
    }

    static func parts(_ name: String, _ flaw: TokenFlaw, _ change: @escaping @Sendable (inout [String]) -> Void)
        -> Forgery
    {
        bytes(name, flaw) { token in
            var parts = String(decoding: token, as: UTF8.self).split(separator: ".", omittingEmptySubsequences: false)
                .map(String.init)
            change(&parts)
            return Array(parts.joined(separator: ".").utf8)
        }
    }

    static let all: [Forgery] = [
        // Form
        bytes("an empty token", .malformed) { _ in [] },
        bytes("a token of 8,193 bytes", .tooLarge) { $0 + [UInt8](repeating: 65, count: 8193 - $0.count) },
        claim("a payload beyond the size", .tooLarge, "x", .string(String(repeating: "a", count: 8192))),
        parts("no signature part", .malformed) { $0.removeLast() },
        parts("an empty signature", .malformed) { $0[2] = "" },
        parts("a fourth part", .malformed) { $0.append("AA") },
        parts("five parts, as encrypted tokens have", .malformed) { $0 += ["AA", "AA"] },
        parts("padding", .malformed) { $0[1] += "=" },
        parts("a space in the header", .malformed) { $0[0] += " " },
        parts("a line feed in the payload", .malformed) { $0[1] += "\n" },
        parts("the standard alphabet", .malformed) { $0[2] = "+" + $0[2].dropFirst() },
        parts("unused bits that are set", .malformed) { parts in
            // 64 bytes leave four unused bits in the last of 86 characters.
            parts[2] = parts[2].dropLast() + "B"
        },
        bytes("a byte that is no ASCII", .malformed) { [0xC3] + $0 },
        bytes("white space around", .malformed) { [0x20] + $0 },
        // Header
        header("alg none", .algorithm, "alg", "none"),
        header("alg NoNe", .algorithm, "alg", "NoNe"),
        header("alg in lower case", .algorithm, "alg", "es256"),
        header("alg HS256", .algorithm, "alg", "HS256"),
        header("alg ES512", .algorithm, "alg", "ES512"),
        header("an algorithm we know and do not trust this issuer with", .algorithm, "alg", "ES384"),
        header("an algorithm for another type of key", .unknownKey, "alg", "RS256"),
        header("alg EdDSA for a P-256 key", .unknownKey, "alg", "EdDSA"),
        header("no alg", .header, "alg", nil),
        header("alg as a list", .header, "alg", ["ES256"]),
        header("an unknown kid", .unknownKey, "kid", "k9"),
        header("a kid that holds SQL", .unknownKey, "kid", "x' UNION SELECT 'k'--"),
        header("a kid that is a path", .unknownKey, "kid", "../../dev/null"),
        header("a kid that is equal to Swift only", .unknownKey, "kid", "\u{212A}2"),
        header("a kid that is a number", .header, "kid", 2),
        header("a critical extension", .critical, "crit", ["exp"]),
        header("an empty list of critical extensions", .critical, "crit", []),
        header("an unencoded payload", .critical, "b64", false),
        header("a jku", .keyReference, "jku", "https://evil.test/jwks.json"),
        header("an x5u", .keyReference, "x5u", "https://evil.test/cert.pem"),
        header("an x5c", .keyReference, "x5c", ["MIIB"]),
        header("an embedded jwk", .keyReference, "jwk", ["kty": "EC"]),
        header("typ of an ID-JAG", .type, "typ", "oauth-id-jag+jwt"),
        header("typ of a DPoP proof", .type, "typ", "dpop+jwt"),
        header("typ of a logout token", .type, "typ", "logout+jwt"),
        header("typ of a security event", .type, "typ", "secevent+jwt"),
        header("typ as a number", .type, "typ", 1),
        header("a nested token", .header, "cty", "JWT"),
        header("compression", .header, "zip", "DEF"),
        text("a repeated name in the header", .header, header: [#""kid":"k2""#: #""kid":"k9","kid":"k2""#]),
        text("a repeated name behind an escape", .header, header: [#""kid":"k2""#: ##""kid":"k2","\u006bid":"k2""##]),
        text("a header that is a list", .header, header: ["{": "[{", "}": "}]"]),
        text("more after the header", .header, header: ["}": "} " + "{}"]),
        // Signature
        Forgery(name: "another key under the same kid", flaw: .signature) { draft in
            var draft = draft
            draft.key = .es256(P256.Signing.PrivateKey())
            return try draft.signed()
        },
        parts("a signature of 64 zero bytes", .signature) {
            $0[2] = Base64URL.encode([UInt8](repeating: 0, count: 64))
        },
        parts("a signature that is too long", .signature) { parts in
            parts[2] = Base64URL.encode((Base64URL.decode(parts[2].utf8) ?? []) + [0])
        },
        parts("a signature in DER", .signature) { parts in
            let raw = Base64URL.decode(parts[2].utf8) ?? []
            let signature = try? P256.Signing.ECDSASignature(rawRepresentation: raw)
            parts[2] = Base64URL.encode(signature.map { Array($0.derRepresentation) } ?? [])
        },
        parts("a payload of another token", .signature) { parts in
            var claims = Base64URL.decode(parts[1].utf8) ?? []
            claims = Array(String(decoding: claims, as: UTF8.self).replacing("support", with: "manager").utf8)
            parts[1] = Base64URL.encode(claims)
        },
        parts("a header with a space more", .signature) { parts in
            parts[0] = Base64URL.encode([0x20] + (Base64URL.decode(parts[0].utf8) ?? []))
        },
        Forgery(name: "an HMAC with the public key as its secret", flaw: .algorithm) { draft in
            var draft = draft
            draft.header["alg"] = "HS256"
            let signed =
                Base64URL.encode(JSONValue.object(draft.header).bytes) + "."
                + Base64URL.encode(JSONValue.object(draft.claims).bytes)
            let secret = SymmetricKey(data: JSONValue.object(try draft.key.jwk("k2")).bytes)
            let code = HMAC<SHA256>.authenticationCode(for: Array(signed.utf8), using: secret)
            return Array((signed + "." + Base64URL.encode(code)).utf8)
        },
        // Whose, for whom
        claim("another issuer", .issuer, "iss", "https://evil.test"),
        claim("the issuer with a slash more", .issuer, "iss", "https://idp.test/"),
        claim("the issuer in capital letters", .issuer, "iss", "https://IDP.test"),
        claim("no issuer", .issuer, "iss", nil),
        claim("issuers as a list", .issuer, "iss", ["https://idp.test"]),
        claim("another audience", .audience, "aud", "dashboard-client"),
        claim("an audience that begins like ours", .audience, "aud", ["https://gw.test/mcp.evil.test"]),
        claim("the audience with a slash more", .audience, "aud", "https://gw.test/mcp/"),
        claim("no audience", .audience, "aud", nil),
        claim("an empty list of audiences", .audience, "aud", []),
        claim("audiences with a number among them", .audience, "aud", ["https://gw.test/mcp", 1]),
        claim("the audience within an object", .audience, "aud", ["https://gw.test/mcp": true]),
        // When
        claim("expired", .expired, "exp", JSONValue(noon.seconds - 60)),
        claim("expired long ago", .expired, "exp", 0),
        claim("no expiry", .expiry, "exp", nil),
        claim("an expiry in a string", .expiry, "exp", "9999999999"),
        text("an expiry beyond all numbers", .expiry, claims: [#""exp":1800000300"#: #""exp":1e400"#]),
        text("a negative expiry", .expiry, claims: [#""exp":1800000300"#: #""exp":-1"#]),
        claim("an expiry in milliseconds", .expiry, "exp", JSONValue((noon.seconds + 300) * 1000)),
        claim("an expiry of null", .expiry, "exp", .null),
        claim("not valid yet", .notYetValid, "nbf", JSONValue(noon.seconds + 61)),
        claim("valid from a string", .notYetValid, "nbf", "0"),
        claim("issued in the future", .issuedInFuture, "iat", JSONValue(noon.seconds + 61)),
        claim("issued at a time that is a list", .issuedInFuture, "iat", [1]),
        // Who
        claim("no subject", .subject, "sub", nil),
        claim("an empty subject", .subject, "sub", ""),
        claim("a subject that is a number", .subject, "sub", 7),
        claim("a subject with a line feed", .subject, "sub", "alice\nadmin"),
        claim("a subject with a zero-width space", .subject, "sub", "ali\u{200B}ce"),
        claim("a subject that reads backwards", .subject, "sub", "\u{202E}ecila"),
        claim("a subject that is equal to another to Swift", .subject, "sub", "\u{212A}arl"),
        claim("a subject of 257 bytes", .subject, "sub", .string(String(repeating: "a", count: 257))),
        claim("no agent", .agent, "azp", nil),
        claim("an agent that is an object", .agent, "azp", ["id": "agent-a"]),
        claim("an empty agent", .agent, "azp", ""),
        claim("a tenant that is a list", .tenant, "tenant", ["acme", "evil"]),
        claim("an empty tenant", .tenant, "tenant", ""),
        claim("a tenant of null", .tenant, "tenant", .null),
        claim("roles that are an object", .roles, "roles", ["admin": true]),
        claim("a role that is a number", .roles, "roles", ["support", 1]),
        claim("a role that is equal to another to Swift", .roles, "roles", ["\u{212A}admin"]),
        claim("a scope that is a number", .scope, "scope", 1),
        text("a repeated claim", .payload, claims: [#""sub":"u-alice""#: #""sub":"u-alice","sub":"u-bob""#]),
        text("a repeated claim deep inside", .payload, claims: [#""jti":"t-1""#: #""x":{"a":1,"a":2}"#]),
        text("a payload that is a string", .payload, claims: ["{": #""{"#, "}": #"}""#]),
        // What for
        claim("Keycloak's ID token", .notForResources, "typ", "ID"),
        claim("Keycloak's refresh token", .notForResources, "typ", "Refresh"),
        claim("Cognito's ID token", .notForResources, "token_use", "id"),
        claim("a logout token", .notForResources, "events", [:]),
        Forgery(name: "an ID token for our resource URI", flaw: .notForResources) { draft in
            var draft = draft
            draft.header["typ"] = "JWT"
            draft.claims["scope"] = nil
            draft.claims["nonce"] = "n"
            return try draft.signed()
        },
        claim("a token bound to a key", .senderConstrained, "cnf", ["jkt": "x"]),
    ]
}

struct ForgedTokenTests {
    @Test func `the good token is accepted`() async throws {
        let issuer = try TestIssuer()
        let principal = try await issuer.authenticator().authenticate(bearer: issuer.draft.signed(), at: noon)
        #expect(
            principal
                == Principal(
                    user: "u-alice", agent: "agent-a", tenant: "acme", roles: ["support"], issuer: "https://idp.test",
                    scopes: ["mcp"], expires: noon.advanced(bySeconds: 300)))
    }

    @Test(arguments: Forgery.all) func `a forged token is refused for its own reason`(forgery: Forgery) async throws {
        let issuer = try TestIssuer()
        let authenticator = try issuer.authenticator()
        #expect(await authenticator.result(try issuer.draft.signed()).principal != nil)
        let token = try forgery.token(issuer.draft)
        for _ in 0..<2 {
            let result = await authenticator.result(token)
            #expect(result.cause == forgery.flaw.rawValue)
            #expect(result.code == .invalidToken)
        }
        #expect(authenticator.cached(token, at: noon) == nil)
    }

    @Test func `every flaw has its forgery`() {
        let missing = Set(TokenFlaw.allCases).subtracting(Forgery.all.map(\.flaw))
        #expect(missing == [.revoked])
    }

    /// What may differ without harm.
    @Test func `good tokens of other shapes are accepted`() async throws {
        let issuer = try TestIssuer()
        let authenticator = try issuer.authenticator()
        let headers: [(String, JSONValue?)] = [
            ("typ", "JWT"), ("typ", "jwt"), ("typ", "application/at+jwt"), ("typ", "AT+JWT"), ("typ", nil),
            ("kid", nil),
            ("x5t", "abc"),
        ]
        for (name, value) in headers {
            var draft = issuer.draft
            draft.header[name] = value
            #expect(await authenticator.result(try draft.signed()).principal != nil, "\(name)")
        }
        let claims: [(String, JSONValue?)] = [
            ("aud", ["https://other.test", "https://gw.test/mcp"]), ("exp", JSONValue(noon.seconds - 59)),
            ("nbf", JSONValue(noon.seconds + 60)), ("iat", JSONValue(noon.seconds + 60)), ("iat", nil), ("jti", nil),
            ("scope", nil), ("tenant", nil), ("roles", nil), ("roles", []), ("nonce", "n"), ("typ", "Bearer"),
            ("token_use", "access"), ("sub", "Zoë Müller"), ("sub", "佐藤"),
        ]
        for (name, value) in claims {
            var draft = issuer.draft
            draft.claims[name] = value
            #expect(await authenticator.result(try draft.signed()).principal != nil, "\(name)")
        }
    }

    @Test func `every changed bit of a good token is found`() async throws {
        let issuer = try TestIssuer()
        let authenticator = try issuer.authenticator()
        let token = try issuer.draft.signed()
        for index in token.indices {
            var changed = token
            changed[index] ^= UInt8(1 << (index % 8))
            #expect(await authenticator.result(changed).principal == nil, "byte \(index)")
        }
    }

    @Test func `bytes at random are refused and break nothing`() async throws {
        let issuer = try TestIssuer()
        let authenticator = try issuer.authenticator()
        var state: UInt64 = 20_261_121
        func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var value = state
            value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
            value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
            return value ^ value >> 31
        }
        let good = try issuer.draft.signed()
        for _ in 0..<300 {
            var token = good
            for _ in 0..<(1 + next() % 4) {
                let index = Int(next() % UInt64(token.count))
                switch next() % 3 {
                case 0: token[index] = UInt8(truncatingIfNeeded: next())
                case 1: token.remove(at: index)
                default: token.insert(Array(".-_=A".utf8)[Int(next() % 5)], at: index)
                }
            }
            guard token != good else { continue }
            #expect(await authenticator.result(token).principal == nil)
        }
    }
}
