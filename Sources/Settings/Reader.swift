import JSON

/// One place of the configuration, read with its type; what does not fit becomes a problem.
struct Reader {
    let value: JSONValue
    let pointer: JSONPointer
    let problems: Problems

    func error(_ code: String, _ message: String, hint: String? = nil) {
        problems.error(code, message, hint: hint, at: pointer)
    }

    /// The members of an object that may have only these keys; nil, and a problem, when it is no object.
    ///
    /// A key without a value is a problem: left to mean "absent", it would lift what it was written to restrict.
    func object(keys allowed: [String]) -> JSONObject? {
        guard let object = object() else { return nil }
        for member in object where !allowed.contains(member.key) {
            let near = allowed.min { distance($0, member.key) < distance($1, member.key) }
            let guess = near.flatMap { distance($0, member.key) <= 2 ? "Did you mean '\($0)'? " : nil } ?? ""
            problems.error(
                "unknown-key", "unknown key '\(member.key)'",
                hint: "\(guess)Known here: \(allowed.joined(separator: ", ")).",
                at: pointer.appending(member.key))
        }
        for member in object where member.value.isNull {
            problems.error(
                "missing-value", "'\(member.key)' has no value", hint: "Give it one, or remove the line.",
                at: pointer.appending(member.key))
        }
        return object
    }

    /// The members of an object with keys of the user's own.
    func object() -> JSONObject? {
        if case .object(let object) = value { return object }
        error("wrong-type", "this must be a mapping, not \(article(value.typeName))")
        return nil
    }

    /// The value of a key, nil when it is absent or null.
    func child(_ key: String) -> Reader? {
        guard let member = value[key], !member.isNull else { return nil }
        return Reader(value: member, pointer: pointer.appending(key), problems: problems)
    }

    /// The value of a key that must be there.
    func required(_ key: String) -> Reader? {
        if let child = child(key) { return child }
        // Without a value it has been reported with the object's keys.
        if value[key] == nil { error("missing-key", "'\(key)' is missing") }
        return nil
    }

    /// Every member as a reader, in order.
    var children: [(key: String, reader: Reader)] {
        (object() ?? JSONObject()).map {
            ($0.key, Reader(value: $0.value, pointer: pointer.appending($0.key), problems: problems))
        }
    }

    var elements: [Reader] {
        guard case .array(let array) = value else {
            error("wrong-type", "this must be a list, not \(article(value.typeName))")
            return []
        }
        return array.enumerated().map {
            Reader(value: $1, pointer: pointer.appending($0), problems: problems)
        }
    }

    func string() -> String? {
        if case .string(let string) = value, !string.isEmpty { return string }
        error("wrong-type", "this must be text, not \(value.string == nil ? article(value.typeName) : "empty")")
        return nil
    }

    func headerName() -> String? {
        guard let text = string() else { return nil }
        if isHeaderName(text) { return text }
        error("bad-header", "this is no name of a header field")
        return nil
    }

    /// A list of texts; one text counts as a list of one.
    func strings() -> [String]? {
        if case .string(let string) = value { return [string] }
        let strings = elements.compactMap { $0.string() }
        return strings.isEmpty && value.array?.isEmpty != true ? nil : strings
    }

    func bool() -> Bool? {
        if case .bool(let bool) = value { return bool }
        error("wrong-type", "this must be true or false")
        return nil
    }

    func int(in range: ClosedRange<Int>) -> Int? {
        if let int = value.int, range.contains(int) { return int }
        error("wrong-type", "this must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        return nil
    }

    func number() -> JSONNumber? {
        if case .number(let number) = value { return number }
        error("wrong-type", "this must be a number, not \(article(value.typeName))")
        return nil
    }

    /// Seconds, from texts such as `30s`, `10m`, `1h`, `7d`.
    func duration(in range: ClosedRange<Int>) -> Int? {
        let units: [Character: Int] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        if let text = value.string, let unit = text.last.flatMap({ units[$0] }), let count = Int(text.dropLast()) {
            let (seconds, overflow) = count.multipliedReportingOverflow(by: unit)
            if !overflow, range.contains(seconds) { return seconds }
        }
        error(
            "wrong-type",
            "this must be a time such as 30s, 10m, 1h or 7d, from \(range.lowerBound)s to \(range.upperBound)s")
        return nil
    }

    /// One of a closed set of words.
    func word<Word: RawRepresentable & CaseIterable>(_ type: Word.Type) -> Word? where Word.RawValue == String {
        if let text = value.string, let word = Word(rawValue: text) { return word }
        let words = type.allCases.map(\.rawValue).joined(separator: ", ")
        error("unknown-word", "this must be one of: \(words)")
        return nil
    }

    func words<Word: RawRepresentable & CaseIterable & Hashable>(
        _ type: Word.Type
    ) -> Set<Word>? where Word.RawValue == String {
        if value.string != nil { return word(type).map { [$0] } }
        return Set(elements.compactMap { $0.word(type) })
    }

    private func article(_ type: String) -> String {
        switch type {
        case "null": "empty"
        case "array": "a list"
        case "object": "a mapping"
        case "boolean": "a truth value"
        default: "a \(type)"
        }
    }
}

/// How many single changes of a letter lie between two words (Levenshtein), for hints.
func distance(_ left: String, _ right: String) -> Int {
    let left = Array(left.utf8.prefix(64)), right = Array(right.utf8.prefix(64))
    var row = Array(0...right.count)
    for (index, byte) in left.enumerated() {
        var diagonal = row[0]
        row[0] = index + 1
        for (column, other) in right.enumerated() {
            let changed = diagonal + (byte == other ? 0 : 1)
            diagonal = row[column + 1]
            row[column + 1] = min(changed, diagonal + 1, row[column] + 1)
        }
    }
    return row[right.count]
}
