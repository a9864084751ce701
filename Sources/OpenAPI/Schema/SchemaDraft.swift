import JSON

/// The members of a schema while it is converted, and the keywords whose meaning depends on their neighbours.
struct SchemaDraft {
    var members: [JSONObject.Member] = []
    var isNullable = false
    /// `exclusiveMinimum` and `exclusiveMaximum` where they are true, as OpenAPI before 3.1 writes them.
    var exclusive: [String] = []

    func has(_ key: String) -> Bool {
        members.contains { $0.key.hasSameBytes(as: key) }
    }

    private func index(_ key: String) -> Int? {
        members.firstIndex { $0.key.hasSameBytes(as: key) }
    }

    mutating func add(_ key: String, _ value: JSONValue) {
        members.append(JSONObject.Member(key: key, value: value))
    }

    mutating func addMissing(_ key: String, _ value: JSONValue) {
        if !has(key) { add(key, value) }
    }

    mutating func set(_ key: String, _ value: JSONValue) {
        if let index = index(key) { members[index].value = value } else { add(key, value) }
    }

    /// The schema once all members are known.
    mutating func finished(_ nodes: inout Int) -> JSONObject {
        for key in exclusive { moveBound(key) }
        if isNullable { admitNull() }
        if let index = index("type"), Self.names(members[index].value, "array"), !has("items"), !has("prefixItems") {
            add("items", .object([:]))
        }
        nodes += members.count
        return JSONObject(members: members)
    }

    private mutating func moveBound(_ key: String) {
        guard let index = index(key == "exclusiveMinimum" ? "minimum" : "maximum") else { return }
        members[index].key = key
    }

    private mutating func admitNull() {
        let applicators = members.filter { Self.isApplicator($0.key) }
        if applicators.isEmpty {
            guard let type = index("type") ?? index("enum") else { return }
            if members[type].key == "type" { members[type].value = Self.adding("null", to: members[type].value) }
            if let index = index("enum"), let values = members[index].value.array, !values.contains(.null) {
                members[index].value = .array(values + [.null])
            }
            return
        }
        let isAssertion = { (member: JSONObject.Member) in !Self.isAnnotation(member.key) }
        let assertions = members.filter(isAssertion)
        if assertions.count == 1, assertions[0].key == "anyOf", let branches = assertions[0].value.array {
            set("anyOf", .array(branches + [["type": "null"]]))
            return
        }
        members.removeAll(where: isAssertion)
        add("anyOf", [.object(JSONObject(members: assertions)), ["type": "null"]])
    }

    private static func adding(_ name: JSONValue, to type: JSONValue) -> JSONValue {
        let names = type.array ?? [type]
        return names.contains(name) ? type : .array(names + [name])
    }

    /// Whether a `type` is or lists a name.
    static func names(_ type: JSONValue, _ name: String) -> Bool {
        switch type {
        case .string(let string): string == name
        case .array(let array): array.contains(.string(name))
        default: false
        }
    }

    private static func isApplicator(_ key: String) -> Bool {
        switch key {
        case "$ref", "allOf", "anyOf", "oneOf", "not", "if", "then", "else", "const": true
        default: false
        }
    }

    static func isAnnotation(_ key: String) -> Bool {
        switch key {
        case "title", "description", "default", "examples", "deprecated": true
        default: false
        }
    }
}
