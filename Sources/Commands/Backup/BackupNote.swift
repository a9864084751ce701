import Core
import TransparencyLog

/// What is signed of a backup: the digest of its manifest, which names the digests of all else.
struct BackupNote {
    private let text: String

    init(of manifest: [UInt8]) {
        text = "sallyport backup\nsha256 \(Digest(of: manifest).hex)\n"
    }

    func signed(by key: SigningKey) throws -> SignedNote {
        try SignedNote(text: text).signed(by: key)
    }

    /// - Throws: ``CommandError`` where the note is not this one, signed by the key.
    func check(_ note: String, _ key: NoteKey) throws {
        do throws(SignedNote.Flaw) {
            let signed = try SignedNote(parsing: note)
            _ = try signed.verify([key])
            guard signed.text == text else { throw .invalidSignature(name: key.name) }
        } catch {
            throw CommandError(
                "the backup's manifest is not signed by the log's key '\(key.name)'",
                hint: "It was changed, or is of another log. Look for a backup that nobody could write to.")
        }
    }
}
