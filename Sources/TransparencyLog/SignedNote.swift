/// A text with signatures below it (C2SP signed-note): lines, an empty line, and a line `— name base64` for each signature.
public struct SignedNote: Sendable, Hashable {
    /// One signature line.
    public struct Signature: Sendable, Hashable {
        /// The name of the key, as the signer gives it.
        public let name: String
        /// The first 4 bytes of the SHA-256 of name, algorithm and key.
        public let keyHash: UInt32
        public let bytes: [UInt8]

        public init(name: String, keyHash: UInt32, bytes: [UInt8]) {
            self.name = name
            self.keyHash = keyHash
            self.bytes = bytes
        }

        /// As it stands below a note, with its end.
        public var line: String {
            let hash = (0..<4).map { UInt8(truncatingIfNeeded: keyHash >> (24 - 8 * UInt32($0))) }
            return "\u{2014} \(name) \(Base64.encode(hash + bytes))\n"
        }
    }

    /// Why a text is no note, or has no signature that counts.
    public enum Flaw: Error, Sendable, Hashable {
        /// Too long, not ended by a line, with characters that are not allowed, or with no signatures.
        case malformed
        /// None of the given keys has signed it.
        case unsigned
        /// A key that was given has signed something else.
        case invalidSignature(name: String)
    }

    /// What is signed: lines, each ended.
    public let text: String
    public private(set) var signatures: [Signature]

    static let maxBytes = 1 << 20
    static let maxSignatures = 100

    /// - Throws: ``Flaw/malformed`` for a text that cannot be signed: not ended by a line, or with control characters.
    public init(text: String, signatures: [Signature] = []) throws(Flaw) {
        guard Self.isText(text), signatures.allSatisfy({ NoteKey.isName($0.name) }) else { throw .malformed }
        self.text = text
        self.signatures = signatures
    }

    /// Reads a note; says nothing about whether it is signed by anybody in particular.
    public init(parsing note: String) throws(Flaw) {
        guard note.utf8.count <= Self.maxBytes else { throw .malformed }
        // The last empty line is what ends the text; the text itself may have others.
        let bytes = Array(note.utf8)
        guard let end = bytes.indices.dropLast().last(where: { bytes[$0] == 0x0A && bytes[$0 + 1] == 0x0A }) else {
            throw .malformed
        }
        let text = String(decoding: bytes[...end], as: UTF8.self)
        let rest = bytes[(end + 2)...]
        guard Self.isText(text), Self.isText(note), rest.last == 0x0A else { throw .malformed }
        var signatures: [Signature] = []
        for line in rest.dropLast().split(separator: 0x0A, omittingEmptySubsequences: false) {
            guard let signature = Signature(line: line), signatures.count < Self.maxSignatures else { throw .malformed }
            signatures.append(signature)
        }
        self.text = text
        self.signatures = signatures
    }

    /// The note as text.
    public var description: String {
        text + "\n" + signatures.map(\.line).joined()
    }

    /// The same note with one more signature; one that the key made before is replaced.
    public func signed(by key: SigningKey) throws(Flaw) -> SignedNote {
        guard let signature = key.sign(text) else { throw .malformed }
        var note = self
        note.signatures.removeAll { $0.name == signature.name && $0.keyHash == signature.keyHash }
        note.signatures.append(signature)
        return note
    }

    /// The same note with further signatures, as others made them; those of the same keys are replaced.
    public func adding(_ others: [Signature]) -> SignedNote {
        var note = self
        for other in others where NoteKey.isName(other.name) {
            note.signatures.removeAll { $0.name == other.name && $0.keyHash == other.keyHash }
            note.signatures.append(other)
        }
        return note
    }

    /// Checks the signatures of the given keys. Signatures of other keys are left aside.
    ///
    /// - Returns: the names of the keys that signed.
    /// - Throws: ``Flaw/unsigned`` when none did, ``Flaw/invalidSignature(name:)`` when one that should does not fit.
    public func verify(_ keys: [NoteKey]) throws(Flaw) -> [String] {
        var names: [String] = []
        for signature in signatures {
            guard let key = keys.first(where: { $0.name == signature.name && $0.hash == signature.keyHash }) else {
                continue
            }
            guard key.isValid(signature.bytes, for: text) else { throw .invalidSignature(name: key.name) }
            if !names.contains(key.name) { names.append(key.name) }
        }
        guard !names.isEmpty else { throw .unsigned }
        return names
    }

    private static func isText(_ text: String) -> Bool {
        text.utf8.last == 0x0A && text.utf8.count <= maxBytes
            && text.unicodeScalars.allSatisfy { ($0.value >= 0x20 || $0 == "\n") && $0 != "\u{FFFD}" }
    }
}

extension SignedNote.Signature {
    fileprivate init?(line: ArraySlice<UInt8>) {
        let opening = Array("\u{2014} ".utf8)
        guard line.starts(with: opening) else { return nil }
        let parts = line.dropFirst(opening.count).split(separator: 0x20, omittingEmptySubsequences: false)
        guard parts.count == 2, let bytes = Base64.decode(parts[1]), bytes.count >= 5 else { return nil }
        let name = String(decoding: parts[0], as: UTF8.self)
        guard NoteKey.isName(name), Array(name.utf8).elementsEqual(parts[0]) else { return nil }
        self.init(
            name: name, keyHash: bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }, bytes: Array(bytes.dropFirst(4)))
    }
}
