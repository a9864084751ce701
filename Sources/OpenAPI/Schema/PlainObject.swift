import JSON

/// An object schema that says no more than which members there are.
struct PlainObject {
    var properties: [JSONObject.Member] = []
    var required: [String] = []
    var references: [Int] = []
    var strict: [Int] = []
    var nodes = 0
    var problems: [SchemaProblem] = []
    var isClosed = false
    var description: String?

    func index(_ name: String) -> Int? {
        properties.firstIndex { $0.key.hasSameBytes(as: name) }
    }

    mutating func require(_ name: String) {
        if !required.contains(where: { $0.hasSameBytes(as: name) }) { required.append(name) }
    }
}

extension SchemaLibrary {
    /// The members of a schema whose references and `allOf` are followed.
    ///
    /// - Returns: nil when it says anything that a flat list of members cannot.
    func plainObject(_ schema: ConvertedSchema, for direction: Direction) -> PlainObject? {
        var plain = PlainObject()
        plain.references = schema.references
        plain.strict = schema.strict
        plain.nodes = schema.nodes
        plain.problems = schema.problems
        guard flatten(schema.value, schema.references, into: &plain, direction, depth: 0) else { return nil }
        guard plain.required.allSatisfy({ plain.index($0) != nil }) else { return nil }
        // What was followed on the way here is no longer referred to.
        var kept: [Int] = []
        for property in plain.properties { collect(property.value, among: plain.references, into: &kept) }
        plain.references = kept
        return plain
    }

    private func collect(_ value: JSONValue, among candidates: [Int], into references: inout [Int]) {
        switch value {
        case .object(let object):
            for member in object {
                if member.key == "$ref", let text = member.value.string,
                    let id = definition(named: text, among: candidates)
                {
                    if !references.contains(id) { references.append(id) }
                } else {
                    collect(member.value, among: candidates, into: &references)
                }
            }
        case .array(let array): for element in array { collect(element, among: candidates, into: &references) }
        default: break
        }
    }

    private func flatten(
        _ value: JSONValue, _ references: [Int], into plain: inout PlainObject, _ direction: Direction, depth: Int
    ) -> Bool {
        guard depth < 16, let object = value.object else { return false }
        for member in object {
            switch member.key {
            case "type": guard SchemaDraft.names(member.value, "object") else { return false }
            case "title", "default", "examples", "deprecated", "format": continue
            case "description": plain.description = plain.description ?? member.value.string
            case "additionalProperties":
                guard member.value == false else { return false }
                plain.isClosed = true
            case "properties": guard add(member.value.object ?? [:], to: &plain) else { return false }
            case "required": for name in member.value.array ?? [] { name.string.map { plain.require($0) } }
            case "allOf":
                for branch in member.value.array ?? [] {
                    guard flatten(branch, references, into: &plain, direction, depth: depth + 1) else { return false }
                }
            case "$ref":
                guard let text = member.value.string, let id = definition(named: text, among: references) else {
                    return false
                }
                let target = converted(id, for: direction)
                plain.references += target.references.filter { !plain.references.contains($0) }
                plain.strict += target.strict
                plain.nodes += target.nodes
                plain.problems += target.problems
                guard flatten(target.value, target.references, into: &plain, direction, depth: depth + 1) else {
                    return false
                }
            default: return false
            }
        }
        return plain.properties.count <= limits.parameters
    }

    private func add(_ properties: JSONObject, to plain: inout PlainObject) -> Bool {
        for property in properties {
            guard let index = plain.index(property.key) else {
                plain.properties.append(property)
                continue
            }
            guard plain.properties[index].value != property.value else { continue }
            plain.properties[index].value = ["allOf": [plain.properties[index].value, property.value]]
        }
        return true
    }

    /// Names of all properties that a schema declares anywhere for the instance itself.
    func declaredMembers(_ schema: ConvertedSchema) -> [String] {
        var names: [String] = []
        var budget = 200
        func collect(_ value: JSONValue, _ references: [Int]) {
            budget -= 1
            guard budget > 0, let object = value.object else { return }
            for member in object {
                switch member.key {
                case "properties":
                    for key in member.value.object?.keys.map({ $0 }) ?? []
                    where !names.contains(where: { $0.hasSameBytes(as: key) }) { names.append(key) }
                case "allOf", "anyOf", "oneOf": for branch in member.value.array ?? [] { collect(branch, references) }
                case "$ref":
                    guard let text = member.value.string, let id = definition(named: text, among: references) else {
                        continue
                    }
                    let target = converted(id, for: .request)
                    collect(target.value, target.references)
                default: continue
                }
            }
        }
        collect(schema.value, schema.references)
        return names
    }

    /// The schema itself, or what its reference leads to.
    func behindReference(_ value: JSONValue, among references: [Int], for direction: Direction) -> JSONValue {
        var value = value
        var references = references
        for _ in 0..<8 {
            guard let text = value["$ref"]?.string, let id = definition(named: text, among: references) else { break }
            let target = converted(id, for: direction)
            value = target.value
            references = target.references
        }
        return value
    }
}
