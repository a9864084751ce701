import Core
import TransparencyLog

/// What is signed of a report: its digest and time. The report itself stays as it is, in whatever form.
struct ReportNote {
    private let digest: String
    private let time: String

    init(of report: String, time: String) {
        digest = Digest(of: Array(report.utf8)).hex
        self.time = time
    }

    func signed(by key: SigningKey) throws -> SignedNote {
        try SignedNote(text: "sallyport report\nsha256 \(digest)\ntime \(time)\n").signed(by: key)
    }

    /// Checks a report against its note.
    ///
    /// - Returns: who signed, and when the report was made.
    /// - Throws: ``CommandError`` with what does not fit.
    static func verify(_ report: [UInt8], _ note: String, _ keys: [NoteKey]) throws -> (name: String, time: String) {
        let signed: SignedNote
        let names: [String]
        do throws(SignedNote.Flaw) {
            signed = try SignedNote(parsing: note)
            names = try signed.verify(keys)
        } catch {
            switch error {
            case .malformed: throw CommandError("the note is no signed note")
            case .unsigned: throw CommandError("the note is not signed by this key")
            case .invalidSignature(let name):
                throw CommandError("the note was changed: the signature of '\(name)' does not fit")
            }
        }
        let lines = signed.text.split(separator: "\n").map(String.init)
        guard lines.count == 3, lines[0] == "sallyport report", lines[1].hasPrefix("sha256 "),
            lines[2].hasPrefix("time ")
        else { throw CommandError("the note is of something else than a report") }
        guard lines[1].dropFirst(7) == Digest(of: report).hex else {
            throw CommandError("the report was changed: it is not the one that was signed")
        }
        return (names.joined(separator: ", "), String(lines[2].dropFirst(5)))
    }
}
