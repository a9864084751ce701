import Core
import Engine
import Evidence
import JSON
import Pages
import Store

extension House {
    /// What a person may see of the journal, newest first, and where the next page begins. Every read is an entry.
    ///
    /// - Throws: ``Refusal`` for a query that is none, or that the person may not ask.
    func search(_ parameters: [String: String], for person: LocalUserProof) async throws -> JSONValue {
        let sight: Sight =
            person.roles.contains(auditorRole)
            ? .payload : person.roles.contains(administratorRole) ? .metadata : .own
        let found: [Indexer.Found]
        let query: JournalQuery
        do {
            query = try JournalQuery(parameters, sight, now: gate.now())
            found = try await sight == .own ? findOwn(query, of: person) : find(query)
        } catch let error as CommandError {
            throw Core.Refusal(.invalidArguments, error.hint.map { "\(error.message). \($0)" } ?? error.message)
        }
        var shown: [JSONValue] = []
        for one in found {
            if sight == .own, try await !isOwn(one, of: person) { continue }
            for row in one.rows.reversed() { shown.append(try Entry(row).json(for: sight)) }
        }
        try await gate.journal.record(
            Act(
                "audit-read", by: person.name,
                details: [
                    "query": .object(
                        JSONObject(
                            members: parameters.sorted { $0.key < $1.key }.map {
                                JSONObject.Member(key: $0.key, value: .string($0.value))
                            })), "sight": .string(sight.rawValue), "entries": JSONValue(shown.count),
                ], at: gate.now()), durability: .now)
        let next = found.count == query.limit ? found.last?.position : nil
        return [
            "sight": .string(sight.rawValue), "entries": .array(shown),
            "next": next.map { JSONValue($0) } ?? .null,
        ]
    }

    /// Calls under any of the names that tokens have for a person.
    private func findOwn(_ query: JournalQuery, of person: LocalUserProof) async throws -> [Indexer.Found] {
        var found: [Indexer.Found] = []
        for name in person.subjects.union([person.name]).sorted() {
            var query = query
            query.fields.append(("user", name))
            found += try await find(query)
        }
        return Array(found.sorted { $0.position > $1.position }.prefix(query.limit))
    }

    /// Whether a call was made for the person, as far as a name can only be theirs. Acts are nobody's.
    private func isOwn(_ found: Indexer.Found, of person: LocalUserProof) async throws -> Bool {
        guard let row = found.rows.first, row.previous != nil, let id = row.call.flatMap({ CallID($0) }),
            let call = try await gate.journal.call(id)
        else { return false }
        let approver = try await approver(person, of: call)
        return approver.isSure && call.isInTheName(of: approver)
    }
}

extension Entry {
    fileprivate func json(for sight: Sight) -> JSONValue {
        Entry(
            position: position, at: at, call: call,
            body: body.map { event in event.object.map { .object(sight.shown($0)) } ?? .null }
        ).json
    }
}
