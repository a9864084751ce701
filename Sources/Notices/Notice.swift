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

    /// Without secrets in what it says.
    package func swept(with sweeper: Sweeper) -> Notice {
        var notice = self
        notice.summary = sweeper.sweep(summary)
        notice.details = sweeper.sweep(valuesOf: details)
        return notice
    }

    /// Where a person deals with it.
    package var link: String?

    /// One text for a chat, with what chats read as markup written out (the three characters that Slack's `mrkdwn` asks to
    /// escape).
    var chatBody: [UInt8] {
        // What an agent wrote must not become a link, a mention or code above ours.
        var words = summary
        for (mark, inert) in [("://", ": //"), ("@", "@ "), ("[", "("), ("]", ")"), ("`", "'"), ("*", "·"), ("~", "-")]
        {
            words = words.replacing(mark, with: inert)
        }
        let text = words + (link.map { "\n\($0)" } ?? "")
        let escaped = text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
        let value: JSONValue = ["text": .string(escaped)]
        return value.bytes
    }

    /// What is sent: type, time and data, as Standard Webhooks 1.0 has it.
    var body: [UInt8] {
        var data: JSONObject = ["summary": .string(summary)]
        if let link { data.append("link", .string(link)) }
        for member in details { data.append(member.key, member.value) }
        let value: JSONValue = [
            "type": .string(type), "timestamp": .string(at.description), "data": .object(data),
        ]
        return value.bytes
    }
}
