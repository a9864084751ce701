import JSON

extension SchemaCompiler {
    /// `type`, `const`, `enum`.
    mutating func compileValues(_ draft: inout Draft) throws(SchemaError) {
        if let value = draft.value(.type) { draft.node.types = try types(value, draft.place) }
        if let value = draft.value(.const) { draft.any.append(.const(value: tables.values.add(value))) }
        if let value = draft.value(.enum) {
            guard let values = value.array else { throw malformed(draft.place, .enum, "an array") }
            draft.any.append(.enumeration(tables.enumerations.add(Self.enumeration(values))))
        }
    }

    private func types(_ value: JSONValue, _ place: Int) throws(SchemaError) -> TypeSet {
        var types: TypeSet = []
        for name in value.array ?? [value] {
            switch name.string {
            case "null": types.insert(.null)
            case "boolean": types.insert(.boolean)
            case "integer": types.insert(.integer)
            case "number": types.formUnion(.number)
            case "string": types.insert(.string)
            case "array": types.insert(.array)
            case "object": types.insert(.object)
            default: throw malformed(place, .type, "one of the seven types of JSON Schema, or an array of them")
            }
        }
        guard !types.isEmpty else { throw malformed(place, .type, "one type at least") }
        return types
    }

    private static func enumeration(_ values: [JSONValue]) -> SchemaProgram.Enumeration {
        var strings: [String] = []
        var seen: Set<ByteKey> = []
        var others: [JSONValue] = []
        for value in values {
            if case .string(let string) = value {
                if seen.insert(ByteKey(string)).inserted { strings.append(string) }
            } else {
                others.append(value)
            }
        }
        return SchemaProgram.Enumeration(strings: NameTable(strings), others: others, all: values)
    }

    // MARK: Keyword values

    /// A count, clamped to what an `Int` holds.
    func count(_ value: JSONValue, _ place: Int, _ keyword: Keyword) throws(SchemaError) -> Int {
        guard let decimal = value.number?.decimal, decimal.isInteger, !decimal.isNegative else {
            throw malformed(place, keyword, "an integer that is not negative")
        }
        return decimal.int ?? .max
    }

    func names(
        _ value: JSONValue, _ place: Int, _ keyword: Keyword, tokens: [String] = []
    ) throws(SchemaError) -> [String] {
        var names: [String] = []
        guard let array = value.array else { throw malformed(place, keyword, "an array of names") }
        for element in array {
            guard let name = element.string else { throw malformed(place, keyword, "an array of names") }
            names.append(name)
        }
        return names
    }

    // MARK: Numbers

    /// `multipleOf`, `maximum`, `exclusiveMaximum`, `minimum`, `exclusiveMinimum`.
    mutating func compileNumber(_ draft: inout Draft) throws(SchemaError) {
        let bounds: [(Keyword, SchemaProgram.Bound.Kind)] = [
            (.minimum, .minimum), (.maximum, .maximum),
            (.exclusiveMinimum, .exclusiveMinimum), (.exclusiveMaximum, .exclusiveMaximum),
        ]
        for (keyword, kind) in bounds {
            guard let value = draft.value(keyword) else { continue }
            guard let number = value.number else { throw malformed(draft.place, keyword, "a number") }
            let decimal = number.decimal
            let bound = SchemaProgram.Bound(kind: kind, number: number, decimal: decimal, int: decimal.int)
            draft.number.append(.bound(tables.bounds.add(bound)))
        }
        if let value = draft.value(.multipleOf) {
            guard let number = value.number, case let decimal = number.decimal, !decimal.isNegative,
                !decimal.digits.isEmpty
            else { throw malformed(draft.place, .multipleOf, "a number above 0") }
            let divisor = SchemaProgram.Divisor(number: number, decimal: decimal, int: decimal.int)
            draft.number.append(.multipleOf(tables.divisors.add(divisor)))
        }
    }

    // MARK: Strings

    /// `minLength`, `maxLength`, `pattern`, `format`.
    mutating func compileString(_ draft: inout Draft) throws(SchemaError) {
        if let value = draft.value(.minLength) {
            draft.string.append(.minLength(try count(value, draft.place, .minLength)))
        }
        if let value = draft.value(.maxLength) {
            draft.string.append(.maxLength(try count(value, draft.place, .maxLength)))
        }
        if let value = draft.value(.pattern) {
            guard let source = value.string else { throw malformed(draft.place, .pattern, "a regular expression") }
            draft.string.append(.pattern(try pattern(source, draft.place, .pattern)))
        }
        if let value = draft.value(.format) {
            guard let name = value.string else { throw malformed(draft.place, .format, "a string") }
            let isDemanded = draft.dialect.vocabularies.contains(.formatAssertion)
            guard isDemanded || options.assertsFormats else { return }
            if let format = StringFormat(rawValue: name) {
                draft.string.append(.format(format))
            } else if isDemanded {
                // 2020-12 validation §7.2.2.
                throw error(.unknownFormat, draft.place, .format, "the format is not known")
            } else {
                noteUnknown(.format, of: draft)
            }
        }
    }
}
