import JSON
import Policy

// How answers of a policy and calls are shown, the same in all commands about policy.

extension Ruling {
    /// Facts by their ids; what is known by its id alone is one of them.
    private var facts: [String] { namedRequirements.union(requirements.map(\.id)).sorted() }

    /// In words, such as `ask manager` or `allow where backup-is-young`.
    var words: String {
        let facts = self.facts.isEmpty ? "" : " where \(self.facts.joined(separator: ", "))"
        guard effect == .ask else { return effect.rawValue + facts }
        return "ask \(demands.map(\.words).sorted().joined(separator: " and "))\(facts)"
    }

    var json: JSONValue {
        var object: JSONObject = ["effect": .string(effect.rawValue)]
        if effect == .ask {
            object["approvals"] = JSONValue(approvals)
            object["asks"] = .array(demands.map(\.words).sorted().map { .string($0) })
        }
        if !facts.isEmpty { object["requires"] = .array(facts.map { .string($0) }) }
        return .object(object)
    }
}

extension ApprovalDemand {
    /// Whose yes it takes, and what else differs from the usual.
    var words: String {
        let usual = ApprovalDemand()
        var parts = seats.map { ($0.count == 1 ? "" : "\($0.count) × ") + $0.roles.sorted().joined(separator: "/") }
        if isConfirmation { parts.append(acceptsForm ? "the user in a form" : "the user") }
        var words = parts.joined(separator: " + ")
        if let escalation {
            words += ", after \(escalation.after) s also \(escalation.roles.sorted().joined(separator: "/"))"
        }
        if !breakGlass.isEmpty { words += ", in an emergency \(breakGlass.sorted().joined(separator: "/")) alone" }
        if runsOnApproval { words += ", run on approval" }
        if expiresAfter != usual.expiresAfter { words += ", for \(expiresAfter) s" }
        if repeatWindow != usual.repeatWindow { words += ", repeated for \(repeatWindow) s" }
        if haste != nil { words += ", slower in haste" }
        return words
    }
}

extension ExampleCall {
    var words: String {
        let known = roles.isEmpty ? "no role" : "role \(roles.sorted().joined(separator: ", "))"
        let time = "\(minute / 60 < 10 ? "0" : "")\(minute / 60):\(minute % 60 < 10 ? "0" : "")\(minute % 60)"
        let place = tenant.map { ", tenant \($0)" } ?? ""
        return
            "\(tool) \(escaped(JSONValue.object(arguments).text)) by \(user) (\(known)\(place)) through \(agent) at \(time)"
            + (isAccepted ? "" : "; the tool's schema does not take these arguments, and others may do the same")
    }

    var json: JSONValue {
        [
            "tool": .string(tool), "arguments": .object(arguments), "user": .string(user), "agent": .string(agent),
            "tenant": tenant.map { .string($0) } ?? .null, "roles": .array(roles.sorted().map { .string($0) }),
            "minute_of_day": JSONValue(minute), "fits_schema": .bool(isAccepted),
        ]
    }
}

/// Rules by name; a dash where none is.
func shown(rules: [String]) -> String {
    rules.isEmpty ? "no rule" : rules.joined(separator: ", ")
}

/// The first names, and how many more there are.
func shown(names: [String], most: Int = 8) -> String {
    names.prefix(most).joined(separator: ", ") + (names.count > most ? " and \(names.count - most) more" : "")
}
