import JSON

/// The names of members that a schema marks as secret (`format: password`, `writeOnly: true`), wherever in it they stand, also behind
/// references to its own definitions.
func secretNames(in schema: JSONValue) -> Set<String> {
    var names: Set<String> = []
    collect(schema, definitions: schema["$defs"], into: &names)
    return names
}

/// A schema's depth is bounded where it is read.
private func collect(_ value: JSONValue, definitions: JSONValue?, into names: inout Set<String>) {
    switch value {
    case .object(let object):
        for member in object["properties"]?.object ?? [:] where isSecret(member.value, definitions, depth: 0) {
            names.insert(member.key)
        }
        for member in object { collect(member.value, definitions: definitions, into: &names) }
    case .array(let array):
        for item in array { collect(item, definitions: definitions, into: &names) }
    case .string, .number, .null, .bool: break
    }
}

private func isSecret(_ schema: JSONValue, _ definitions: JSONValue?, depth: Int) -> Bool {
    if schema["format"]?.string == "password" || schema["writeOnly"]?.bool == true { return true }
    // References can lead in circles.
    guard depth < 8 else { return false }
    let prefix = "#/$defs/"
    if let reference = schema["$ref"]?.string, reference.hasPrefix(prefix),
        let target = definitions?[String(reference.dropFirst(prefix.count))],
        isSecret(target, definitions, depth: depth + 1)
    {
        return true
    }
    for keyword in ["allOf", "anyOf", "oneOf"] {
        for branch in schema[keyword]?.array ?? [] where isSecret(branch, definitions, depth: depth + 1) { return true }
    }
    return schema["items"].map { isSecret($0, definitions, depth: depth + 1) } ?? false
}
