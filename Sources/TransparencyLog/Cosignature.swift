/// The key of a witness (C2SP tlog-cosignature, Ed25519).
public struct WitnessKey: Sendable, Hashable {
    let key: NoteKey

    /// Reads `name+hash+base64`.
    ///
    /// - Returns: nil for text of another form, or whose algorithm is another one.
    public init?(_ text: String) {
        guard let key = NoteKey(text, algorithm: .cosignature) else { return nil }
        self.key = key
    }

    public var name: String { key.name }
    public var text: String { key.text }
}

/// A witness's statement that it saw this checkpoint, that no other one contradicts it, and when.
public struct Cosignature: Sendable, Hashable {
    public let witness: WitnessKey
    /// POSIX time in seconds.
    public let time: UInt64
    /// As it stands in the note.
    public let signature: SignedNote.Signature

    /// The cosignatures of these witnesses below a note. Those of others, and what else is signed, are left aside.
    ///
    /// - Throws: ``SignedNote/Flaw/invalidSignature(name:)`` when one that should fit does not.
    public static func verified(
        in note: SignedNote, by witnesses: [WitnessKey]
    ) throws(SignedNote.Flaw) -> [Cosignature] {
        var found: [Cosignature] = []
        for signature in note.signatures {
            guard
                let witness = witnesses.first(where: { $0.name == signature.name && $0.key.hash == signature.keyHash })
            else { continue }
            guard signature.bytes.count == 72 else { throw .invalidSignature(name: witness.name) }
            let time = signature.bytes.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            guard time <= UInt64(Int64.max),
                witness.key.isValid(Array(signature.bytes.dropFirst(8)), for: message(note.text, time))
            else { throw .invalidSignature(name: witness.name) }
            found.append(Cosignature(witness: witness, time: time, signature: signature))
        }
        return found
    }

    static func message(_ text: String, _ time: UInt64) -> String {
        "cosignature/v1\ntime \(time)\n" + text
    }
}
