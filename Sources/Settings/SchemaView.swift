import JSON

/// What a schema of arguments or answers leaves open. In doubt it is open.
enum SchemaView {
    private static let maxDepth = 8

    /// Whether the fields of objects are named, so that others can be told from them.
    static func namesFields(_ schema: JSONValue, depth: Int = 0) -> Bool {
        guard depth < maxDepth, let object = schema.object, !object.isEmpty else { return false }
        if object["additionalProperties"]?.bool == true { return false }
        if let properties = object["properties"]?.object { return !properties.isEmpty }
        if let items = object["items"] { return namesFields(items, depth: depth + 1) }
        if object.contains("$ref") || object.contains("enum") || object.contains("const") { return true }
        if let parts = object["allOf"]?.array { return parts.contains { namesFields($0, depth: depth + 1) } }
        for key in ["anyOf", "oneOf"] {
            if let parts = object[key]?.array { return parts.allSatisfy { namesFields($0, depth: depth + 1) } }
        }
        guard let type = object["type"]?.string else { return false }
        return type != "object" && type != "array"
    }

    /// Whether a value takes anything, itself or somewhere within.
    static func isOpen(_ schema: JSONValue, depth: Int = 0) -> Bool {
        guard depth < maxDepth else { return true }
        guard let object = schema.object else { return schema.bool != false }
        func isOpenWithin(_ schema: JSONValue) -> Bool { isOpen(schema, depth: depth + 1) }
        if object.contains("$ref") || object.contains("enum") || object.contains("const") { return false }
        if let more = object["additionalProperties"], more.bool != false, isOpenWithin(more) { return true }
        if let properties = object["properties"]?.object, !properties.isEmpty {
            return properties.contains { isOpenWithin($0.value) }
        }
        if let items = object["items"] { return isOpenWithin(items) }
        if let parts = object["allOf"]?.array { return parts.allSatisfy(isOpenWithin) }
        for key in ["anyOf", "oneOf"] {
            if let parts = object[key]?.array { return parts.contains(where: isOpenWithin) }
        }
        guard let type = object["type"]?.string else { return object["type"] == nil }
        if type == "object" { return object["additionalProperties"] == nil && object["patternProperties"] == nil }
        return type == "array"
    }

    /// Visits every text in a schema, names of members included, that is long enough to say something to a model or has
    /// something in it that does not show.
    static func visitTexts(in schema: JSONValue, depth: Int = 0, _ visit: (String) -> Void) {
        guard depth < 64 else { return }
        switch schema {
        case .string(let text): if isWorthALook(text) { visit(text) }
        case .array(let array): for element in array { visitTexts(in: element, depth: depth + 1, visit) }
        case .object(let object):
            for member in object {
                if isWorthALook(member.key) { visit(member.key) }
                visitTexts(in: member.value, depth: depth + 1, visit)
            }
        case .null, .bool, .number: break
        }
    }

    private static func isWorthALook(_ text: String) -> Bool {
        text.utf8.count >= 24 || text.utf8.contains { $0 >= 0x7F || $0 < 0x20 }
    }
}
