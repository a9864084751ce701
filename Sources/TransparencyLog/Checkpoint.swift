/// What a log's signed note states: how many entries it has, and their root (C2SP tlog-checkpoint).
public struct Checkpoint: Sendable, Hashable {
    /// Which log it is of.
    public let origin: String
    /// How many entries there are.
    public let size: Int
    public let root: TreeHash
    /// Further lines, which nobody here gives a meaning.
    public let extensions: [String]

    /// - Returns: nil for an origin, or an extension, that is empty or has control characters, and for a negative size.
    public init?(origin: String, size: Int, root: TreeHash, extensions: [String] = []) {
        guard size >= 0, ([origin] + extensions).allSatisfy(Self.isLine) else { return nil }
        self.origin = origin
        self.size = size
        self.root = root
        self.extensions = extensions
    }

    /// Reads a note's text.
    ///
    /// - Returns: nil for any other form.
    public init?(text: String) {
        guard text.utf8.last == 0x0A else { return nil }
        let bytes = Array(text.utf8.dropLast())
        let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).map {
            String(decoding: $0, as: UTF8.self)
        }
        guard lines.count >= 3, let size = Int(lines[1]), String(size) == lines[1],
            let root = TreeHash(base64: lines[2])
        else { return nil }
        self.init(origin: lines[0], size: size, root: root, extensions: Array(lines[3...]))
    }

    /// The note's text.
    public var text: String {
        ([origin, String(size), root.base64] + extensions).map { $0 + "\n" }.joined()
    }

    /// The checkpoint as a note that the log has signed.
    public func signed(by key: SigningKey) throws(SignedNote.Flaw) -> SignedNote {
        try SignedNote(text: text).signed(by: key)
    }

    private static func isLine(_ text: String) -> Bool {
        !text.isEmpty && text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0 != "\u{FFFD}" }
    }
}

/// A checkpoint whose log has signed it, with whatever else has signed the note.
public struct SignedCheckpoint: Sendable, Hashable {
    public let checkpoint: Checkpoint
    public let note: SignedNote

    /// Why a note is no checkpoint of the log.
    public enum Flaw: Error, Sendable, Hashable {
        case note(SignedNote.Flaw)
        /// The text is no checkpoint.
        case malformed
        /// It is of another log.
        case otherOrigin(String)
    }

    /// Reads a note and checks that the log has signed it.
    ///
    /// - Parameters:
    ///   - keys: the log's keys; one of them has to have signed.
    ///   - origin: of the log; any without one.
    public init(note text: String, keys: [NoteKey], origin: String? = nil) throws(Flaw) {
        do throws(SignedNote.Flaw) {
            note = try SignedNote(parsing: text)
            _ = try note.verify(keys)
        } catch {
            throw .note(error)
        }
        guard let checkpoint = Checkpoint(text: note.text) else { throw .malformed }
        if let origin, checkpoint.origin != origin { throw .otherOrigin(checkpoint.origin) }
        self.checkpoint = checkpoint
    }
}
