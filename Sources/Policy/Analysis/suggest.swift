import JSON

/// A policy that permits what was seen, and no more than the one it comes from.
package struct Suggestion: Sendable {
    package internal(set) var policy: Policy
    /// Tools whose rules stay as they are: narrower ones could not be shown to do the same for what was seen.
    package internal(set) var keptTools: Set<String> = []
    /// Seen calls that the policy would not permit any more.
    package internal(set) var deniedCalls = 0
    /// Seen calls whose answer turns on something that their record lost. Their tools' rules stay as they are.
    package internal(set) var untoldCalls = 0
    /// Seen calls of tools that are none any more.
    package internal(set) var missingCalls = 0
}

/// The narrowest policy that still answers seen calls as the present one does: by tool, agent, and role, or user where there is no
/// role, with numbers that a condition reads between the least and the most that was seen.
///
/// Each tool has rules of its own that name it, so tools can be looked at one by one. What is suggested for one is held against the
/// seen calls and compared with the present rules; where either shows something, or not all could be compared, the present rules
/// stay for that tool.
/// - Parameter seen: calls and how often they were made.
package func suggest(
    _ present: Policy, _ seen: [SeenCall: Int], _ tools: [AnalysedTool], limit: Int = 20_000
) -> Suggestion {
    var suggestion = Suggestion(policy: Policy(rules: [], version: present.version))
    let known = Dictionary(tools.map { ($0.facts.name, $0) }) { first, _ in first }
    var pieces: [NarrowedRule] = []
    for (name, calls) in Dictionary(grouping: seen, by: \.key.tool).sorted(by: { $0.key < $1.key }) {
        guard let tool = known[name] else {
            suggestion.missingCalls += calls.reduce(0) { $0 + $1.value }
            continue
        }
        let own = present.speaking(of: tool.facts)
        var permitted: [SeenCall] = []
        var isTold = true
        for (call, count) in calls {
            guard let (ruling, _) = own.ruling(on: call, tool.facts) else {
                suggestion.untoldCalls += count
                isTold = false
                continue
            }
            if ruling.effect == .deny { suggestion.deniedCalls += count } else { permitted.append(call) }
        }
        guard !permitted.isEmpty || !isTold else { continue }
        let whole = own.rules.map { NarrowedRule($0, tools: [name]) }
        let drafts = isTold ? [true, false].map { narrow(own, permitted, tool, isBounded: $0) } : []
        let chosen = drafts.first { draft in
            let policy = Policy(rules: draft.map { $0.rule(id: $0.origin) }, version: present.version)
            let isFaithful = permitted.allSatisfy { call in
                guard let before = own.ruling(on: call, tool.facts), let after = policy.ruling(on: call, tool.facts)
                else { return false }
                return before.ruling == after.ruling
            }
            guard isFaithful else { return false }
            let pair = ToolPair(old: tool.facts, new: tool.facts, analysed: tool)
            let difference = compare(own, policy, [pair], limit: limit)
            return difference.isExhaustive && !difference.isWider
        }
        if chosen == nil { suggestion.keptTools.insert(name) }
        pieces += chosen ?? whole
    }
    suggestion.policy.rules = merged(pieces)
    return suggestion
}

/// A rule for named tools, with the rule that it comes from.
private struct NarrowedRule: Hashable {
    var origin: String
    var effect: Effect
    var principals: PrincipalMatch
    var tools: Set<String>
    var condition: Condition?
    var approval: ApprovalDemand
    var requirements: [Requirement]

    init(_ rule: Rule, tools: Set<String>) {
        origin = rule.id
        effect = rule.effect
        principals = rule.principals
        self.tools = tools
        condition = rule.condition
        approval = rule.approval
        requirements = rule.requirements
    }

    func rule(id: String) -> Rule {
        Rule(
            id: id, effect: effect, principals: principals, tools: ToolMatch(names: tools), condition: condition,
            approval: approval, requirements: requirements)
    }
}

private func narrow(_ policy: Policy, _ calls: [SeenCall], _ tool: AnalysedTool, isBounded: Bool) -> [NarrowedRule] {
    let numeric = policy.rules.comparisons.filter { $0.value.contains(where: \.isOfNumbers) }.keys
        .sorted { $0.description < $1.description }
    let reasons = calls.map { Set(decide(policy, $0.facts(tool.facts)).because) }
    return policy.rules.flatMap { rule -> [NarrowedRule] in
        let whole = NarrowedRule(rule, tools: [tool.facts.name])
        // What denies stays whole: less of it could open something.
        guard rule.effect != .deny else { return [whole] }
        let own = zip(calls, reasons).filter { $0.1.contains(rule.id) }.map(\.0)
        var narrowed: [PrincipalMatch: [SeenCall]] = [:]
        for (agent, calls) in Dictionary(grouping: own, by: \.agent) {
            let named = calls.map { call in call.roles.intersection(rule.principals.roles ?? call.roles) }
            let withRoles = zip(calls, named).filter { !$0.1.isEmpty }
            let without = zip(calls, named).filter { $0.1.isEmpty }.map(\.0)
            var match = rule.principals
            match.agents = [agent]
            match.tenants = rule.principals.tenants?.intersection(calls.compactMap(\.tenant))
            if !withRoles.isEmpty {
                match.roles = cover(withRoles.map(\.1))
                match.users = rule.principals.users?.intersection(withRoles.map(\.0.user))
                narrowed[match, default: []] += withRoles.map(\.0)
            }
            if !without.isEmpty {
                match.roles = rule.principals.roles
                match.users = Set(without.map(\.user))
                narrowed[match, default: []] += without
            }
        }
        let pieces = narrowed.sorted { $0.key.order < $1.key.order }.map { match, calls in
            var piece = whole
            piece.principals = match
            let bounds = isBounded ? numeric.compactMap { seenBounds(at: $0, calls) } : []
            let conditions = (rule.condition.map { [$0] } ?? []) + bounds
            if !bounds.isEmpty { piece.condition = conditions.count == 1 ? conditions[0] : .all(conditions) }
            return piece
        }
        // Agents that come to the same share a rule.
        return joined(pieces, of: \.principals.agents, empty: nil) {
            $0.principals.agents?.formUnion($1.principals.agents ?? [])
        }
    }
}

/// Rules that are alike but for one part, joined.
private func joined<Part>(
    _ pieces: [NarrowedRule], of part: WritableKeyPath<NarrowedRule, Part>, empty: Part,
    by join: (inout NarrowedRule, NarrowedRule) -> Void
) -> [NarrowedRule] {
    var places: [NarrowedRule: Int] = [:]
    var result: [NarrowedRule] = []
    for piece in pieces {
        var rest = piece
        rest[keyPath: part] = empty
        if let place = places[rest] {
            join(&result[place], piece)
        } else {
            places[rest] = result.count
            result.append(piece)
        }
    }
    return result
}

/// Few roles of which each call has one: the most frequent first.
private func cover(_ sets: [Set<String>]) -> Set<String> {
    var (rest, cover) = (sets, Set<String>())
    while !rest.isEmpty {
        var counts: [String: Int] = [:]
        for role in rest.flatMap({ $0 }) { counts[role, default: 0] += 1 }
        guard let best = counts.max(by: { ($0.value, $1.key) < ($1.value, $0.key) })?.key else { break }
        cover.insert(best)
        rest.removeAll { $0.contains(best) }
    }
    return cover
}

/// That an argument is between the least and the most that was seen; nil where it was not always a number.
private func seenBounds(at pointer: JSONPointer, _ calls: [SeenCall]) -> Condition? {
    var numbers: [JSONNumber] = []
    for call in calls {
        guard !call.hidden.contains(where: { $0.isPrefix(of: pointer) }),
            let number = JSONValue.object(call.arguments)[pointer]?.number
        else { return nil }
        numbers.append(number)
    }
    let ordered = numbers.sorted { $0.decimal < $1.decimal }
    guard let least = ordered.first, let most = ordered.last else { return nil }
    // Where it is missing the rule does not apply, rather than being in error and denying what others allow.
    return .all([.isPresent(true), .atLeast(least), .atMost(most)].map { .argument(pointer, $0) })
}

extension Comparison {
    fileprivate var isOfNumbers: Bool {
        switch self {
        case .atMost, .atLeast, .below, .above: true
        case .equals, .oneOf, .hasPrefix, .isPresent: false
        }
    }
}

/// One rule for tools that have the same, with ids of their own.
private func merged(_ pieces: [NarrowedRule]) -> [Rule] {
    let order = joined(pieces, of: \.tools, empty: []) { $0.tools.formUnion($1.tools) }
    let origins = Set(order.map(\.origin))
    var used: Set<String> = []
    return order.map { piece in
        var id = piece.origin
        var number = 1
        while used.contains(id) || number > 1 && origins.contains(id) {
            number += 1
            id = "\(piece.origin)-\(number)"
        }
        used.insert(id)
        return piece.rule(id: id)
    }
}

extension PrincipalMatch {
    /// By which rules are put in an order that is the same each time.
    fileprivate var order: String {
        [agents, roles, users, tenants].map { ($0 ?? []).sorted().joined(separator: ",") }.joined(separator: ";")
    }
}
