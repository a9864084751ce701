package import Core
package import JSON
import TransparencyLog

/// One event of a call, or one act, with what was known of the call when it happened: what other systems take in.
package struct ExportedEvent: Sendable, Hashable {
    package var position: Int
    package var at: Timestamp
    package var call: String?
    /// The event's or the act's name.
    package var name: String
    package var isAct: Bool
    package var user: String?
    package var agent: String?
    package var tenant: String?
    package var tool: String?
    package var source: String?
    package var bucket: String?
    package var effect: String?
    package var rules: [String]
    package var outcome: String?
    package var status: Int?
    package var code: String?
    package var by: String?
    package var reason: String?
    package var trace: String?
    package var records: [String]
    package var arguments: JSONObject?
    /// Everything that the event says.
    package var body: JSONObject
    /// The hash of the entry's leaf in the log, in Base64.
    package var leaf: String
}

/// Follows the journal and tells of each event who and what it is about, which stands in a call's first entry.
package struct EventReader: Sendable {
    private struct Context {
        var user: String?, agent: String?, tenant: String?, tool: String?, source: String?, bucket: String?
        var trace: String?
        var effect: String?
        var rules: [String] = []
    }

    /// Of the latest calls.
    private var contexts: [String: Context] = [:]
    /// Oldest first, so that memory is bounded.
    private var order: [String] = []

    private static let mostCalls = 2_000

    package init() {}

    /// Whether the entry belongs to a call whose first entry was not read, which then has to be read before.
    package func lacksOpening(of row: JournalRow) -> Bool {
        guard let call = row.call, let previous = row.previous, previous > 0 else { return false }
        return contexts[call] == nil
    }

    /// The events of an entry.
    package mutating func read(_ row: JournalRow) -> [ExportedEvent] {
        let options = JSONParser.Options(maxDepth: 512, maxBytes: 64 << 20, recordsDuplicates: true, allowsNull: true)
        let leaf = row.leaf.base64
        guard let body = try? JSONParser.parse(row.body, options: options) else {
            // Whoever takes events in has to hear of it.
            return [
                ExportedEvent(
                    position: row.position, at: row.at, call: row.call, name: "entry-unreadable", isAct: true,
                    rules: [],
                    records: [], body: [:], leaf: leaf)
            ]
        }
        if let act = row.act ?? (row.previous == nil ? body["act"]?.string : nil) {
            let object = body.object ?? JSONObject()
            return [
                ExportedEvent(
                    position: row.position, at: row.at, call: row.call, name: act, isAct: true, user: row.user,
                    agent: row.agent, tenant: object["details"]?["tenant"]?.string, tool: row.tool, rules: [],
                    code: object["details"]?["code"]?.string, by: object["by"]?.string,
                    reason: object["details"]?["reason"]?.string, records: [], body: object, leaf: leaf)
            ]
        }
        guard let call = row.call else { return [] }
        return (body.array ?? [body]).compactMap { event in
            guard let object = event.object, let name = object["event"]?.string else { return nil }
            let context = note(object, name, of: call)
            return ExportedEvent(
                position: row.position,
                at: Timestamp(microseconds: Int64(object["at"]?.int ?? Int(row.at.microseconds))),
                call: call, name: name, isAct: false, user: context.user, agent: context.agent, tenant: context.tenant,
                tool: context.tool, source: context.source, bucket: context.bucket, effect: context.effect,
                rules: context.rules, outcome: object["outcome"]?.string, status: object["status"]?.int,
                code: object["code"]?.string, by: object["by"]?.string,
                reason: object["reason"]?.string ?? object["cause"]?.string, trace: context.trace,
                records: object["records"]?.array?.compactMap(\.string) ?? [],
                arguments: name == "opened" ? object["arguments"]?.object : nil, body: object, leaf: leaf)
        }
    }

    private mutating func note(_ event: JSONObject, _ name: String, of call: String) -> Context {
        var context = contexts[call] ?? Context()
        if name == "opened" {
            context = Context(
                user: event["user"]?.string, agent: event["agent"]?.string, tenant: event["tenant"]?.string,
                tool: event["tool"]?.string, source: event["source"]?.string, bucket: event["bucket"]?.string,
                trace: event["trace"]?.string)
        }
        if name == "decided" {
            context.effect = event["effect"]?.string
            context.rules = event["because"]?.array?.compactMap(\.string) ?? []
        }
        if contexts[call] == nil {
            order.append(call)
            if order.count > Self.mostCalls { contexts[order.removeFirst()] = nil }
        }
        contexts[call] = context
        return context
    }
}

extension ExportedEvent {
    /// The same without what is in it, for whoever will not take that much.
    package var shortened: ExportedEvent {
        var event = self
        event.body = ["left_out": "too large, or refused"]
        event.arguments = nil
        event.reason = nil
        event.records = []
        return event
    }

    /// As JSON, with readable times.
    package var json: JSONValue {
        var object = JSONObject()
        func add(_ key: String, _ value: JSONValue?) { if let value { object.append(key, value) } }
        add("position", JSONValue(position))
        add("time", .string(at.description))
        add("call", call.map { .string($0) })
        add(isAct ? "act" : "event", .string(name))
        for (key, value) in [
            ("user", user), ("agent", agent), ("tenant", tenant), ("tool", tool), ("source", source),
            ("bucket", bucket),
            ("effect", effect), ("outcome", outcome), ("code", code), ("by", by), ("reason", reason), ("trace", trace),
        ] { add(key, value.map { .string($0) }) }
        if !rules.isEmpty { add("rules", .array(rules.map { .string($0) })) }
        add("status", status.map { JSONValue($0) })
        if !records.isEmpty { add("records", .array(records.map { .string($0) })) }
        add("body", .object(body))
        add("leaf", .string(leaf))
        return .object(object)
    }
}
