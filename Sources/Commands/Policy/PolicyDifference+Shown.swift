import JSON
import Policy

extension PolicyDifference {
    /// What becomes wider first; of those what reaches most tools.
    var ordered: [Turn] {
        turns.enumerated().sorted { left, right in
            let (first, second) = (left.element, right.element)
            if first.isWider != second.isWider { return first.isWider }
            if first.tools.count != second.tools.count { return first.tools.count > second.tools.count }
            return left.offset < right.offset
        }.map(\.element)
    }

    var json: JSONValue {
        [
            "exhaustive": .bool(isExhaustive), "wider": .bool(isWider),
            "not_tried": .array(openTools.sorted().map { .string($0) }),
            "changes": .array(
                ordered.map { turn in
                    [
                        "from": turn.from.json, "to": turn.to.json, "wider": .bool(turn.isWider),
                        "old_rules": .array(turn.oldRules.map { .string($0) }),
                        "new_rules": .array(turn.newRules.map { .string($0) }),
                        "facts_asked_otherwise": .array(turn.otherFacts.map { .string($0) }),
                        "tools": .array(turn.tools.sorted().map { .string($0) }), "example": turn.example.json,
                    ]
                }),
        ]
    }

    /// A paragraph for each change. What only calls show whose arguments the schema does not take comes as a count.
    func lines(all: Bool) -> [String] {
        var lines: [String] = []
        let told = all ? ordered : ordered.filter(\.example.isAccepted)
        for turn in told {
            lines += [
                "\(turn.from.words) → \(turn.to.words)\(turn.isWider ? "  (wider)" : "")",
                "    tools    \(shown(names: turn.tools.sorted(), most: all ? .max : 8))",
                "    rules    \(shown(rules: turn.oldRules)) → \(shown(rules: turn.newRules))",
                "    example  \(turn.example.words)",
            ]
            let facts = turn.otherFacts
            if !facts.isEmpty { lines.append("    facts    asked otherwise under the same id: \(shown(names: facts))") }
        }
        let kept = ordered.filter { !$0.example.isAccepted }
        if !all, !kept.isEmpty {
            let wider = kept.count(where: \.isWider)
            lines.append(
                "\(kept.count) more, of which \(wider) wider, only with arguments that no schema took of those tried (--all shows them)"
            )
        }
        if turns.isEmpty {
            lines.append(isExhaustive ? "no rule answers otherwise" : "no rule was found to answer otherwise")
        }
        if !isExhaustive {
            lines.append("not everything was tried of: \(shown(names: openTools.sorted()))")
        }
        return lines
    }
}

extension PolicyDifference.Turn {
    /// Ids of facts that both rulings demand and that are not the same: the ids alone would hide the change.
    fileprivate var otherFacts: [String] {
        Set(from.requirements.subtracting(to.requirements).map(\.id))
            .intersection(to.requirements.subtracting(from.requirements).map(\.id)).sorted()
    }
}

extension DeadRule {
    var words: String {
        switch why {
        case .noTool: "no tool is one that it speaks of"
        case .neverMet: "its condition is never met"
        case .shadowed(let by): "wherever it applies, \(shown(names: by.sorted())) decides"
        case .onlyInError(let by):
            (by.isEmpty ? "its condition is never met" : "wherever it applies, \(shown(names: by.sorted())) decides")
                + ", and where it cannot be evaluated the call is denied"
        }
    }

    var json: JSONValue {
        var object: JSONObject = ["rule": .string(id)]
        switch why {
        case .noTool: object["why"] = "no-tool"
        case .neverMet: object["why"] = "never-met"
        case .shadowed(let by):
            object["why"] = "shadowed"
            object["by"] = .array(by.sorted().map { .string($0) })
        case .onlyInError(let by):
            object["why"] = "only-in-error"
            object["by"] = .array(by.sorted().map { .string($0) })
        }
        return .object(object)
    }
}
