package import Crypto
import CryptoExtras
package import JSON

/// A public key with the algorithms it may verify; what a token says of itself never widens them.
package struct VerificationKey: Sendable {
    package let id: String?
    /// More than one only for an RSA key whose document does not say.
    package let algorithms: Set<SignatureAlgorithm>
    private let material: Material

    private enum Material: Sendable {
        case p256(P256.Signing.PublicKey)
        case p384(P384.Signing.PublicKey)
        case rsa(_RSA.Signing.PublicKey)
        case ed25519(Curve25519.Signing.PublicKey)
    }

    package init(ed25519 key: Curve25519.Signing.PublicKey, id: String?) {
        self.id = id
        algorithms = [.edDSA]
        material = .ed25519(key)
    }

    /// Reads a JSON Web Key (RFC 7517, RFC 7518 §6, RFC 8037 §2).
    ///
    /// - Throws: ``KeyFlaw`` for keys that are not public keys for signatures by one of our algorithms.
    package init(jwk: JSONObject) throws(KeyFlaw) {
        guard let type = jwk["kty"]?.string else { throw .unsupported }
        // A private key that was published is everybody's.
        guard !jwk.contains("d"), !jwk.contains("k") else { throw .secret }
        if let use = jwk["use"] {
            guard let use = use.string, use.hasSameBytes(as: "sig") else { throw .notForSignatures }
        }
        if let operations = jwk["key_ops"] {
            guard operations.array?.contains("verify") ?? false else { throw .notForSignatures }
        }
        let declared: SignatureAlgorithm?
        if let name = jwk["alg"] {
            guard let name = name.string, let algorithm = SignatureAlgorithm.named(name) else { throw .unsupported }
            declared = algorithm
        } else {
            declared = nil
        }
        if let id = jwk["kid"] {
            guard let id = id.string, (1...256).contains(id.utf8.count) else { throw .malformed }
            self.id = id
        } else {
            id = nil
        }
        let possible: Set<SignatureAlgorithm>
        do {
            switch (type, jwk["crv"]?.string) {
            case ("EC", "P-256"):
                possible = [.es256]
                material = .p256(try .init(x963Representation: Self.point(jwk, size: 32)))
            case ("EC", "P-384"):
                possible = [.es384]
                material = .p384(try .init(x963Representation: Self.point(jwk, size: 48)))
            case ("OKP", "Ed25519"):
                possible = [.edDSA]
                material = .ed25519(try .init(rawRepresentation: Self.bytes(jwk["x"], size: 32)))
            case ("RSA", nil):
                possible = [.rs256, .ps256]
                material = .rsa(try Self.rsa(jwk))
            default: throw KeyFlaw.unsupported
            }
        } catch let flaw as KeyFlaw {
            throw flaw
        } catch {
            throw .malformed
        }
        if let declared {
            guard possible.contains(declared) else { throw .malformed }
            algorithms = [declared]
        } else {
            algorithms = possible
        }
    }

    /// Whether the signature is one of these bytes by this key under this algorithm. False, too, when the algorithm
    /// is none of the key's.
    package func verifies(_ signature: [UInt8], of bytes: [UInt8], _ algorithm: SignatureAlgorithm) -> Bool {
        guard algorithms.contains(algorithm) else { return false }
        switch (material, algorithm) {
        case (.p256(let key), .es256):
            guard signature.count == 64, let value = try? P256.Signing.ECDSASignature(rawRepresentation: signature)
            else { return false }
            return key.isValidSignature(value, for: SHA256.hash(data: bytes))
        case (.p384(let key), .es384):
            guard signature.count == 96, let value = try? P384.Signing.ECDSASignature(rawRepresentation: signature)
            else { return false }
            return key.isValidSignature(value, for: SHA384.hash(data: bytes))
        case (.rsa(let key), .rs256):
            guard signature.count == (key.keySizeInBits + 7) / 8 else { return false }
            return key.isValidSignature(
                _RSA.Signing.RSASignature(rawRepresentation: signature), for: SHA256.hash(data: bytes),
                padding: .insecurePKCS1v1_5)
        case (.rsa(let key), .ps256):
            guard signature.count == (key.keySizeInBits + 7) / 8 else { return false }
            return key.isValidSignature(
                _RSA.Signing.RSASignature(rawRepresentation: signature), for: SHA256.hash(data: bytes), padding: .PSS)
        case (.ed25519(let key), .edDSA):
            return signature.count == 64 && key.isValidSignature(signature, for: bytes)
        default: return false
        }
    }

    private static func bytes(_ value: JSONValue?, size: Int? = nil) throws(KeyFlaw) -> [UInt8] {
        guard
            let text = value?.string, text.utf8.count <= 2048, let bytes = Base64URL.decode(text.utf8),
            size.map({ $0 == bytes.count }) ?? !bytes.isEmpty
        else { throw .malformed }
        return bytes
    }

    private static func point(_ jwk: JSONObject, size: Int) throws(KeyFlaw) -> [UInt8] {
        try [4] + bytes(jwk["x"], size: size) + bytes(jwk["y"], size: size)
    }

    private static func rsa(_ jwk: JSONObject) throws -> _RSA.Signing.PublicKey {
        let modulus = try bytes(jwk["n"])
        let exponent = try bytes(jwk["e"])
        // RFC 7518 §2: no leading zero bytes. Exponents below 65537 are refused (NIST SP 800-56B §6.2).
        guard modulus.first != 0, exponent.first != 0, (3...4).contains(exponent.count),
            exponent.last.map({ $0 & 1 }) == 1
        else { throw KeyFlaw.malformed }
        let key = try _RSA.Signing.PublicKey(n: modulus, e: exponent)
        guard (2048...8192).contains(key.keySizeInBits) else { throw KeyFlaw.malformed }
        return key
    }
}

extension SignatureAlgorithm {
    /// The algorithm whose name is these bytes.
    static func named(_ name: String) -> SignatureAlgorithm? {
        allCases.first { $0.rawValue.hasSameBytes(as: name) }
    }
}

/// Why a key of a set is not used.
package enum KeyFlaw: String, Error, Sendable, Hashable {
    case unsupported
    case malformed
    case notForSignatures = "not-for-signatures"
    /// Holds private or symmetric material.
    case secret
}
