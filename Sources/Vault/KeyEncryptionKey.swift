package import Crypto

/// The key that protects all others. It never encrypts a secret itself: keys for single purposes are derived from it
/// (HKDF-SHA-256, RFC 5869), and only they leave this type.
package struct KeyEncryptionKey: Sendable {
    /// The first 8 bytes of a labelled SHA-256 of the key, in hexadecimal: tells keys apart and gives nothing away.
    package let id: String
    /// Wraps the data keys of secrets.
    let wrapping: SymmetricKey
    /// Authenticates the index of secrets.
    let index: SymmetricKey
    /// Seals values of the journal.
    let sealing: SymmetricKey
    /// Keys the hashes that stand for redacted values (``Core/Digest/init(keyed:of:)``).
    package let keyedHash: SymmetricKey

    /// - Parameter bytes: 32 random bytes.
    package init(bytes: [UInt8]) throws(KeyFault) {
        guard bytes.count == 32 else { throw KeyFault(.malformed, "a key is 32 bytes, not \(bytes.count)") }
        // Random keys have about 30 different bytes among 32; fewer than 10 is no accident of a good generator.
        guard Set(bytes).count >= 10 else { throw KeyFault(.weak, "the key is not random: its bytes repeat") }
        var hash = SHA256()
        hash.update(data: Array("sallyport/vault/key-id/v1\n".utf8))
        hash.update(data: bytes)
        id = hash.finalize().prefix(8).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        let root = SymmetricKey(data: bytes)
        func derived(_ purpose: String) -> SymmetricKey {
            HKDF<SHA256>.deriveKey(
                inputKeyMaterial: root, info: Array("sallyport/vault/\(purpose)/v1".utf8), outputByteCount: 32)
        }
        wrapping = derived("wrapping")
        index = derived("index")
        sealing = derived("sealing")
        keyedHash = derived("keyed-hash")
    }

    /// A key as text, as in an environment variable: 64 hexadecimal digits or 44 characters of base64.
    package init(text: String) throws(KeyFault) {
        var characters = Array(text.utf8)
        if characters.last == UInt8(ascii: "\n") { characters.removeLast() }
        guard !characters.isEmpty else { throw KeyFault(.malformed, "the key is empty") }
        guard let bytes = Self.hexadecimal(characters) ?? Self.base64(characters) else {
            throw KeyFault(.malformed, "a key is 64 hexadecimal digits or 44 characters of base64")
        }
        try self.init(bytes: bytes)
    }

    /// A key file: 32 raw bytes, 64 hexadecimal digits or 44 characters of base64, the text with or without a final
    /// line feed, readable by nobody but its owner.
    package init(file path: String) throws(KeyFault) {
        let contents: [UInt8]
        do {
            contents = try KeyFile.read(path, limit: 4096)
        } catch {
            throw KeyFault(.file(error.code), error.message)
        }
        if contents.count == 32 {
            // A random key is all printable once in 10^13; 32 characters are a phrase, or a 16-byte key as text.
            guard contents.contains(where: { $0 < 0x20 || $0 > 0x7E }) else {
                throw KeyFault(.weak, "\(path) holds 32 characters of text, not 32 random bytes")
            }
            try self.init(bytes: contents)
        } else {
            guard let text = String(validating: contents, as: UTF8.self) else {
                throw KeyFault(.malformed, "\(path) holds \(contents.count) bytes; a raw key has 32")
            }
            try self.init(text: text)
        }
    }

    /// Makes a fresh key and its file, with mode 0600. What exists is never overwritten.
    package static func create(at path: String) throws(KeyFault) -> KeyEncryptionKey {
        let bytes = SymmetricKey(size: .bits256).bytes
        let key = try KeyEncryptionKey(bytes: bytes)
        let text = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() + "\n"
        do {
            try KeyFile.create(path, Array(text.utf8))
        } catch {
            throw KeyFault(.file(error.code), error.message)
        }
        return key
    }

    private static func hexadecimal(_ characters: [UInt8]) -> [UInt8]? {
        guard characters.count == 64 else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: 64, by: 2) {
            guard let high = digit(characters[index]), let low = digit(characters[index + 1]) else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    private static func digit(_ character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): character - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// 44 characters of base64 (RFC 4648 §4), the last of them `=`: exactly 32 bytes.
    private static func base64(_ characters: [UInt8]) -> [UInt8]? {
        guard characters.count == 44, characters[43] == UInt8(ascii: "=") else { return nil }
        var bits: UInt32 = 0
        var count = 0
        var bytes: [UInt8] = []
        for character in characters.prefix(43) {
            let value: UInt8
            switch character {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): value = character - UInt8(ascii: "A")
            case UInt8(ascii: "a")...UInt8(ascii: "z"): value = character - UInt8(ascii: "a") + 26
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = character - UInt8(ascii: "0") + 52
            case UInt8(ascii: "+"): value = 62
            case UInt8(ascii: "/"): value = 63
            default: return nil
            }
            bits = (bits << 6 | UInt32(value)) & 0xFFFF
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> count))
            }
        }
        return bits & (1 << count - 1) == 0 ? bytes : nil
    }
}

extension KeyEncryptionKey: CustomStringConvertible, CustomReflectable {
    package var description: String { "[key \(id)]" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

extension SymmetricKey {
    var bytes: [UInt8] {
        unsafe withUnsafeBytes { unsafe Array($0) }
    }
}

/// Why a key-encryption key was refused.
package struct KeyFault: Error, Sendable, Hashable {
    package enum Code: Sendable, Hashable {
        case file(KeyFileFault.Code)
        case malformed
        case weak
    }

    package let code: Code
    /// One sentence for the operator; never a part of the key.
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}
