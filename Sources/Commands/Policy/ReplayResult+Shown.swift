import JSON
import Policy

extension ReplayResult {
    private var turns: [(turn: PolicyReplay.Turn, group: PolicyReplay.Group)] {
        replay.turns.sorted { left, right in
            if left.key.isWider != right.key.isWider { return left.key.isWider }
            if left.value.count != right.value.count { return left.value.count > right.value.count }
            return left.value.example < right.value.example
        }.map { ($0.key, $0.value) }
    }

    var lines: [String] {
        let changed = turns.reduce(0) { $0 + $1.group.count }
        var lines = [
            "\(replay.calls) calls: \(replay.same) decided as they were, \(changed) otherwise, \(replay.untold.count) cannot be told, \(replay.missing.count) of tools that are none any more"
        ]
        for (turn, group) in turns {
            lines.append(
                "\(turn.from.words) → \(turn.to.words): \(group.count) calls\(turn.isWider ? "  (wider)" : "")")
            lines += group.lines(rules: "rules")
        }
        if replay.untold.count > 0 {
            lines.append(
                "cannot be told, since the record lost what a rule reads, or does not say how a fact was asked: \(replay.untold.count) calls"
            )
            lines += replay.untold.lines(rules: "rules")
        }
        if replay.missing.count > 0 {
            lines.append("tools that are none any more: \(replay.missing.count) calls")
            lines += replay.missing.lines(rules: nil)
        }
        if refused + folded > 0 {
            lines.append(
                "not replayed: \(refused) requests that were refused without a recorded decision, and \(folded) refusals that were only counted"
            )
        }
        if unread > 0 { lines.append("not replayed: \(unread) entries that could not be read") }
        lines.append(
            "Callers, arguments, times and what was decided are from the journal; what tools are is from the proposed configuration."
        )
        return lines
    }

    var json: JSONValue {
        [
            "calls": JSONValue(replay.calls), "same": JSONValue(replay.same),
            "changes": .array(
                turns.map { turn, group in
                    var object: JSONObject = [
                        "from": turn.from.json, "to": turn.to.json, "wider": .bool(turn.isWider),
                    ]
                    for member in group.json { object[member.key] = member.value }
                    return .object(object)
                }),
            "cannot_tell": .object(replay.untold.json), "missing_tools": .object(replay.missing.json),
            "taken_from": [
                "caller": "journal", "arguments": "journal", "time": "journal", "decided": "journal",
                "tool": "proposed configuration",
            ],
            "not_replayed": [
                "refused": JSONValue(refused), "counted_only": JSONValue(folded), "unreadable": JSONValue(unread),
            ],
        ]
    }
}

extension PolicyReplay.Group {
    fileprivate func lines(rules name: String?) -> [String] {
        var lines = ["    users    \(users.words)", "    tools    \(tools.words)"]
        if let name { lines.append("    \(name)    \(rules.ordered.isEmpty ? "no rule" : rules.words)") }
        return lines + ["    example  \(example)"]
    }

    fileprivate var json: JSONObject {
        [
            "count": JSONValue(count), "users": users.json, "agents": agents.json, "tools": tools.json,
            "rules": rules.json, "example": count == 0 ? .null : .string(example),
        ]
    }
}

extension PolicyReplay.Tally {
    fileprivate var words: String {
        let all = ordered
        let more = all.count > 8 ? [", and \(all.count - 8) more"] : []
        let rest = others > 0 ? [", others \(others)"] : []
        return all.prefix(8).map { "\($0.name) \($0.count)" }.joined(separator: ", ") + (more + rest).joined()
    }

    fileprivate var json: JSONValue {
        .array(
            ordered.map { ["name": .string($0.name), "count": JSONValue($0.count)] }
                + (others > 0 ? [["name": .null, "count": JSONValue(others)]] : []))
    }
}
