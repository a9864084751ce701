package import JSON

/// The fields that an answer may have, taken from the declared schema. Everything else is left out.
///
/// A schema that names no fields at a place (`{}`, `type: object` alone, `additionalProperties: true`) is open there:
/// what comes passes. Alternatives (`oneOf`, `anyOf`, `allOf`) count together.
package struct Shape: Sendable {
    /// Shared: a copy would cost more than a look.
    final class Node: Sendable {
        let isOpen: Bool
        let fields: Fields
        /// For members that no field names: nil leaves them out.
        let others: Int?
        let items: Int?

        init(isOpen: Bool = false, fields: Fields = Fields(), others: Int? = nil, items: Int? = nil) {
            self.isOpen = isOpen
            self.fields = fields
            self.others = others
            self.items = items
        }
    }

    /// Nodes by the name of a member, in the declared order.
    struct Fields: Sendable {
        private var names: [String] = []
        private var nodes: [Int] = []
        private var positions: [String: Int] = [:]

        mutating func append(_ name: String, _ node: Int) {
            positions[name] = names.count
            names.append(name)
            nodes.append(node)
        }

        /// - Parameter next: where to look first; members mostly come in the declared order.
        func find(_ name: String, next: inout Int) -> Int? {
            if names.indices.contains(next), names[next].hasSameBytes(as: name) {
                next += 1
                return nodes[next - 1]
            }
            guard let position = positions[name] else { return nil }
            next = position + 1
            return nodes[position]
        }
    }

    var nodes: [Node]

    /// Reads the declared fields from a self-contained schema (references lead to `#/…` only).
    package init(schema: JSONValue) {
        var reader = ShapeReader(root: schema)
        _ = reader.node(for: [schema])
        nodes = reader.nodes
    }

    /// The value without what was not declared, and how many members were left out.
    package func reduce(_ value: JSONValue) -> (value: JSONValue, leftOut: Int) {
        // Most answers are what was declared, and need no copy.
        if isWithin(value, at: 0) { return (value, 0) }
        var leftOut = 0
        let reduced = reduce(value, at: 0, &leftOut)
        return (reduced, leftOut)
    }

    /// Whether nothing of the value would be left out.
    private func isWithin(_ value: JSONValue, at index: Int) -> Bool {
        guard nodes.indices.contains(index) else { return false }
        let node = nodes[index]
        if node.isOpen { return true }
        switch value {
        case .array(let array):
            guard let items = node.items else { return array.isEmpty }
            return array.allSatisfy { isWithin($0, at: items) }
        case .object(let object):
            var place = 0
            for member in object {
                guard let next = node.fields.find(member.key, next: &place) ?? node.others else { return false }
                switch member.value {
                case .array, .object: if !isWithin(member.value, at: next) { return false }
                case .null, .bool, .number, .string: continue
                }
            }
            return true
        case .null, .bool, .number, .string: return true
        }
    }

    private func reduce(_ value: JSONValue, at index: Int, _ leftOut: inout Int) -> JSONValue {
        guard nodes.indices.contains(index) else { return .null }
        let node = nodes[index]
        if node.isOpen { return value }
        switch value {
        case .array(let array):
            guard let items = node.items else {
                leftOut += array.count
                return .array([])
            }
            return .array(array.map { reduce($0, at: items, &leftOut) })
        case .object(let object):
            var members: [JSONObject.Member] = []
            members.reserveCapacity(object.count)
            var place = 0
            for member in object {
                guard let next = node.fields.find(member.key, next: &place) ?? node.others else {
                    leftOut += 1
                    continue
                }
                members.append(JSONObject.Member(key: member.key, value: reduce(member.value, at: next, &leftOut)))
            }
            return .object(JSONObject(members: members))
        case .null, .bool, .number, .string: return value
        }
    }
}

/// Builds the nodes of a shape; each set of schemas that describe one place becomes one node, so cycles end.
private struct ShapeReader {
    let root: JSONValue
    var nodes: [Shape.Node] = []
    private var known: [[JSONValue]: Int] = [:]

    static let maxNodes = 20_000

    init(root: JSONValue) {
        self.root = root
    }

    mutating func node(for schemas: [JSONValue]) -> Int {
        if let index = known[schemas] { return index }
        let index = nodes.count
        nodes.append(Shape.Node())
        guard index < Self.maxNodes else { return index }
        known[schemas] = index
        var parts: [JSONObject] = []
        var isOpen = false
        var seen: Set<JSONValue> = []
        for schema in schemas { collect(schema, into: &parts, &isOpen, &seen) }

        var fields: [(key: String, schemas: [JSONValue])] = []
        var positions: [String: Int] = [:]
        var others: [JSONValue] = []
        var items: [JSONValue] = []
        var allowsObject = false
        var allowsArray = false
        var isOpenObject = false
        for part in parts {
            let types = Self.types(part)
            let isComposite = ["allOf", "anyOf", "oneOf", "$ref"].contains { part.contains($0) }
            let properties = part["properties"]?.object
            allowsObject = allowsObject || types.contains("object") || properties != nil
            allowsArray = allowsArray || types.contains("array") || part.contains("items")
            for member in properties ?? JSONObject() {
                if let position = positions[member.key] {
                    fields[position].schemas.append(member.value)
                } else {
                    positions[member.key] = fields.count
                    fields.append((member.key, [member.value]))
                }
            }
            switch part["additionalProperties"] {
            case .bool(true): isOpenObject = true
            case .object(let schema): others.append(.object(schema))
            case nil where properties == nil && types.contains("object") && !isComposite: isOpenObject = true
            default: break
            }
            if let schema = part["items"], schema.object != nil || schema.bool == true { items.append(schema) }
            items += part["prefixItems"]?.array ?? []
            if types.isEmpty && properties == nil && !part.contains("items") && !isComposite && !part.contains("enum")
                && !part.contains("const") && !part.contains("additionalProperties")
            {
                isOpen = true
            }
        }
        if isOpen {
            nodes[index] = Shape.Node(isOpen: true)
            return index
        }
        var found = Shape.Fields()
        for field in fields { found.append(field.key, node(for: field.schemas)) }
        let rest = isOpenObject ? openNode() : others.isEmpty ? nil : node(for: others)
        let each = !items.isEmpty ? node(for: items) : allowsArray ? openNode() : nil
        nodes[index] = Shape.Node(fields: found, others: rest, items: each)
        return index
    }

    /// Gathers a schema with everything it refers to or is composed of.
    private func collect(
        _ schema: JSONValue, into parts: inout [JSONObject], _ isOpen: inout Bool, _ seen: inout Set<JSONValue>
    ) {
        guard case .object(let object) = schema else {
            if schema.bool == true { isOpen = true }
            return
        }
        guard seen.count < 256, seen.insert(schema).inserted else { return }
        parts.append(object)
        if let reference = object["$ref"]?.string, reference.utf8.first == 0x23,
            let pointer = JSONPointer(parsing: String(reference.dropFirst())), let target = root[pointer]
        {
            collect(target, into: &parts, &isOpen, &seen)
        }
        for keyword in ["allOf", "anyOf", "oneOf"] {
            for part in object[keyword]?.array ?? [] { collect(part, into: &parts, &isOpen, &seen) }
        }
    }

    private mutating func openNode() -> Int {
        node(for: [.bool(true)])
    }

    private static func types(_ schema: JSONObject) -> Set<String> {
        switch schema["type"] {
        case .string(let type): [type]
        case .array(let types): Set(types.compactMap(\.string))
        default: []
        }
    }
}
