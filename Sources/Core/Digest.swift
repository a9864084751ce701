package import Crypto

/// A SHA-256 digest.
package struct Digest: Sendable, Hashable {
    private let words: (UInt64, UInt64, UInt64, UInt64)

    package init(of bytes: some Sequence<UInt8>) {
        var hash = SHA256()
        hash.update(data: Array(bytes))
        self.init(hash.finalize())
    }

    init(_ digest: SHA256.Digest) {
        self = unsafe digest.withUnsafeBytes { unsafe Digest(words: $0) }
    }

    fileprivate init(_ code: HMAC<SHA256>.MAC) {
        self = unsafe code.withUnsafeBytes { unsafe Digest(words: $0) }
    }

    /// INVARIANT: 32 bytes.
    private init(words bytes: UnsafeRawBufferPointer) {
        func word(_ index: Int) -> UInt64 {
            unsafe UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self))
        }
        words = (word(0), word(1), word(2), word(3))
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
        var bytes: [UInt8] = []
        bytes.reserveCapacity(32)
        append(words.0, to: &bytes)
        append(words.1, to: &bytes)
        append(words.2, to: &bytes)
        append(words.3, to: &bytes)
        return bytes
    }

    private func append(_ word: UInt64, to bytes: inout [UInt8]) {
        unsafe withUnsafeBytes(of: word.bigEndian) { unsafe bytes.append(contentsOf: $0) }
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
