import JSON

extension ParameterBinding {
    /// Name and value, both percent-encoded.
    typealias Pair = (name: String, value: String)

    /// The pairs that one argument adds to a query, a form or a cookie.
    func pairs(_ value: JSONValue) throws(RequestRefusal) -> [Pair] {
        let name = PercentEncoding.strict.encode(name)
        if style.form == .json { return [(name, encoded(value.text))] }
        switch value {
        case .null: return []
        case .array(let elements):
            if elements.isEmpty { return style.allowsEmpty ? [(name, "")] : [] }
            if style.form == .deepObject { return try deepPairs(name, value, depth: 0) }
            var texts: [String] = []
            for element in elements { texts.append(try self.element(element)) }
            if style.explode { return texts.map { (name, encoded($0)) } }
            return [(name, texts.map { encoded($0, isInList: true) }.joined(separator: style.delimiter))]
        case .object(let object):
            if object.isEmpty { return style.allowsEmpty ? [(name, "")] : [] }
            if style.form == .deepObject { return try deepPairs(name, value, depth: 0) }
            var pairs: [Pair] = []
            for entry in object {
                if style.spreadsMembers {
                    guard !entry.value.isNull else { continue }
                    let text = encoded(try text(entry.value))
                    pairs.append((PercentEncoding.strict.encode(try member(entry.key)), text))
                } else {
                    let text = encoded(try element(entry.value), isInList: true)
                    pairs.append((encoded(try element(.string(entry.key)), isInList: true), text))
                }
            }
            if style.spreadsMembers { return pairs }
            return [(name, pairs.map { $0.name + style.delimiter + $0.value }.joined(separator: style.delimiter))]
        default: return [(name, encoded(try text(value)))]
        }
    }

    /// `name[key][key]=value`; elements without structure as `name[]`, others by index.
    private func deepPairs(_ name: String, _ value: JSONValue, depth: Int) throws(RequestRefusal) -> [Pair] {
        guard depth < 16 else { throw refusal(.unsupportedValue, "The value is nested too deeply for a query.") }
        switch value {
        case .null: return []
        case .object(let object):
            var pairs: [Pair] = []
            for entry in object {
                guard !entry.key.utf8.contains(where: { $0 == 0x5B || $0 == 0x5D || $0 == 0 }), !entry.key.isEmpty
                else {
                    throw refusal(.unsafeValue, "A member's name is empty or contains a bracket.")
                }
                let name = name + "%5B" + PercentEncoding.strict.encode(entry.key) + "%5D"
                pairs += try deepPairs(name, entry.value, depth: depth + 1)
            }
            return pairs
        case .array(let elements):
            let isFlat = !elements.contains { $0.object != nil || $0.array != nil }
            var pairs: [Pair] = []
            for (index, element) in elements.enumerated() {
                pairs += try deepPairs(name + (isFlat ? "%5B%5D" : "%5B\(index)%5D"), element, depth: depth + 1)
            }
            return pairs
        default: return [(name, encoded(try text(value)))]
        }
    }

    private func encoded(_ text: String, isInList: Bool = false) -> String {
        guard style.allowsReserved, location == .query else { return PercentEncoding.strict.encode(text) }
        return (isInList ? PercentEncoding.reservedInList : .reserved).encode(text)
    }
}
