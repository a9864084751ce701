package import Core
package import JSON

/// What one look at the gateway came to, as the history keeps it.
package struct Look: Sendable, Hashable {
    package var at: Timestamp
    /// Nil for a gateway that was not rated.
    package var total: Int?
    package var grade: String?
    package var vector: String?
    /// Digest of the configuration with all documents it reads.
    package var version: String
    package var tools: Int
    package var never: Int
    package var heldBack: Int
    /// Held back because what its source declares changed.
    package var suspended: Int
    /// Findings that are neither fixed nor accepted, by severity.
    package var open: [Severity: Int]
    /// What capped the score and was so at this moment, by code; doubt about the evidence aside.
    package var caps: Set<String>

    package init(
        at: Timestamp, total: Int?, grade: String?, vector: String?, version: String, tools: Int, never: Int,
        heldBack: Int, suspended: Int, open: [Severity: Int], caps: Set<String> = []
    ) {
        self.at = at
        self.total = total
        self.grade = grade
        self.vector = vector
        self.version = version
        self.tools = tools
        self.never = never
        self.heldBack = heldBack
        self.suspended = suspended
        self.open = open
        self.caps = caps
    }

    /// Whether the later look shows something else than this one.
    package func differs(from other: Look) -> Bool {
        var other = other
        other.at = at
        return other != self
    }
}

extension Look {
    package init?(json: JSONValue, at: Timestamp) {
        guard let version = json["version"]?.string, let tools = json["tools"]?.int else { return nil }
        self.init(
            at: at, total: json["score"]?.int, grade: json["grade"]?.string, vector: json["vector"]?.string,
            version: version, tools: tools, never: json["never"]?.int ?? 0, heldBack: json["held_back"]?.int ?? 0,
            suspended: json["suspended"]?.int ?? 0,
            open: Dictionary(
                (json["open"]?.object ?? JSONObject()).compactMap { member in
                    Severity(rawValue: member.key).flatMap { key in member.value.int.map { (key, $0) } }
                }
            ) { first, _ in first },
            caps: Set((json["caps"]?.array ?? []).compactMap(\.string)))
    }

    package var details: JSONObject {
        var object: JSONObject = [:]
        if let total { object.append("score", JSONValue(total)) }
        if let grade { object.append("grade", .string(grade)) }
        if let vector { object.append("vector", .string(vector)) }
        object.append("version", .string(version))
        object.append("tools", JSONValue(tools))
        object.append("never", JSONValue(never))
        object.append("held_back", JSONValue(heldBack))
        object.append("suspended", JSONValue(suspended))
        object.append(
            "open",
            .object(
                JSONObject(
                    members: open.sorted { $0.key > $1.key }.map {
                        JSONObject.Member(key: $0.key.rawValue, value: JSONValue($0.value))
                    })))
        if !caps.isEmpty { object.append("caps", .array(caps.sorted().map { .string($0) })) }
        return object
    }
}
