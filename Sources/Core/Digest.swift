package import Crypto

/// A SHA-256 digest.
package struct Digest: Sendable, Hashable {
    private let words: (UInt64, UInt64, UInt64, UInt64)

    package init(of bytes: some Sequence<UInt8>) {
        var hash = SHA256()
        hash.update(data: Array(bytes))
        self.init(hash.finalize())
    }

    init(_ digest: some Sequence<UInt8>) {
        var words: [UInt64] = [0, 0, 0, 0]
        for (index, byte) in digest.prefix(32).enumerated() {
            words[index / 8] = words[index / 8] << 8 | UInt64(byte)
        }
        self.words = (words[0], words[1], words[2], words[3])
    }

    fileprivate init(_ code: HMAC<SHA256>.MAC) {
        self = unsafe code.withUnsafeBytes { bytes in
            var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
            for index in 0..<8 {
                words.0 = words.0 << 8 | UInt64(unsafe bytes[index])
                words.1 = words.1 << 8 | UInt64(unsafe bytes[index + 8])
                words.2 = words.2 << 8 | UInt64(unsafe bytes[index + 16])
                words.3 = words.3 << 8 | UInt64(unsafe bytes[index + 24])
            }
            return Digest(words: words)
        }
    }

    private init(words: (UInt64, UInt64, UInt64, UInt64)) {
        self.words = words
    }

    /// A digest of a keyed hash (HMAC-SHA-256), which tells who holds the key whether a value was this one.
    package init(keyed key: SymmetricKey, of bytes: [UInt8]) {
        self = KeyedHash(key).digest(of: bytes)
    }

    /// - Returns: nil for text that is not 64 hexadecimal digits.
    package init?(hex: String) {
        guard hex.utf8.count == 64 else { return nil }
        var words: [UInt64] = [0, 0, 0, 0]
        for (index, byte) in hex.utf8.enumerated() {
            guard let digit = Character(UnicodeScalar(byte)).hexDigitValue else { return nil }
            words[index / 16] = words[index / 16] << 4 | UInt64(digit)
        }
        self.words = (words[0], words[1], words[2], words[3])
    }

    /// 64 lower-case hexadecimal digits.
    package var hex: String {
        unsafe String(unsafeUninitializedCapacity: 64) { digits in
            var index = 0
            for word in [words.0, words.1, words.2, words.3] {
                for shift in stride(from: 60, through: 0, by: -4) {
                    let digit = UInt8(truncatingIfNeeded: word >> UInt64(shift)) & 15
                    unsafe digits[index] = digit < 10 ? 0x30 + digit : 0x57 + digit
                    index += 1
                }
            }
            return index
        }
    }

    /// The 32 bytes.
    package var bytes: [UInt8] {
        [words.0, words.1, words.2, words.3].flatMap { word in
            (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * UInt64($0))) }
        }
    }

    package static func == (left: Digest, right: Digest) -> Bool {
        left.words == right.words
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
    }
}

extension Digest: CustomStringConvertible {
    package var description: String { hex }
}

/// A keyed hash (HMAC-SHA-256) whose key is set up once.
package struct KeyedHash: Sendable {
    private let keyed: HMAC<SHA256>

    package init(_ key: SymmetricKey) {
        keyed = HMAC(key: key)
    }

    package func digest(of bytes: [UInt8]) -> Digest {
        var hash = keyed
        hash.update(data: bytes)
        return Digest(hash.finalize())
    }
}
