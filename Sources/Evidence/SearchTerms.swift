import Core
import JSON

/// What an entry is found by: fields with their values, and words.
///
/// A term is kept as 64 bits of its hash (FNV-1a). Two terms with one hash would find what they do not name, which whoever looks at
/// what was found sees.
package enum SearchTerms {
    /// Fields that can be searched for.
    package static let fields = [
        "user", "agent", "tenant", "role", "tool", "source", "bucket", "effect", "rule", "policy", "event", "outcome",
        "status", "code", "approver", "channel", "record", "act", "call", "trace", "definition", "snapshot", "currency",
        "counterparty", "issuer",
    ]

    /// The term of a field's value.
    package static func term(_ field: String, _ value: String) -> Int64 {
        hash("\(field)=\(value)")
    }

    /// The terms of the words of a text, all of which have to be there.
    package static func words(_ text: String) -> [Int64] {
        split(text, withParts: false).map { hash("w=" + $0) }
    }

    /// The terms of an entry.
    package static func terms(of row: JournalRow) -> Set<Int64> {
        var terms: Set<Int64> = []
        func add(_ field: String, _ value: String?) {
            if let value, !value.isEmpty { terms.insert(term(field, value)) }
        }
        add("call", row.call)
        add("act", row.act)
        if row.act != nil {
            add("user", row.user)
            add("agent", row.agent)
            add("tool", row.tool)
        }
        let options = JSONParser.Options(maxDepth: 512, maxBytes: 64 << 20, recordsDuplicates: true, allowsNull: true)
        guard let body = try? JSONParser.parse(row.body, options: options) else { return terms }
        for event in body.array ?? [body] {
            add("event", event["event"]?.string)
            for field in [
                "user", "agent", "tenant", "tool", "source", "bucket", "effect", "policy", "outcome", "code", "channel",
                "trace", "definition", "snapshot", "issuer",
            ] { add(field, event[field]?.string) }
            add("status", event["status"]?.int.map(String.init))
            if event["event"] == "approved" || event["event"] == "rejected" { add("approver", event["by"]?.string) }
            for role in event["roles"]?.array ?? [] { add("role", role.string) }
            for rule in event["because"]?.array ?? [] { add("rule", rule.string) }
            for record in event["records"]?.array ?? [] { add("record", record.string) }
            add("currency", event["stakes"]?["currency"]?.string)
            add("counterparty", event["stakes"]?["counterparty"]?.string)
            for name in event["arguments"]?.object?.recordNames ?? [] { add("record", name) }
            for part in ["arguments", "change", "details", "cause", "reason"] {
                if let value = event[part] { addWords(value, &terms, depth: 0) }
            }
        }
        return terms
    }

    private static let mostWords = 400

    private static func addWords(_ value: JSONValue, _ terms: inout Set<Int64>, depth: Int) {
        guard terms.count < mostWords, depth < 32 else { return }
        switch value {
        case .string(let text): for word in split(text, withParts: true) { terms.insert(hash("w=" + word)) }
        case .number: terms.insert(hash("w=" + value.text))
        case .array(let array): for element in array { addWords(element, &terms, depth: depth + 1) }
        case .object(let object): for member in object { addWords(member.value, &terms, depth: depth + 1) }
        case .null, .bool: break
        }
    }

    /// Words in lower case: runs of letters and digits with `_`, `-`, `.` and `@` between them.
    ///
    /// - Parameter withParts: whether the parts of such a run are words as well.
    private static func split(_ text: String, withParts: Bool) -> [String] {
        var words: [String] = []
        var run = ""
        func end() {
            let word = run.trimmed
            run = ""
            guard (1...64).contains(word.utf8.count) else { return }
            words.append(word)
            let parts = withParts ? word.split { "_-.@".contains($0) } : []
            if parts.count > 1 { words += parts.map(String.init) }
        }
        for scalar in text.lowercased().unicodeScalars.prefix(20_000) {
            if scalar.properties.isAlphabetic || scalar.properties.numericType != nil
                || "_-.@".unicodeScalars.contains(scalar)
            {
                run.unicodeScalars.append(scalar)
            } else if !run.isEmpty {
                end()
            }
        }
        if !run.isEmpty { end() }
        return words
    }

    private static func hash(_ text: String) -> Int64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        return Int64(bitPattern: hash)
    }
}

extension String {
    /// Without what joins words at its ends.
    fileprivate var trimmed: String {
        var part = self[...]
        while let first = part.first, "_-.@".contains(first) { part.removeFirst() }
        while let last = part.last, "_-.@".contains(last) { part.removeLast() }
        return String(part)
    }
}
