import Core
import Engine
import Evidence
import JSON
import Report
import Store
import TransparencyLog

extension Administration {
    /// The entries of whatever an agent, a user, a tool or a record had to do with, and of acts that name them. Gathering is an
    /// entry itself, and everything that is gathered is sealed.
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
        let since = try moment(arguments, "since", now) ?? now.advanced(bySeconds: -30 * 86_400)
        let until = try moment(arguments, "until", now) ?? now
        let most = min(max(arguments.object["limit"]?.int ?? 5_000, 1), 20_000)
        try await record("incident-gathered", arguments.object)
        await house.seal()
        var positions: Set<Int> = []
        var calls = 0
        query.since = since
        query.until = until
        query.limit = JournalQuery.most
        var isPartial = false
        gathering: while true {
            let found = try await house.find(query)
            for one in found {
                guard calls < most else {
                    isPartial = true
                    break gathering
                }
                calls += 1
                positions.formUnion(one.rows.map(\.position))
                // Acts that name the call: refusals of decisions, receipts, reconciliations.
                guard let call = one.rows.first?.call, one.rows.first?.previous != nil else { continue }
                for act in try await house.index.find(
                    [SearchTerms.term("call", call)], in: 1..<Int.max, limit: 50)
                where act.rows.first?.previous == nil { positions.formUnion(act.rows.map(\.position)) }
            }
            guard found.count == query.limit, let last = found.last else { break }
            query.before = last.position
        }
        for kind in ["stop", "resume"] {
            let entries = try await house.gate.journal.search(
                EntryFilter(acts: [kind], since: since, until: until, limit: 1000))
            positions.formUnion(entries.map(\.position))
        }
        let key = house.noteKey.publicKey
        return [
            "positions": .array(positions.sorted().map { JSONValue($0) }), "origin": .string(key.name),
            "key": .string(key.text), "partial": .bool(isPartial), "since": .string(since.description),
            "until": .string(until.description),
        ]
    }

    /// Signs the digest of a pack, and writes down that it was.
    func signIncident(_ arguments: Arguments) async throws -> JSONValue {
        let digest = try arguments.required("digest")
        guard Digest(hex: digest) != nil else { throw CommandError("a digest has 64 hexadecimal digits") }
        try await record("incident-signed", arguments.object)
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
