import ArgumentParser
import JSON

struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "What happened.",
        subcommands: [Search.self, Export.self, Receipt.self, Verify.self, Prune.self, Hold.self, Release.self],
        defaultSubcommand: Search.self)

    struct Search: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Find calls and acts, newest first.")

        @Option(help: "Only this call.")
        var call: String?
        @Option(help: "Only this user.")
        var user: String?
        @Option(help: "Only this agent.")
        var agent: String?
        @Option(help: "Only this tool.")
        var tool: String?
        @Option(help: "Only calls in this phase, such as settled or proposed.")
        var phase: String?
        @Option(help: "Only acts of this kind, such as vault-put or look.")
        var act: String?
        @Option(help: "Only what is younger than this, such as 30m, 12h or 7d.")
        var since: String?
        @Option(
            name: .customLong("where"),
            help: ArgumentHelp(
                "Only calls and acts with this value in a field, such as record=deal_7, outcome=failure or rule=big-refunds. Repeat it for more.",
                valueName: "field=value"))
        var fields: [String] = []
        @Option(
            help: "Only calls and acts that have all these words somewhere in their arguments, changes and reasons.")
        var text: String?
        @Option(help: ArgumentHelp("Only this record, as its source names it.", valueName: "id"))
        var record: String?
        @Option(
            parsing: .upToNextOption,
            help: ArgumentHelp("Only what began between the approvals of these two calls.", valueName: "call"))
        var between: [String] = []
        @Option(help: "How many entries at most.")
        var limit = 50
        @Option(help: "Only entries before this position, for the next page.")
        var before: Int?
        @Flag(help: "Print JSON Lines.")
        var json = false
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            var arguments: JSONObject = ["limit": JSONValue(limit)]
            for (key, value) in [
                ("call", call), ("user", user), ("agent", agent), ("tool", tool), ("phase", phase), ("act", act),
                ("since", since),
            ] {
                if let value { arguments.append(key, .string(value)) }
            }
            if let before { arguments.append("before", JSONValue(before)) }
            var wanted = JSONObject()
            for field in fields + (record.map { ["record=\($0)"] } ?? []) {
                let parts = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                guard parts.count == 2 else { throw CommandError("'\(clean(field))' is not of the form field=value") }
                wanted.append(String(parts[0]), .string(String(parts[1])))
            }
            if !wanted.isEmpty { arguments.append("where", .object(wanted)) }
            if let text { arguments.append("text", .string(text)) }
            if !between.isEmpty { arguments.append("between", .array(between.map { .string($0) })) }
            let reply = try await administer(options, "audit-search", arguments)
            let entries = reply["entries"]?.array ?? []
            for entry in entries {
                if json {
                    show(json: entry)
                } else {
                    show(lines: entry)
                }
            }
            if entries.isEmpty { note("Nothing matches.") }
        }
    }
}

/// An entry as a line for each of its events.
private func show(lines entry: JSONValue) {
    let position = entry["position"]?.int ?? 0
    let call = entry["call"]?.string ?? "-"
    for event in entry["events"]?.array ?? [] {
        let name = event["event"]?.string ?? event["act"]?.string ?? "?"
        var details: [String] = []
        for key in [
            "user", "agent", "tenant", "tool", "effect", "because", "by", "roles", "channel", "reason", "operation",
            "outcome", "status", "code", "cause", "expires", "name", "owner", "latency",
        ] {
            guard let value = event[key], !(value.array?.isEmpty ?? false) else { continue }
            if name != "opened", ["roles"].contains(key), event["by"] == nil { continue }
            let text = value.string ?? value.array?.compactMap(\.string).joined(separator: ",") ?? value.text
            details.append("\(key)=\(key == "latency" ? "\(text)us" : text)")
        }
        for member in event["details"]?.object ?? JSONObject() {
            details.append("\(member.key)=\(short(member.value))")
        }
        if let arguments = event["arguments"] { details.append("arguments=\(arguments.text)") }
        let time = event["time"]?.string ?? entry["time"]?.string ?? ""
        show("\(position)  \(time)  \(call)  \(clean(name))  \(clean(details.joined(separator: " "), limit: 1000))")
    }
}

/// A value for a line: of a list of objects, what names each; the whole is in the JSON.
func short(_ value: JSONValue) -> String {
    guard let array = value.array, array.contains(where: { $0.object != nil }) else {
        return value.string ?? value.text
    }
    let names = array.prefix(5).compactMap { element in
        ["tool", "finding", "id", "name"].lazy.compactMap { element[$0]?.string }.first
    }
    let more = array.count - names.count
    return names.joined(separator: ",") + (more > 0 ? " and \(more) more" : "")
}
