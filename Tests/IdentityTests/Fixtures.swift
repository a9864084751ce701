import Core
import Crypto
import CryptoExtras
import Engine
import FoundationEssentials
import JSON
import Logging
import Synchronization
import Testing

@testable import Identity

#if canImport(Glibc)
    import Glibc
#endif

/// The moment of all tests.
let noon = Timestamp(seconds: 1_800_000_000)

let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// A clock that moves when told.
final class TestClock: Sendable {
    private let moment = Mutex(noon)

    var now: Timestamp { moment.withLock { $0 } }

    func advance(bySeconds seconds: Int) {
        moment.withLock { $0 = $0.advanced(bySeconds: seconds) }
    }
}

/// A private key of any kind, with its public half as a JSON Web Key.
enum SigningKey: Sendable {
    case es256(P256.Signing.PrivateKey)
    case es384(P384.Signing.PrivateKey)
    case ed25519(Curve25519.Signing.PrivateKey)
    case rsa(_RSA.Signing.PrivateKey)

    func sign(_ bytes: [UInt8], _ algorithm: String) throws -> [UInt8] {
        switch self {
        case .es256(let key): Array(try key.signature(for: bytes).rawRepresentation)
        case .es384(let key): Array(try key.signature(for: bytes).rawRepresentation)
        case .ed25519(let key): Array(try key.signature(for: bytes))
        case .rsa(let key):
            Array(
                try key.signature(
                    for: SHA256.hash(data: bytes), padding: algorithm == "PS256" ? .PSS : .insecurePKCS1v1_5
                )
                .rawRepresentation)
        }
    }

    func jwk(_ id: String?, algorithm: String? = nil, use: String? = "sig") throws -> JSONObject {
        var jwk: JSONObject = [:]
        func set(_ name: String, _ bytes: some Sequence<UInt8>) { jwk[name] = .string(Base64URL.encode(bytes)) }
        switch self {
        case .es256(let key):
            (jwk["kty"], jwk["crv"]) = ("EC", "P-256")
            let raw = Array(key.publicKey.rawRepresentation)
            set("x", raw[..<32])
            set("y", raw[32...])
        case .es384(let key):
            (jwk["kty"], jwk["crv"]) = ("EC", "P-384")
            let raw = Array(key.publicKey.rawRepresentation)
            set("x", raw[..<48])
            set("y", raw[48...])
        case .ed25519(let key):
            (jwk["kty"], jwk["crv"]) = ("OKP", "Ed25519")
            set("x", key.publicKey.rawRepresentation)
        case .rsa(let key):
            jwk["kty"] = "RSA"
            let primitives = try key.publicKey.getKeyPrimitives()
            set("n", primitives.modulus)
            set("e", primitives.publicExponent)
        }
        if let id { jwk["kid"] = .string(id) }
        if let algorithm { jwk["alg"] = .string(algorithm) }
        if let use { jwk["use"] = .string(use) }
        return jwk
    }
}

func jwks(_ keys: [JSONObject]) -> [UInt8] {
    JSONValue.object(["keys": .array(keys.map { .object($0) })]).bytes
}

/// A token in the making.
struct Draft {
    var header: JSONObject
    var claims: JSONObject
    var key: SigningKey

    func signed() throws -> [UInt8] {
        try Self.signed(
            header: JSONValue.object(header).bytes, claims: JSONValue.object(claims).bytes, key,
            header["alg"]?.string ?? "")
    }

    static func signed(
        header: [UInt8], claims: [UInt8], _ key: SigningKey, _ algorithm: String = "ES256"
    ) throws -> [UInt8] {
        let bytes = Array((Base64URL.encode(header) + "." + Base64URL.encode(claims)).utf8)
        return bytes + Array(("." + Base64URL.encode(try key.sign(bytes, algorithm))).utf8)
    }
}

/// The issuer of most tests: one P-256 key `k2`, in a file.
struct TestIssuer {
    let key = SigningKey.es256(P256.Signing.PrivateKey())
    let files = KeyFiles()
    let path: String

    init() throws {
        path = files.write("jwks.json", jwks([try key.jwk("k2")]))
    }

    var trusted: TrustedIssuer {
        TrustedIssuer(
            issuer: "https://idp.test", audience: "https://gw.test/mcp", keys: .jwksFile(path))
    }

    var draft: Draft {
        Draft(
            header: ["alg": "ES256", "kid": "k2", "typ": "at+jwt"],
            claims: [
                "iss": "https://idp.test", "sub": "u-alice", "aud": "https://gw.test/mcp", "azp": "agent-a",
                "tenant": "acme", "roles": ["support"], "scope": "mcp", "iat": JSONValue(noon.seconds),
                "exp": JSONValue(noon.seconds + 300), "jti": "t-1",
            ],
            key: key)
    }

    func authenticator(
        _ change: (inout TrustedIssuer) -> Void = { _ in }, admits: TokenAuthenticator.Admission? = nil
    ) throws -> TokenAuthenticator {
        var issuer = trusted
        change(&issuer)
        return try TokenAuthenticator(issuers: [issuer], fetcher: noFetch, logger: silent, admits: admits)
    }
}

/// A fetcher that is allowed to go nowhere.
let noFetch = KeyFetcher { _, _ in nil }

/// A directory of its own, removed with the object.
final class KeyFiles: Sendable {
    let path: String

    init() {
        let parent = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp"
        var template = Array("\(parent)/identity-XXXXXX".utf8CString)
        path = unsafe template.withUnsafeMutableBufferPointer { buffer in
            guard let start = buffer.baseAddress, let made = unsafe mkdtemp(start) else { return parent }
            return unsafe String(cString: made)
        }
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    @discardableResult
    func write(_ name: String, _ bytes: [UInt8], mode: mode_t = 0o644) -> String {
        let target = path + "/" + name
        let descriptor = unsafe open(target, O_WRONLY | O_CREAT | O_TRUNC, mode)
        _ = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
        _ = fchmod(descriptor, mode)
        _ = close(descriptor)
        return target
    }
}

extension TokenAuthenticator {
    /// The principal, or the fault with which the token was refused.
    func result(_ token: [UInt8], at now: Timestamp = noon) async -> Result<Principal, AuthenticationFault> {
        do {
            return .success(try await authenticate(bearer: token, at: now))
        } catch {
            return .failure(error)
        }
    }
}

extension Result where Failure == AuthenticationFault {
    var principal: Success? { try? get() }
    var cause: String? { if case .failure(let fault) = self { fault.cause } else { nil } }
    var code: AuthenticationFault.Code? { if case .failure(let fault) = self { fault.code } else { nil } }
}
