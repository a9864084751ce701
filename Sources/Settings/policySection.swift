import JSON
package import Policy
import Risk

/// Writes rules as a `policy` section, one rule a line. What ``PolicyReader`` reads of it is the same rules.
package func policySection(_ policy: Policy) -> String {
    guard !policy.rules.isEmpty else { return "policy:\n  rules: []\n" }
    return "policy:\n  rules:\n" + policy.rules.map { "    - \(flow(.object(members($0))))\n" }.joined()
}

private func members(_ rule: Rule) -> JSONObject {
    var object: JSONObject = ["id": .string(rule.id), "effect": .string(rule.effect.rawValue)]
    object.add("users", rule.principals.users)
    object.add("agents", rule.principals.agents)
    object.add("tenants", rule.principals.tenants)
    object.add("roles", rule.principals.roles)
    object.add(rule.tools)
    if let except = rule.except {
        var excepted = JSONObject()
        excepted.add(except)
        object["except"] = .object(excepted)
    }
    if let condition = rule.condition { object["when"] = written(condition) }
    if rule.effect == .ask { object.add(rule.approval) }
    if !rule.requirements.isEmpty { object["requires"] = .array(rule.requirements.map { .object(members($0)) }) }
    return object
}

private func written(_ condition: Condition) -> JSONValue {
    switch condition {
    case .argument(let pointer, let comparison):
        var object: JSONObject = ["argument": .string(argumentName(pointer))]
        object.add(comparison)
        return .object(object)
    case .timeOfDay(let from, let to): return ["time": ["from": clock(from), "to": clock(to)]]
    case .all(let parts): return together(parts) ?? ["all": .array(parts.map(written))]
    case .any(let parts): return ["any": .array(parts.map(written))]
    case .not(let part): return ["not": written(part)]
    }
}

/// Several comparisons of one argument as one mapping, which is read as all of them; nil where they are not that.
private func together(_ parts: [Condition]) -> JSONValue? {
    guard parts.count > 1, case .argument(let pointer, _)? = parts.first else { return nil }
    var object: JSONObject = ["argument": .string(argumentName(pointer))]
    for part in parts {
        guard case .argument(pointer, let comparison) = part else { return nil }
        let before = object.count
        object.add(comparison)
        guard object.count > before else { return nil }
    }
    return .object(object)
}

/// Names with points between them where they can be read back, else a JSON pointer.
private func argumentName(_ pointer: JSONPointer) -> String {
    let isPlain = pointer.tokens.allSatisfy { !$0.isEmpty && !$0.contains(".") && !$0.hasPrefix("/") }
    return isPlain && !pointer.tokens.isEmpty ? pointer.tokens.joined(separator: ".") : pointer.description
}

/// A minute of the day as it is written.
private func clock(_ minute: Int) -> JSONValue {
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return .string("\(two(minute / 60)):\(two(minute % 60))")
}

private func members(_ requirement: Requirement) -> JSONObject {
    var object: JSONObject = ["id": .string(requirement.id)]
    switch requirement.place {
    case .tool(let name): object["tool"] = .string(name)
    case .address(let address):
        object["url"] = .string(address.url)
        if let secret = address.secret { object["secret"] = .string(secret) }
        if address.allowsLoopback { object["allow-loopback"] = true }
    }
    if !requirement.arguments.isEmpty {
        object["arguments"] = .object(
            JSONObject(
                members: requirement.arguments.sorted { $0.key < $1.key }.map { name, value in
                    switch value {
                    case .constant(let constant): JSONObject.Member(key: name, value: constant)
                    case .argument(let pointer):
                        JSONObject.Member(key: name, value: ["argument": .string(argumentName(pointer))])
                    }
                }))
    }
    object["field"] = .string(argumentName(requirement.field))
    switch requirement.test {
    case .comparison(let comparison): object.add(comparison)
    case .youngerThan(let seconds): object["younger"] = .string("\(seconds)s")
    }
    return object
}

extension JSONObject {
    fileprivate mutating func add(_ name: String, _ names: Set<String>?) {
        guard let names else { return }
        append(name, .array(names.sorted().map { .string($0) }))
    }

    fileprivate mutating func add(_ match: ToolMatch) {
        add("tools", match.names)
        add("sources", match.sources)
        add("tags", match.tags)
        add("buckets", match.buckets.map { Set($0.map(\.rawValue)) })
        add("levels", match.levels.map { Set($0.map(\.rawValue)) })
        add("categories", match.categories.map { Set($0.map(\.rawValue)) })
    }

    fileprivate mutating func add(_ comparison: Comparison) {
        switch comparison {
        case .equals(let value): self["equals"] = value
        case .oneOf(let values): self["in"] = .array(values)
        case .atMost(let limit): self["at-most"] = .number(limit)
        case .atLeast(let limit): self["at-least"] = .number(limit)
        case .below(let limit): self["below"] = .number(limit)
        case .above(let limit): self["above"] = .number(limit)
        case .hasPrefix(let prefix): self["starts-with"] = .string(prefix)
        case .isPresent(let isPresent): self["present"] = .bool(isPresent)
        }
    }

    fileprivate mutating func add(_ demand: ApprovalDemand) {
        let usual = ApprovalDemand()
        if demand.isConfirmation {
            self["confirm"] = demand.acceptsForm ? "client" : "self"
        } else if demand.seats.count == 1, let seat = demand.seats.first {
            add("approvers", seat.roles)
            if seat.count != 1 { self["count"] = JSONValue(seat.count) }
        } else {
            add("each", demand.roles)
        }
        if demand.expiresAfter != usual.expiresAfter { self["expires"] = .string("\(demand.expiresAfter)s") }
        if demand.repeatWindow != usual.repeatWindow { self["repeat"] = .string("\(demand.repeatWindow)s") }
        if demand.runsOnApproval { self["execute"] = "on-approval" }
        if let escalation = demand.escalation {
            self["escalate"] = [
                "after": .string("\(escalation.after)s"),
                "to": .array(escalation.roles.sorted().map { .string($0) }),
            ]
        }
        if !demand.breakGlass.isEmpty { add("break-glass", demand.breakGlass) }
        if let haste = demand.haste {
            var object: JSONObject = [
                "approvals": JSONValue(haste.approvals), "within": .string("\(haste.seconds)s"),
            ]
            switch haste.remedy {
            case .pause(let seconds): object["pause"] = .string("\(seconds)s")
            case .typed: object["then"] = "typed"
            case .second: object["then"] = "second"
            }
            self["haste"] = .object(object)
        }
    }
}

/// A YAML flow value (YAML 1.2 §7.4). JSON is one; names that are plain stand without quotes.
private func flow(_ value: JSONValue) -> String {
    switch value {
    case .object(let object):
        guard !object.isEmpty else { return "{}" }
        return "{ " + object.map { "\(plain($0.key)): \(flow($0.value))" }.joined(separator: ", ") + " }"
    case .array(let array): return "[" + array.map(flow).joined(separator: ", ") + "]"
    case .string(let text): return plain(text)
    case .number, .bool, .null: return value.text
    }
}

private func plain(_ text: String) -> String {
    let words: Set = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"]
    let first = text.utf8.first.map { (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) } ?? false
    let isPlain = text.utf8.allSatisfy {
        (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F
            || $0 == 0x2D
    }
    return first && isPlain && !words.contains(text.lowercased()) ? text : quoted(text)
}
