package import JSON

/// How much of what is recorded somebody may see.
package enum Sight: String, Sendable, Hashable, CaseIterable {
    /// Calls in one's own name, with what was asked and what it changed.
    case own
    /// Who did what, when and by which decision, of everybody; nothing of what was in it.
    case metadata
    /// Everything.
    case payload

    /// Members of events and acts that tell nothing of what was asked, changed or said. What is not listed is not shown, so that a new
    /// member is hidden until somebody decides on it.
    private static let plain: Set<String> = [
        "at", "time", "event", "act", "by", "user", "agent", "tenant", "roles", "issuer", "call", "tool", "source",
        "bucket",
        "definition", "effect", "because", "requires", "demands", "policy", "snapshot", "trace", "part_of", "expires",
        "delegated",
        "channel", "own", "break_glass", "hasty", "outcome", "status", "code", "latency",
    ]
    private static let ownToo: Set<String> = ["arguments", "stakes", "change", "reason", "records", "idempotency_key"]

    /// What of an event or act may be seen. Of records the number stays.
    package func shown(_ event: JSONObject) -> JSONObject {
        guard self != .payload else { return event }
        var shown = JSONObject()
        for member in event {
            // Of a request that never became a call, the tool's name may be any text.
            if member.key == "tool", event["act"] != nil, !Self.isName(member.value.string ?? "") { continue }
            if Self.plain.contains(member.key) || self == .own && Self.ownToo.contains(member.key) {
                shown.append(member.key, member.value)
            } else if member.key == "records", let records = member.value.array {
                shown.append("record_count", JSONValue(records.count))
            }
        }
        return shown
    }

    private static func isName(_ text: String) -> Bool {
        (1...48).contains(text.utf8.count)
            && text.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F }
    }

    /// Whether one may look for values of a field, or for words: whether something is found tells what is there.
    package func maySearch(_ field: String) -> Bool {
        self != .metadata || !["text", "record", "currency", "counterparty"].contains(field)
    }
}
