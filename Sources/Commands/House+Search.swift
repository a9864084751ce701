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
        var details: JSONObject = [
            "query": .object(
                JSONObject(
                    members: parameters.sorted { $0.key < $1.key }.map {
                        JSONObject.Member(key: $0.key.boundedText, value: .string($0.value.boundedText))
                    })), "sight": .string(sight.rawValue),
        ]
        let page: Indexer.Page
        do {
            let query = try JournalQuery(parameters, sight, now: gate.now())
            page = try await sight == .own ? findOwn(query, of: person) : find(query)
        } catch let error as CommandError {
            // Who tries what they may not ask is written down as well.
            details["refused"] = .bool(true)
            try await recordRead(details, by: person)
            throw Core.Refusal(.invalidArguments, error.hint.map { "\(error.message). \($0)" } ?? error.message)
        }
        var shown: [JSONValue] = []
        for one in page.found {
            for row in one.rows.reversed() { shown.append(try Entry(row).json(for: sight)) }
        }
        details["entries"] = JSONValue(shown.count)
        try await recordRead(details, by: person)
        return [
            "sight": .string(sight.rawValue), "entries": .array(shown),
            "next": page.next.map { JSONValue($0) } ?? .null,
        ]
    }

    private func recordRead(_ details: JSONObject, by person: LocalUserProof) async throws {
        try await gate.journal.record(
            Act("audit-read", by: person.name, details: details, at: gate.now()), durability: .now)
    }

    /// Calls under any of the names that tokens have for a person, and only those that can be nobody else's. The next page begins
    /// behind the last that is shown, so that nothing tells of calls that are not.
    private func findOwn(_ query: JournalQuery, of person: LocalUserProof) async throws -> Indexer.Page {
        if let (first, second) = query.between {
            for call in [first, second] where try await !isOwn(call, of: person) {
                throw CommandError("call \(call) was never approved")
            }
        }
        var own: [Indexer.Found] = []
        for name in person.subjects.union([person.name]).sorted() {
            var query = query
            query.fields.append(("user", name))
            while true {
                let page = try await find(query)
                for one in page.found where try await isOwn(one, of: person) { own.append(one) }
                guard own.count <= query.limit, let next = page.next else { break }
                query.before = next
            }
        }
        own.sort { $0.position > $1.position }
        let shown = Array(own.prefix(query.limit))
        return Indexer.Page(found: shown, next: own.count > query.limit ? shown.last?.position : nil)
    }

    private func isOwn(_ id: CallID, of person: LocalUserProof) async throws -> Bool {
        guard let call = try await gate.journal.call(id) else { return false }
        let approver = try await approver(person, of: call)
        return approver.isSure && call.isInTheName(of: approver)
    }

    /// Whether a call was made for the person, as far as a name can only be theirs. Acts are nobody's.
    private func isOwn(_ found: Indexer.Found, of person: LocalUserProof) async throws -> Bool {
        guard let row = found.rows.first, row.previous != nil, let id = row.call.flatMap({ CallID($0) }) else {
            return false
        }
        return try await isOwn(id, of: person)
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
