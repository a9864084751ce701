package import JSON

/// A value that a schema most likely accepts: what is required, and no more.
///
/// A guess, to be checked by whoever needs to be sure: what patterns and conditions ask for is not worked out.
///
/// - Parameters:
///   - text: what strings without a form of their own hold.
///   - whole: also what is not required.
/// - Returns: nil where nothing can be guessed.
package func sampleValue(of schema: JSONValue, text: String, whole: Bool = false) -> JSONValue? {
    Sampler(root: schema, text: text, isWhole: whole).value(schema, depth: 0)
}

private struct Sampler {
    let root: JSONValue
    let text: String
    let isWhole: Bool

    func value(_ schema: JSONValue, depth: Int) -> JSONValue? {
        guard depth < 12 else { return nil }
        guard let object = schema.object else { return schema.bool == false ? nil : .string(text) }
        if let reference = object["$ref"]?.string {
            guard reference.hasPrefix("#"), let pointer = JSONPointer(parsing: String(reference.dropFirst())),
                let target = root[pointer]
            else { return nil }
            return value(target, depth: depth + 1)
        }
        if let constant = object["const"] { return constant }
        if let first = object["enum"]?.array?.first { return first }
        for key in ["oneOf", "anyOf"] {
            guard let choices = object[key]?.array else { continue }
            return choices.lazy.compactMap { value($0, depth: depth + 1) }.first
        }
        if let parts = object["allOf"]?.array {
            var whole = members(object, depth)?.object ?? JSONObject()
            for part in parts {
                guard let value = value(part, depth: depth + 1) else { return nil }
                guard let members = value.object else { return value }
                for member in members { whole[member.key] = member.value }
            }
            return .object(whole)
        }
        let types = object["type"]?.string.map { [$0] } ?? object["type"]?.array?.compactMap(\.string) ?? []
        let stated = types.first { $0 != "null" } ?? types.first
        switch stated ?? (object["properties"] == nil ? "string" : "object") {
        case "object": return members(object, depth)
        case "array":
            let count = max(isWhole ? 1 : 0, object["minItems"]?.int ?? 0)
            guard count <= 10 else { return nil }
            guard count > 0 else { return .array([]) }
            return value(object["items"] ?? .bool(true), depth: depth + 1).map {
                .array(Array(repeating: $0, count: count))
            }
        case "integer", "number": return number(object)
        case "boolean": return .bool(true)
        case "null": return .null
        default: return string(object)
        }
    }

    private func members(_ object: JSONObject, _ depth: Int) -> JSONValue? {
        let properties = object["properties"]?.object ?? JSONObject()
        let required = object["required"]?.array?.compactMap(\.string) ?? []
        var members = JSONObject()
        for name in isWhole ? (required + properties.map(\.key)) : required where !members.contains(name) {
            guard let value = value(properties[name] ?? .bool(true), depth: depth + 1) else {
                if required.contains(name) { return nil }
                continue
            }
            members[name] = value
        }
        return .object(members)
    }

    private func number(_ object: JSONObject) -> JSONValue {
        if let least = object["minimum"] { return least }
        if let least = object["exclusiveMinimum"]?.int { return JSONValue(least + 1) }
        if let step = object["multipleOf"] { return step }
        if let most = object["maximum"]?.int, most < 1 { return JSONValue(most) }
        if let most = object["exclusiveMaximum"]?.int, most <= 1 { return JSONValue(most - 1) }
        return JSONValue(1)
    }

    private func string(_ object: JSONObject) -> JSONValue {
        switch object["format"]?.string {
        case "date": return "2026-01-31"
        case "date-time": return "2026-01-31T12:00:00Z"
        case "time": return "12:00:00Z"
        case "uuid": return "7b0e3f3c-9e0d-4a59-8d2f-0c6f1f3f5b11"
        case "email": return "somebody@example.test"
        case "uri", "uri-reference", "url": return "https://example.test/"
        case "ipv4": return "192.0.2.1"
        case "ipv6": return "2001:db8::1"
        case "hostname": return "example.test"
        default: break
        }
        var value = text
        let least = object["minLength"]?.int ?? 0
        if least > value.unicodeScalars.count, least <= 1_000 {
            value += String(repeating: "x", count: least - value.unicodeScalars.count)
        }
        if let most = object["maxLength"]?.int, most >= 0, most < value.unicodeScalars.count {
            value = String(String.UnicodeScalarView(value.unicodeScalars.prefix(most)))
        }
        return .string(value)
    }
}
