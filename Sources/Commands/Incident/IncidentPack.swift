import Core
import Evidence
import JSON
import Report
import TransparencyLog

/// Everything that is known of an incident, in one archive: a page to read, the same for programs, the events, the entries with
/// their proofs, and the digests of all of these with a signature.
struct IncidentPack {
    private static let names = [
        "incident.html", "incident.json", "events.jsonl", "evidence.jsonl", "manifest.txt", "manifest.note",
    ]

    let page: [UInt8]
    let summary: [UInt8]
    let events: [UInt8]
    let evidence: [UInt8]
    /// The digests of the files above.
    let manifest: [UInt8]
    /// A note of the manifest's digest.
    let signature: [UInt8]

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
        let made = Self.render(frame, rows)
        (page, summary, events) = (made.page, made.summary, made.events)
        evidence = lines.flatMap { $0.text + [0x0A] }
        manifest = Self.manifest(of: [page, summary, events, evidence])
        signature = Array(try await sign(Digest(of: manifest).hex).utf8)
    }

    /// - Throws: ``CommandError`` for an archive that is none.
    init(_ bytes: [UInt8]) throws {
        guard let files = TarArchive.read(bytes), files.map(\.name) == Self.names else {
            throw CommandError("this is no archive of an incident")
        }
        (page, summary, events) = (files[0].bytes, files[1].bytes, files[2].bytes)
        (evidence, manifest, signature) = (files[3].bytes, files[4].bytes, files[5].bytes)
    }

    var bytes: [UInt8] {
        TarArchive.write(
            zip(Self.names, [page, summary, events, evidence, manifest, signature]).map { TarArchive.File($0, $1) })
    }

    /// What follows from the entries.
    static func render(_ frame: Frame, _ rows: [JournalRow]) -> (page: [UInt8], summary: [UInt8], events: [UInt8]) {
        let events = events(of: rows)
        let incident = frame.incident(events)
        return (
            Array(renderHTML(incident, generator: generator).utf8), frame.summary(incident).bytes + [0x0A],
            events.flatMap { $0.json.bytes + [0x0A] }
        )
    }

    static let generator = "Sallyport \(productVersion)"

    static func note(digest: String) throws -> SignedNote {
        try SignedNote(text: "sallyport incident\nsha256 \(digest)\n")
    }

    /// A line for each file, as `sha256sum` writes and checks them.
    static func manifest(of files: [[UInt8]]) -> [UInt8] {
        zip(names, files).flatMap { Array("\(Digest(of: $1).hex)  \($0)\n".utf8) }
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
    static func frame(of rows: [JournalRow], origin: String) throws -> Frame {
        guard let last = rows.last, last.act == "incident-gathered",
            let details = (try? JSONParser.parse(last.body))?["details"],
            let frame = Frame(details, origin: origin, positions: rows.dropLast().map(\.position))
        else { throw CommandError("entries were added or left out: they are not those that were gathered") }
        return frame
    }
}
