import JSON

extension SchemaEvaluator {
    /// More are never kept while a value is being checked.
    private static let maxKept = 256

    /// Notes a failure at the part at hand: subject and predicate make the sentence.
    mutating func fail(_ id: NodeID, _ keyword: String, subject: String? = nil, _ predicate: @autoclosure () -> String)
    {
        guard collects, failures.count < Self.maxKept, !isExhausted else { return }
        let keyword = keyword.isEmpty ? program.pointers[Int(id)] : program.pointers[Int(id)].appending(keyword)
        let message = "\(subject ?? self.subject) \(predicate())"
        failures.append(SchemaFailure(instance: instance, keyword: keyword, message: message))
    }

    private var instance: JSONPointer {
        JSONPointer(
            path.map { token in
                switch token {
                case .key(let key): key
                case .index(let index): String(index)
                }
            })
    }

    /// What an agent calls the part at hand: `amount`, `item 2 of lines`, `the value`.
    private var subject: String {
        guard let last = path.last else { return "the value" }
        switch last {
        case .key(let key): return key.isEmpty ? "the property \"\"" : Shown.plain(key)
        case .index(let index):
            for token in path.reversed() {
                if case .key(let key) = token { return "item \(index) of \(Shown.plain(key))" }
            }
            return "item \(index)"
        }
    }

    mutating func failType(_ id: NodeID, _ node: SchemaNode, _ value: JSONValue) {
        if node.isNever { return fail(id, "", "is not allowed here") }
        let types = node.types
        var names: [String] = []
        if types.contains(.object) { names.append("an object") }
        if types.contains(.array) { names.append("an array") }
        if types.contains(.string) { names.append("a string") }
        if types.contains(.number) {
            names.append("a number")
        } else if types.contains(.integer) {
            names.append("an integer")
        }
        if types.contains(.boolean) { names.append("true or false") }
        if types.contains(.null) { names.append("null") }
        let found =
            switch value {
            case .null: "null"
            case .bool: "a boolean"
            case .number: types.contains(.integer) ? "a fraction" : "a number"
            case .string: "a string"
            case .array: "an array"
            case .object: "an object"
            }
        fail(id, "type", "must be \(names.joined(separator: " or ")), not \(found)")
    }

    /// A value in a sentence: scalars as they are written, others by their type.
    static func shown(_ value: JSONValue) -> String {
        switch value {
        case .null: "null"
        case .bool(let bool): bool ? "true" : "false"
        case .number(let number): Shown.plain(number.text)
        case .string(let string): Shown.text(string)
        case .array(let array): array.isEmpty ? "[]" : "a given array"
        case .object(let object): object.isEmpty ? "{}" : "a given object"
        }
    }

    mutating func failEnumeration(_ id: NodeID, _ values: [JSONValue]) {
        guard !values.isEmpty else { return fail(id, "enum", "has no allowed value") }
        var shown = values.prefix(12).map(Self.shown).joined(separator: ", ")
        if values.count > 12 { shown += " or one of \(values.count - 12) others" }
        fail(id, "enum", values.count == 1 ? "must be \(shown)" : "must be one of \(shown)")
    }

    mutating func failBound(_ id: NodeID, _ bound: SchemaProgram.Bound) {
        let words =
            switch bound.kind {
            case .minimum: "at least"
            case .maximum: "at most"
            case .exclusiveMinimum: "more than"
            case .exclusiveMaximum: "less than"
            }
        fail(id, bound.kind.rawValue, "must be \(words) \(Shown.plain(bound.number.text))")
    }

    mutating func failRequired(_ id: NodeID, _ names: [String], _ object: JSONObject) {
        for name in names where !object.contains(name) {
            fail(id, "required", "must have the property \(Shown.text(name))")
        }
    }

    static func counted(_ count: Int, _ one: String, _ many: String) -> String {
        count == 1 ? "1 \(one)" : "\(count) \(many)"
    }
}
