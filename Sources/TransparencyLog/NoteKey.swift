import Crypto

/// A public key that notes can be checked with (C2SP signed-note, Ed25519): `name+hash+base64`.
public struct NoteKey: Sendable, Hashable {
    public let name: String
    /// The first 4 bytes of the SHA-256 of name, algorithm and key, as signatures carry it.
    public let hash: UInt32
    private let bytes: [UInt8]
    private let algorithm: Algorithm

    /// What is signed, and how: the byte that stands before a key.
    enum Algorithm: UInt8 {
        /// The text (Ed25519).
        case note = 1
        /// The text with a time, by a witness (Ed25519).
        case cosignature = 4
    }

    /// - Returns: nil for a name with spaces or `+`, and for bytes that are no Ed25519 key.
    public init?(name: String, publicKey: [UInt8]) {
        self.init(name: name, publicKey: publicKey, algorithm: .note)
    }

    init?(name: String, publicKey: [UInt8], algorithm: Algorithm) {
        guard Self.isName(name), publicKey.count == 32,
            (try? Curve25519.Signing.PublicKey(rawRepresentation: publicKey)) != nil
        else { return nil }
        self.name = name
        bytes = publicKey
        self.algorithm = algorithm
        let digest = SHA256.hash(data: Array(name.utf8) + [0x0A, algorithm.rawValue] + publicKey)
        hash = digest.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// Reads the encoded form.
    ///
    /// - Returns: nil for text of another form, of another algorithm, or whose hash is not its key's.
    public init?(_ text: String) {
        self.init(text, algorithm: .note)
    }

    init?(_ text: String, algorithm: Algorithm) {
        let parts = text.split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[1].utf8.count == 8, let hash = UInt32(parts[1], radix: 16),
            let bytes = Base64.decode(Array(parts[2].utf8)[...]), bytes.first == algorithm.rawValue
        else { return nil }
        self.init(name: String(parts[0]), publicKey: Array(bytes.dropFirst()), algorithm: algorithm)
        guard self.hash == hash else { return nil }
    }

    /// The encoded form.
    public var text: String {
        let digits = String(hash, radix: 16)
        return name + "+" + String(repeating: "0", count: 8 - digits.utf8.count) + digits + "+"
            + Base64.encode([algorithm.rawValue] + bytes)
    }

    func isValid(_ signature: [UInt8], for text: String) -> Bool {
        guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: bytes) else { return false }
        return key.isValidSignature(signature, for: Array(text.utf8))
    }

    /// Names have no spaces and no plus signs.
    static func isName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= 255
            && name.unicodeScalars.allSatisfy { !$0.properties.isWhitespace && $0 != "+" && $0.value >= 0x21 }
    }
}

/// A private key that signs notes.
public struct SigningKey: Sendable {
    /// What signatures are checked with.
    public let publicKey: NoteKey
    private let key: Curve25519.Signing.PrivateKey

    /// - Parameter seed: 32 bytes.
    /// - Returns: nil for a name with spaces or `+`, and for a seed of another length.
    public init?(name: String, seed: [UInt8]) {
        guard let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: seed),
            let publicKey = NoteKey(name: name, publicKey: Array(key.publicKey.rawRepresentation))
        else { return nil }
        self.key = key
        self.publicKey = publicKey
    }

    func sign(_ text: String) -> SignedNote.Signature? {
        guard let bytes = try? key.signature(for: Array(text.utf8)) else { return nil }
        return SignedNote.Signature(name: publicKey.name, keyHash: publicKey.hash, bytes: Array(bytes))
    }
}
