import JSON

/// An object schema that says no more than which members there are.
struct PlainObject {
    var properties: [JSONObject.Member] = []
    var required: [String] = []
    var references: [Int] = []
    /// Definitions that were followed to get here and are written out now.
    var followed: [Int] = []
    var strict: [Int] = []
    var nodes = 0
    var problems: [SchemaProblem] = []
    var isClosed = false
    var description: String?
    /// Schemas that were followed, bounded because `allOf` can bring the same one again and again.
    fileprivate var steps = 0

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
        guard flatten(schema.value, into: &plain, direction, depth: 0) else { return nil }
        guard plain.required.allSatisfy({ plain.index($0) != nil }) else { return nil }
        // What was followed on the way here is no longer referred to.
        var kept: [Int] = []
        for property in plain.properties { collect(property.value, into: &kept) }
        plain.references = kept
        return plain
    }

    private func collect(_ value: JSONValue, into references: inout [Int]) {
        switch value {
        case .object(let object):
            for member in object {
                if member.key == "$ref", let text = member.value.string,
                    let id = definition(named: text)
                {
                    if !references.contains(id) { references.append(id) }
                } else {
                    collect(member.value, into: &references)
                }
            }
        case .array(let array): for element in array { collect(element, into: &references) }
        default: break
        }
    }

    private func flatten(
        _ value: JSONValue, into plain: inout PlainObject, _ direction: Direction, depth: Int
    ) -> Bool {
        plain.steps += 1
        guard depth < 16, plain.steps < 500, let object = value.object else { return false }
        for member in object {
            switch member.key {
            case "type": guard SchemaDraft.names(member.value, "object") else { return false }
            case "title", "default", "examples", "deprecated", "format": continue
            case "description": plain.description = plain.description ?? member.value.string
            case "additionalProperties":
                guard member.value == false else { return false }
                plain.isClosed = true
            case "properties": guard add(member.value.object ?? [:], to: &plain) else { return false }
            case "required":
                let names = member.value.array ?? []
                guard names.count <= limits.parameters else { return false }
                for name in names { name.string.map { plain.require($0) } }
            case "allOf":
                for branch in member.value.array ?? [] {
                    guard flatten(branch, into: &plain, direction, depth: depth + 1) else { return false }
                }
            case "$ref":
                guard let text = member.value.string, let id = definition(named: text) else {
                    return false
                }
                let target = converted(id, for: direction)
                plain.followed.append(id)
                plain.references += target.references.filter { !plain.references.contains($0) }
                plain.strict += target.strict
                plain.nodes += target.nodes
                plain.problems += target.problems
                guard flatten(target.value, into: &plain, direction, depth: depth + 1) else {
                    return false
                }
            default: return false
            }
        }
        return plain.properties.count <= limits.parameters
    }

    private func add(_ properties: JSONObject, to plain: inout PlainObject) -> Bool {
        guard properties.count <= limits.parameters else { return false }
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
    func declaredMembers(_ schema: JSONValue) -> [String] {
        var names: [String] = []
        var budget = 200
        func collect(_ value: JSONValue) {
            budget -= 1
            guard budget > 0, let object = value.object else { return }
            for member in object {
                switch member.key {
                case "properties":
                    for key in member.value.object?.prefix(1_000).map(\.key) ?? []
                    where !names.contains(where: { $0.hasSameBytes(as: key) }) { names.append(key) }
                case "allOf", "anyOf", "oneOf": for branch in member.value.array ?? [] { collect(branch) }
                case "$ref":
                    guard let text = member.value.string, let id = definition(named: text) else {
                        continue
                    }
                    collect(converted(id, for: .request).value)
                default: continue
                }
            }
        }
        collect(schema)
        return names
    }

    /// The schema itself, or what its reference leads to.
    func behindReference(_ value: JSONValue, for direction: Direction) -> JSONValue {
        var value = value
        for _ in 0..<8 {
            guard let text = value["$ref"]?.string, let id = definition(named: text) else { break }
            value = converted(id, for: direction).value
        }
        return value
    }
}
