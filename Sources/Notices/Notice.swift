package import Core
package import JSON

/// Something that people want to hear of without asking.
package struct Notice: Sendable, Hashable {
    /// Stable, in kebab case with points, such as `findings.found`.
    package var type: String
    package var at: Timestamp
    /// One sentence for a person.
    package var summary: String
    package var details: JSONObject

    package init(_ type: String, at: Timestamp, summary: String, details: JSONObject = [:]) {
        self.type = type
        self.at = at
        self.summary = summary
        self.details = details
    }

    /// What is sent: type, time and data, as Standard Webhooks 1.0 has it.
    var body: [UInt8] {
        var data: JSONObject = ["summary": .string(summary)]
        for member in details { data.append(member.key, member.value) }
        let value: JSONValue = [
            "type": .string(type), "timestamp": .string(at.description), "data": .object(data),
        ]
        return value.bytes
    }
}
