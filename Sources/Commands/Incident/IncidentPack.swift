import Core
import Evidence
import JSON
import Report
import TransparencyLog

/// Everything that is known of an incident, in one archive: a page to read, the same for programs, the events, the entries with
/// their proofs, and the digests of all of these with a signature.
struct IncidentPack {
    static let page = "incident.html"
    static let summary = "incident.json"
    static let events = "events.jsonl"
    static let evidence = "evidence.jsonl"
    static let manifest = "manifest.txt"
    static let signature = "manifest.note"

    private(set) var files: [TarArchive.File]

    /// - Parameters:
    ///   - lines: of the evidence, the head first.
    ///   - sign: signs the manifest's digest.
    init(
        _ frame: Frame, _ lines: [EvidenceLine], sign: (_ digest: String) async throws -> String
    ) async throws {
        let rows = try Self.rows(of: lines)
        guard try Self.frame(of: rows, origin: frame.origin).details == frame.details else {
            throw CommandError("not all that was gathered is there any more", hint: "Gather it again.")
        }
        let events = Self.events(of: rows)
        let incident = frame.incident(events)
        files = [
            TarArchive.File(Self.page, Array(renderHTML(incident, generator: "Sallyport \(productVersion)").utf8)),
            TarArchive.File(Self.summary, frame.summary(incident).bytes + [0x0A]),
            TarArchive.File(Self.events, events.flatMap { $0.json.bytes + [0x0A] }),
            TarArchive.File(Self.evidence, lines.flatMap { $0.text + [0x0A] }),
        ]
        let manifest = Self.manifest(of: files)
        files.append(TarArchive.File(Self.manifest, manifest))
        files.append(TarArchive.File(Self.signature, Array(try await sign(Digest(of: manifest).hex).utf8)))
    }

    /// - Throws: ``CommandError`` for an archive that is none.
    init(_ bytes: [UInt8]) throws {
        guard let files = TarArchive.read(bytes) else { throw CommandError("this is no archive of an incident") }
        self.files = files
    }

    var bytes: [UInt8] { TarArchive.write(files) }

    static func note(digest: String) throws -> SignedNote {
        try SignedNote(text: "sallyport incident\nsha256 \(digest)\n")
    }

    /// A line for each file, as `sha256sum` writes and checks them.
    private static func manifest(of files: [TarArchive.File]) -> [UInt8] {
        files.flatMap { Array("\(Digest(of: $0.bytes).hex)  \($0.name)\n".utf8) }
    }

    /// The entries among lines of evidence.
    static func rows(of lines: [EvidenceLine]) throws -> [JournalRow] {
        try lines.compactMap { line in
            guard case .entry(_, let bytes) = line else { return nil }
            guard let row = JournalRow(line: bytes) else { throw CommandError("an entry is of another form") }
            return row
        }
    }

    static func events(of rows: [JournalRow]) -> [ExportedEvent] {
        var reader = EventReader()
        return rows.flatMap { reader.read($0) }
    }

    /// What the act says that tells of the gathering, which is the last entry; and that the others are those.
    private static func frame(of rows: [JournalRow], origin: String) throws -> Frame {
        guard let last = rows.last, last.act == "incident-gathered",
            let details = (try? JSONParser.parse(last.body))?["details"],
            let frame = Frame(details, origin: origin, positions: rows.dropLast().map(\.position))
        else { throw CommandError("entries were added or left out: they are not those that were gathered") }
        return frame
    }

    /// Calls have to be there from their beginning on without a gap, and to be of whom the pack says.
    private static func check(_ rows: [JournalRow], of subjects: [Incident.Subject]) throws {
        var versions: [String: Int] = [:]
        var terms: [String: Set<Int64>] = [:]
        for row in rows {
            guard let call = row.call, let previous = row.previous else { continue }
            guard versions[call, default: 0] == previous else {
                throw CommandError("an entry of call \(call.boundedText) is missing")
            }
            let body = try? JSONParser.parse(row.body)
            versions[call] = previous + (body?.array?.count ?? 1)
            terms[call, default: []].formUnion(SearchTerms.terms(of: row))
        }
        for (call, terms) in terms {
            for subject in subjects where !terms.contains(SearchTerms.term(subject.field, subject.value)) {
                throw CommandError("call \(call.boundedText) has nothing to do with what the pack is of")
            }
        }
    }

    // MARK: Checking

    /// Checks everything: signature, digests, proofs, and that page and summary follow from the entries.
    ///
    /// - Parameter keys: the log's; empty for the one that is in the pack.
    /// - Throws: ``CommandError`` with the first thing that does not fit.
    func verify(_ keys: [NoteKey]) throws -> Verification {
        let names = [Self.page, Self.summary, Self.events, Self.evidence, Self.manifest, Self.signature]
        guard files.map(\.name) == names else { throw CommandError("the archive has other files than a pack has") }
        let lines = files[3].bytes.split(separator: 0x0A).map { Array($0) }
        var keys = keys
        let areKeysGiven = !keys.isEmpty
        if keys.isEmpty, let first = lines.first, case .head(let head)? = EvidenceLine(first),
            let key = NoteKey(head.key)
        {
            keys = [key]
        }
        let note: SignedNote
        do throws(SignedNote.Flaw) {
            note = try SignedNote(parsing: String(decoding: files[5].bytes, as: UTF8.self))
            _ = try note.verify(keys)
        } catch {
            throw CommandError("the manifest is not signed by the log's key")
        }
        guard note.text == (try Self.note(digest: Digest(of: files[4].bytes).hex)).text else {
            throw CommandError("the manifest was changed: it is not the one that was signed")
        }
        guard files[4].bytes == Self.manifest(of: Array(files[0..<4])) else {
            throw CommandError("a file was changed: the manifest has another digest")
        }
        var verifier = Verifier(keys: keys)
        for line in lines { verifier.take(line) }
        var result = verifier.finish()
        result.isKeyGiven = areKeysGiven
        guard result.isSound else { throw CommandError("the evidence is not sound: \(result.first?.detail ?? "")") }
        let rows = try Self.rows(of: lines.compactMap { EvidenceLine($0) })
        let frame = try Self.frame(of: rows, origin: result.origin ?? "")
        try Self.check(Array(rows.dropLast()), of: frame.subjects)
        guard let summary = try? JSONParser.parse(files[1].bytes) else {
            throw CommandError("the summary is of another form")
        }
        // Another version may tell the same in other words.
        guard summary["generator"]?.string == "Sallyport \(productVersion)" else {
            throw CommandError(
                "the pack was made by \(summary["generator"]?.string?.boundedText ?? "something else")",
                hint:
                    "Signature, digests and proofs fit. Use that version to see that the page follows from the entries."
            )
        }
        let events = Self.events(of: rows)
        let incident = frame.incident(events)
        guard files[1].bytes == frame.summary(incident).bytes + [0x0A],
            files[0].bytes == Array(renderHTML(incident, generator: "Sallyport \(productVersion)").utf8),
            files[2].bytes == events.flatMap({ $0.json.bytes + [0x0A] })
        else { throw CommandError("the page or the summary does not follow from the entries") }
        return result
    }
}
