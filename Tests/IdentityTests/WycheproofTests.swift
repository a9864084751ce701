import Core
import Crypto
import JSON
import TestSupport
import Testing

@testable import Identity

@Suite(.enabled(if: SharedData.isThere))
struct WycheproofTests {
    private func groups(_ name: String) throws -> [JSONValue] {
        try #require(SharedData.json("vectors/wycheproof/testvectors_v1/\(name).json")["testGroups"]?.array)
    }

    /// Runs the vectors of raw signatures for one algorithm.
    private func check(_ name: String, _ algorithm: SignatureAlgorithm, jwk: String = "publicKeyJwk") throws {
        var valid = 0, invalid = 0
        for group in try groups(name) {
            guard let object = group[jwk]?.object, let tests = group["tests"]?.array else { continue }
            let key = try? VerificationKey(jwk: object)
            if key == nil {
                // Valid to the suite, refused by us: the only keys we do not take are those with exponent 3.
                #expect(object["e"]?.string == "Aw", "\(name)")
                continue
            }
            for test in tests {
                let number = test["tcId"]?.int ?? 0
                let verifies =
                    key?.verifies(
                        try #require(test["sig"]?.string).unhexed, of: try #require(test["msg"]?.string).unhexed,
                        algorithm) ?? false
                switch test["result"]?.string {
                case "valid":
                    #expect(verifies, "\(name) tcId \(number)")
                    valid += 1
                case "invalid":
                    #expect(!verifies, "\(name) tcId \(number)")
                    invalid += 1
                default: break
                }
            }
        }
        #expect(valid > 5 && invalid > 30, "\(name): \(valid) valid, \(invalid) invalid")
    }

    @Test func `ECDSA P-256 in the P1363 form`() throws {
        try check("ecdsa_secp256r1_sha256_p1363_test", .es256)
    }

    @Test func `Ed25519`() throws {
        try check("ed25519_test", .edDSA)
    }

    @Test func `RSA PKCS #1 v1.5`() throws {
        try check("rsa_signature_2048_sha256_test", .rs256, jwk: "keyJwk")
    }

    @Test func `RSA PSS`() throws {
        try check("rsa_pss_2048_sha256_mgf1_32_test", .ps256)
    }

    /// The payloads of these vectors are no claims, so the token's own reader refuses them; what is checked here is
    /// the way from the text to the verdict on the signature, with everything but the claims.
    @Test func `JSON Web Signatures`() throws {
        var valid = 0, invalid = 0, refused = 0
        for group in try groups("json_web_signature_test") {
            guard let object = group["public"]?.object, let key = try? VerificationKey(jwk: object) else {
                // A key of a kind that is never used: nothing it signed may pass, and there is nothing to try.
                refused += group["tests"]?.array?.count ?? 0
                continue
            }
            for test in try #require(group["tests"]?.array) {
                let number = test["tcId"]?.int ?? 0
                let verifies = test["jws"]?.string.map { isSigned($0, by: key) } ?? false
                // Valid to the suite, refused by us: 346 and 350 use PS384 with a key that says PS256.
                if test["result"]?.string == "valid", ![346, 350].contains(number) {
                    #expect(verifies, "tcId \(number)")
                    valid += 1
                } else {
                    #expect(!verifies, "tcId \(number)")
                    invalid += 1
                }
            }
        }
        #expect(valid >= 3 && invalid > 100, "\(valid) valid, \(invalid) invalid, \(refused) with keys never used")
    }

    private func isSigned(_ text: String, by key: VerificationKey) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        // An object in the place of the payload, so that the reader gets as far as the signature.
        guard
            parts.count == 3, let header = Base64URL.decode(parts[0]), Base64URL.decode(parts[1]) != nil,
            let stand = try? CompactToken(
                Array((Base64URL.encode(header) + ".e30." + String(decoding: parts[2], as: UTF8.self)).utf8)),
            KeySet([key]).key(id: stand.keyID, stand.algorithm) != nil
        else { return false }
        let signed = Array(text.utf8.prefix(parts[0].count + 1 + parts[1].count))
        return key.verifies(stand.signature, of: signed, stand.algorithm)
    }
}
