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
        let events = try Self.events(of: lines)
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

    /// What a pack says of itself beside its entries.
    struct Frame {
        var subjects: [Incident.Subject]
        var since: Timestamp
        var until: Timestamp
        var origin: String
        var isPartial: Bool

        func incident(_ events: [ExportedEvent]) -> Incident {
            Incident(subjects, since: since, until: until, origin: origin, isPartial: isPartial, events)
        }

        func summary(_ incident: Incident) -> JSONValue {
            guard var object = renderJSON(incident).object else { return .null }
            object.append("generator", .string("Sallyport \(productVersion)"))
            object.append("since_us", JSONValue(Int(since.microseconds)))
            object.append("until_us", JSONValue(Int(until.microseconds)))
            return .object(object)
        }

        init(
            subjects: [Incident.Subject], since: Timestamp, until: Timestamp, origin: String, isPartial: Bool
        ) {
            self.subjects = subjects
            self.since = since
            self.until = until
            self.origin = origin
            self.isPartial = isPartial
        }

        init?(_ summary: JSONValue) {
            guard summary["format"]?.string == incidentFormat, let subject = summary["subject"]?.object,
                let since = summary["since_us"]?.int, let until = summary["until_us"]?.int,
                let origin = summary["log"]?.string, let isPartial = summary["partial"]?.bool
            else { return nil }
            self.init(
                subjects: subject.compactMap { member in member.value.string.map { Incident.Subject(member.key, $0) } },
                since: Timestamp(microseconds: Int64(since)), until: Timestamp(microseconds: Int64(until)),
                origin: origin,
                isPartial: isPartial)
        }
    }

    static func note(digest: String) throws -> SignedNote {
        try SignedNote(text: "sallyport incident\nsha256 \(digest)\n")
    }

    /// A line for each file, as `sha256sum` writes and checks them.
    private static func manifest(of files: [TarArchive.File]) -> [UInt8] {
        files.flatMap { Array("\(Digest(of: $0.bytes).hex)  \($0.name)\n".utf8) }
    }

    /// The events of the entries among lines of evidence.
    static func events(of lines: [EvidenceLine]) throws -> [ExportedEvent] {
        var reader = EventReader()
        var events: [ExportedEvent] = []
        for case .entry(_, let line) in lines {
            guard let row = JournalRow(line: line) else { throw CommandError("an entry is of another form") }
            events += reader.read(row)
        }
        return events
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
        guard let summary = try? JSONParser.parse(files[1].bytes), let frame = Frame(summary),
            frame.origin == result.origin
        else { throw CommandError("the summary is of another form or of another log") }
        // Another version may tell the same in other words.
        guard summary["generator"]?.string == "Sallyport \(productVersion)" else {
            throw CommandError(
                "the pack was made by \(summary["generator"]?.string?.boundedText ?? "something else")",
                hint:
                    "Signature, digests and proofs fit. Use that version to see that the page follows from the entries."
            )
        }
        let events = try Self.events(of: lines.compactMap { EvidenceLine($0) })
        let incident = frame.incident(events)
        guard files[1].bytes == frame.summary(incident).bytes + [0x0A],
            files[0].bytes == Array(renderHTML(incident, generator: "Sallyport \(productVersion)").utf8),
            files[2].bytes == events.flatMap({ $0.json.bytes + [0x0A] })
        else { throw CommandError("the page or the summary does not follow from the entries") }
        return result
    }
}
