import Crypto
import CryptoExtras

/// A password as it is stored: scrypt (RFC 7914) with its parameters and a salt of its own.
struct PasswordHash: Sendable, Hashable {
    /// What one guess costs: 128 · 2^exponent · 8 bytes of memory, and time in proportion.
    struct Cost: Sendable, Hashable {
        /// The binary logarithm of N.
        let exponent: Int

        /// N = 2^15, r = 8, p = 1: 32 MiB.
        static let standard = Cost(exponent: 15)
    }

    private let cost: Cost
    private let salt: [UInt8]
    private let hash: [UInt8]

    init(_ password: String, cost: Cost) throws {
        self.cost = cost
        salt = unsafe SymmetricKey(size: .bits128).withUnsafeBytes { unsafe Array($0) }
        hash = try Self.hash(password, salt: salt, cost: cost)
    }

    /// What no password matches, at the same cost as any other.
    init(decoyOf cost: Cost) {
        self.cost = cost
        salt = unsafe SymmetricKey(size: .bits128).withUnsafeBytes { unsafe Array($0) }
        hash = unsafe SymmetricKey(size: .bits256).withUnsafeBytes { unsafe Array($0) }
    }

    /// Reads `scrypt$15$8$1$salt$hash`, salt and hash in base64url.
    ///
    /// - Returns: nil for what this version does not write, costs beyond bounds included.
    init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "$"), omittingEmptySubsequences: false)
        guard
            parts.count == 6, parts[0].elementsEqual("scrypt".utf8), parts[2].elementsEqual("8".utf8),
            parts[3].elementsEqual("1".utf8), let exponent = Int(String(decoding: parts[1], as: UTF8.self)),
            (4...20).contains(exponent), let salt = Base64URL.decode(parts[4]), salt.count == 16,
            let hash = Base64URL.decode(parts[5]), hash.count == 32
        else { return nil }
        cost = Cost(exponent: exponent)
        self.salt = salt
        self.hash = hash
    }

    var text: String {
        "scrypt$\(cost.exponent)$8$1$" + Base64URL.encode(salt) + "$" + Base64URL.encode(hash)
    }

    /// Whether this is the password. Takes the same time wherever the difference is.
    func matches(_ password: String) -> Bool {
        guard let other = try? Self.hash(password, salt: salt, cost: cost), other.count == hash.count else {
            return false
        }
        return zip(hash, other).reduce(into: UInt8(0)) { $0 |= $1.0 ^ $1.1 } == 0
    }

    static func hash(_ password: String, salt: [UInt8], cost: Cost) throws -> [UInt8] {
        unsafe try KDF.Scrypt.deriveKey(
            from: Array(password.utf8), salt: salt, outputByteCount: 32, rounds: 1 << cost.exponent, blockSize: 8,
            parallelism: 1
        ).withUnsafeBytes { unsafe Array($0) }
    }
}
