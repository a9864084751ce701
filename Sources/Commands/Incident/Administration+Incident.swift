import Core
import Engine
import Evidence
import JSON
import Report
import Settings
import Store
import TransparencyLog

extension Administration {
    /// The entries of whatever an agent, a user, a tool or a record had to do with, and of acts that name them. That they were
    /// gathered is an entry itself, which says which they were and is one of them; all of them are sealed.
    func gatherIncident(_ arguments: Arguments) async throws -> JSONValue {
        var query = JournalQuery()
        for name in Incident.subjectFields {
            if let value = arguments[name] { query.fields.append((name, value)) }
        }
        guard !query.fields.isEmpty else {
            throw CommandError(
                "an incident is of somebody or something", hint: "Use --agent, --user, --tool or --record.")
        }
        let now = house.gate.now()
        query.since = try moment(arguments, "since", now) ?? now.advanced(bySeconds: -30 * 86_400)
        query.until = try moment(arguments, "until", now) ?? now
        let most = min(max(arguments.object["limit"]?.int ?? 5_000, 1), 20_000)
        var gathered = try await gather(query, most: most)
        try await addStops(from: query, &gathered)
        var frame = IncidentPack.Frame(
            subjects: query.fields.map { Incident.Subject($0.name, $0.value) }, since: query.since ?? now,
            until: query.until ?? now, origin: house.noteKey.publicKey.name, isPartial: gathered.isPartial)
        frame.positions = gathered.positions.sorted()
        let act = Act("incident-gathered", by: "operator", details: frame.details, at: house.gate.now())
        try await house.gate.journal.record(act, durability: .now)
        let acts = try await house.gate.journal.search(EntryFilter(acts: ["incident-gathered"], limit: 20))
        guard
            let own = acts.first(where: {
                $0.body.first?["details"]?["entries_digest"] == frame.details["entries_digest"]
            })
        else { throw CommandError("the record of the gathering is not there") }
        await house.seal()
        return [
            "positions": .array((frame.positions + [own.position]).map { JSONValue($0) }),
            "origin": .string(frame.origin), "key": .string(house.noteKey.publicKey.text),
            "details": .object(frame.details),
        ]
    }

    private struct Gathered {
        var positions: Set<Int> = []
        /// Whether there was more than was taken.
        var isPartial = false
    }

    private func gather(_ query: JournalQuery, most: Int) async throws -> Gathered {
        var query = query
        var gathered = Gathered()
        var count = 0
        query.limit = JournalQuery.most
        while true {
            let page = try await house.find(query)
            for one in page.found {
                guard count < most else {
                    gathered.isPartial = true
                    return gathered
                }
                count += 1
                gathered.positions.formUnion(one.rows.map(\.position))
                try await addActs(naming: one, &gathered)
            }
            guard let next = page.next else { return gathered }
            query.before = next
        }
    }

    /// Adds acts that name a call: refusals of decisions, receipts, reconciliations.
    private func addActs(naming found: Indexer.Found, _ gathered: inout Gathered) async throws {
        guard let first = found.rows.first, let call = first.call, first.previous != nil else { return }
        let page = try await house.index.find([SearchTerms.term("call", call)], in: 1..<Int.max, limit: 200)
        for act in page.found where act.rows.first?.previous == nil {
            gathered.positions.formUnion(act.rows.map(\.position))
        }
        gathered.isPartial = gathered.isPartial || page.next != nil
    }

    /// Adds what operators stopped meanwhile.
    private func addStops(from query: JournalQuery, _ gathered: inout Gathered) async throws {
        let most = 1000
        let entries = try await house.gate.journal.search(
            EntryFilter(acts: ["stop", "resume"], since: query.since, until: query.until, limit: most))
        gathered.positions.formUnion(entries.map(\.position))
        gathered.isPartial = gathered.isPartial || entries.count == most
    }

    /// Signs the digest of a pack, and writes down that it was.
    func signIncident(_ arguments: Arguments) async throws -> JSONValue {
        let digest = try arguments.required("digest")
        guard Digest(hex: digest) != nil else { throw CommandError("a digest has 64 hexadecimal digits") }
        try await record("incident-signed", ["digest": .string(digest)])
        let note = try IncidentPack.note(digest: digest).signed(by: house.noteKey)
        return ["note": .string(note.description)]
    }

    private func moment(_ arguments: Arguments, _ name: String, _ now: Timestamp) throws -> Timestamp? {
        guard let text = arguments[name] else { return nil }
        return try JournalQuery.moment(text, now)
    }
}

extension Incident {
    /// By what an incident is gathered.
    static let subjectFields = ["agent", "user", "tool", "record"]
}
