import Core
import Engine
import Evidence
import JSON
import Store

/// What somebody looks for in the journal.
struct JournalQuery {
    /// Fields with their values, all of which have to be there.
    var fields: [(name: String, value: String)] = []
    /// Words, all of which have to be there.
    var text: String?
    var since: Timestamp?
    var until: Timestamp?
    /// Only what began before this position, for the next page.
    var before: Int?
    /// Only what began at this position or later.
    var after: Int?
    /// Two calls: what began between their approvals.
    var between: (CallID, CallID)?
    var limit = 50

    static let most = 1_000

    init() {}

    /// Reads a query of the command line.
    ///
    /// - Returns: nil where only entries by their plain filters are wanted.
    init?(_ arguments: Arguments) throws {
        let object = arguments.object
        guard object["where"] != nil || object["text"] != nil || object["between"] != nil else { return nil }
        for member in object["where"]?.object ?? JSONObject() {
            fields.append((try Self.field(member.key), member.value.string ?? ""))
        }
        for name in ["call", "user", "agent", "tool", "act"] {
            if let value = object[name]?.string { fields.append((name, value)) }
        }
        text = object["text"]?.string
        if let between = object["between"]?.array {
            guard between.count == 2, let first = between[0].string.flatMap({ CallID($0) }),
                let second = between[1].string.flatMap({ CallID($0) })
            else { throw CommandError("'between' takes the ids of two calls") }
            self.between = (first, second)
        }
        if let since = object["since"]?.string {
            guard let seconds = seconds(since) else {
                throw CommandError("'\(since.boundedText)' is no time such as 30m or 7d")
            }
            self.since = systemTime().advanced(bySeconds: -seconds)
        }
        before = object["before"]?.int
        after = object["after"]?.int
        limit = min(max(object["limit"]?.int ?? 50, 1), Self.most)
    }

    /// Reads a query of the pages' API: `text`, `since`, `until`, `between`, `before`, `after`, `limit`, and any field by its name.
    ///
    /// - Throws: ``CommandError`` also for what who asks may not look for.
    init(_ parameters: [String: String], _ sight: Sight, now: Timestamp) throws {
        for (name, value) in parameters.sorted(by: { $0.key < $1.key }) {
            guard sight.maySearch(name) else {
                throw CommandError("searching by '\(name.boundedText)' takes the role auditor")
            }
            switch name {
            case "text": text = value
            case "since": since = try Self.moment(value, now)
            case "until": until = try Self.moment(value, now)
            case "before": before = try Self.number(value, name)
            case "after": after = try Self.number(value, name)
            case "limit": limit = min(max(try Self.number(value, name), 1), Self.mostAtOnce)
            case "between":
                let ids = value.split(separator: ",").compactMap { CallID(String($0)) }
                guard ids.count == 2 else { throw CommandError("'between' takes the ids of two calls, with a comma") }
                between = (ids[0], ids[1])
            default: fields.append((try Self.field(name), value))
            }
        }
    }

    private static let mostAtOnce = 200

    private static func number(_ text: String, _ name: String) throws -> Int {
        guard let number = Int(text), number >= 0 else { throw CommandError("'\(name)' is a number") }
        return number
    }

    static func moment(_ text: String, _ now: Timestamp) throws -> Timestamp {
        if let seconds = seconds(text) { return now.advanced(bySeconds: -seconds) }
        guard let moment = Timestamp(rfc3339: text) ?? Timestamp(date: text) else {
            throw CommandError("'\(text.boundedText)' is no time such as 30m, 7d, 2026-05-01 or 2026-05-01T12:00:00Z")
        }
        return moment
    }

    static func field(_ name: String) throws -> String {
        guard SearchTerms.fields.contains(name) else {
            throw CommandError(
                "'\(name.boundedText)' is no field", hint: "One of: \(SearchTerms.fields.joined(separator: ", ")).")
        }
        return name
    }

    var terms: [Int64] {
        fields.map { SearchTerms.term($0.name, $0.value) } + (text.map(SearchTerms.words) ?? [])
    }
}

extension House {
    /// Calls and acts that match, newest first, as many as were asked for where there are so many.
    func findAll(_ query: JournalQuery) async throws -> [Indexer.Found] {
        var query = query
        var found: [Indexer.Found] = []
        let limit = query.limit
        while found.count < limit {
            query.limit = limit - found.count
            let page = try await find(query)
            found += page.found
            guard let next = page.next else { break }
            query.before = next
        }
        return found
    }

    /// A page of calls and acts that match, newest first.
    func find(_ query: JournalQuery) async throws -> Indexer.Page {
        var (low, high) = (max(1, query.after ?? 1), max(1, query.before ?? Int.max))
        if let since = query.since { low = max(low, try await index.position(since: since)) }
        if let until = query.until { high = min(high, try await index.position(since: until)) }
        if let (first, second) = query.between {
            let ends = [try await approvedAt(first), try await approvedAt(second)].sorted()
            low = max(low, ends[0])
            high = min(high, ends[1])
        }
        guard low < high else { return Indexer.Page(found: [], next: nil) }
        return try await index.find(query.terms, in: low..<high, limit: query.limit)
    }

    /// The position of the entry that approved a call.
    private func approvedAt(_ id: CallID) async throws -> Int {
        let entries = try await gate.journal.search(EntryFilter(call: id, limit: 100))
        guard let entry = entries.last(where: { $0.body.contains { $0["event"] == "approved" } }) else {
            throw CommandError("call \(id) was never approved")
        }
        return entry.position
    }
}

extension Entry {
    init(_ row: JournalRow) throws {
        let options = JSONParser.Options(maxDepth: 512, maxBytes: 64 << 20, recordsDuplicates: true, allowsNull: true)
        let body = try JSONParser.parse(row.body, options: options)
        self.init(position: row.position, at: row.at, call: row.call.flatMap { CallID($0) }, body: body.array ?? [body])
    }
}
