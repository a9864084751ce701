import JSON
import Policy

/// The meaning of a policy, written as plainly as possible and without a look at the product's code paths: every rule
/// is judged to yes, no or error, and the strictest word counts. Knows only known facts.
enum ReferencePolicy {
    enum Answer { case yes, no, error }

    static func effect(_ policy: Policy, _ facts: Facts) -> Effect {
        var allowed = false, asked = false
        for rule in policy.rules {
            switch answer(rule, facts) {
            case .no: continue
            case .error: return .deny
            case .yes where rule.effect == .deny: return .deny
            case .yes where rule.effect == .ask: asked = true
            case .yes: allowed = true
            }
        }
        // An error may come after a yes, so all rules were walked.
        return asked || allowed && facts.tool.isFinalDeletion ? .ask : allowed ? .allow : .deny
    }

    static func answer(_ rule: Rule, _ facts: Facts) -> Answer {
        if let users = rule.principals.users, !users.contains(facts.user) { return .no }
        if let agents = rule.principals.agents, !agents.contains(facts.agent) { return .no }
        if let tenants = rule.principals.tenants {
            guard let tenant = facts.tenant, tenants.contains(tenant) else { return .no }
        }
        if let roles = rule.principals.roles, roles.intersection(facts.roles).isEmpty { return .no }
        if !matches(rule.tools, facts.tool) { return .no }
        if let except = rule.except, matches(except, facts.tool) { return .no }
        guard let condition = rule.condition else { return .yes }
        return answer(condition, facts)
    }

    private static func matches(_ match: ToolMatch, _ tool: ToolFacts) -> Bool {
        if let names = match.names, !names.contains(tool.name) { return false }
        if let sources = match.sources, !sources.contains(tool.source) { return false }
        if let tags = match.tags, tags.intersection(tool.tags).isEmpty { return false }
        if let buckets = match.buckets, !buckets.contains(tool.bucket) { return false }
        if let levels = match.levels, !levels.contains(tool.level) { return false }
        if let categories = match.categories, categories.intersection(tool.categories).isEmpty { return false }
        return true
    }

    private static func answer(_ condition: Condition, _ facts: Facts) -> Answer {
        guard case .known(let arguments) = facts.arguments, case .known(let minute) = facts.minuteOfDay else {
            return .error
        }
        switch condition {
        case .all(let parts):
            let answers = parts.map { answer($0, facts) }
            if answers.contains(.no) { return .no }
            return answers.contains(.error) ? .error : .yes
        case .any(let parts):
            let answers = parts.map { answer($0, facts) }
            if answers.contains(.yes) { return .yes }
            return answers.contains(.error) ? .error : .no
        case .not(let part):
            switch answer(part, facts) {
            case .yes: return .no
            case .no: return .yes
            case .error: return .error
            }
        case .timeOfDay(let from, let to):
            let isInside = from <= to ? (from..<to).contains(minute) : !(to..<from).contains(minute)
            return isInside ? .yes : .no
        case .argument(let pointer, let comparison):
            let value = pointer.tokens.first.flatMap { arguments[$0] }
            switch (comparison, value) {
            case (.isPresent(let expected), _): return (value != nil) == expected ? .yes : .no
            case (.atMost(let limit), .number(let number)): return number.double <= limit.double ? .yes : .no
            case (.above(let limit), .number(let number)): return number.double > limit.double ? .yes : .no
            case (.oneOf(let options), let value?): return options.contains(value) ? .yes : .no
            default: return .error
            }
        }
    }
}
