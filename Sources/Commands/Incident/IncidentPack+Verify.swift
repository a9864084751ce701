import Core
import Evidence
import JSON
import Report
import TransparencyLog

extension IncidentPack {
    /// Checks everything: signature, digests, proofs, that the entries are those that were gathered, and that page and summary
    /// follow from them.
    ///
    /// - Parameter keys: the log's; empty for the one that is in the pack.
    /// - Throws: ``CommandError`` with the first thing that does not fit.
    func verify(_ keys: [NoteKey]) throws -> Verification {
        let lines = evidence.split(separator: 0x0A).map { Array($0) }
        let known = keys.isEmpty ? Self.key(in: lines).map { [$0] } ?? [] : keys
        try checkSignature(known)
        var verifier = Verifier(keys: known)
        for line in lines { verifier.take(line) }
        var result = verifier.finish()
        result.isKeyGiven = !keys.isEmpty
        guard result.isSound else { throw CommandError("the evidence is not sound: \(result.first?.detail ?? "")") }
        let rows = try Self.rows(of: lines.compactMap { EvidenceLine($0) })
        let frame = try Self.frame(of: rows, origin: result.origin ?? "")
        try Self.check(rows.dropLast(), of: frame.subjects)
        try checkPage(frame, rows)
        return result
    }

    private static func key(in lines: [[UInt8]]) -> NoteKey? {
        guard let first = lines.first, case .head(let head)? = EvidenceLine(first) else { return nil }
        return NoteKey(head.key)
    }

    private func checkSignature(_ keys: [NoteKey]) throws {
        let note: SignedNote
        do throws(SignedNote.Flaw) {
            note = try SignedNote(parsing: String(decoding: signature, as: UTF8.self))
            _ = try note.verify(keys)
        } catch {
            throw CommandError("the manifest is not signed by the log's key")
        }
        guard note.text == (try Self.note(digest: Digest(of: manifest).hex)).text else {
            throw CommandError("the manifest was changed: it is not the one that was signed")
        }
        guard manifest == Self.manifest(of: [page, summary, events, evidence]) else {
            throw CommandError("a file was changed: the manifest has another digest")
        }
    }

    /// Calls have to be there from their beginning on without a gap, and to be of whom the pack says.
    private static func check(_ rows: some Sequence<JournalRow>, of subjects: [Incident.Subject]) throws {
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

    private func checkPage(_ frame: Frame, _ rows: [JournalRow]) throws {
        guard let told = try? JSONParser.parse(summary) else { throw CommandError("the summary is of another form") }
        // Another version may tell the same in other words.
        guard told["generator"]?.string == Self.generator else {
            throw CommandError(
                "the pack was made by \(told["generator"]?.string?.boundedText ?? "something else")",
                hint:
                    "Signature, digests and proofs fit. Use that version to see that the page follows from the entries."
            )
        }
        guard Self.render(frame, rows) == (page, summary, events) else {
            throw CommandError("the page or the summary does not follow from the entries")
        }
    }
}
