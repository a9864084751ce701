import JSON
package import Risk

/// What happens to a call.
package enum Effect: String, Sendable, Hashable, CaseIterable {
    case allow, ask, deny
}

/// One statement of a policy: an effect, for whom, on which tools, under which condition.
///
/// Shared, because every call is held against all of them, and a copy would cost more than the judgement.
package final class Rule: Sendable {
    package let id: String
    package let effect: Effect
    package let principals: PrincipalMatch
    package let tools: ToolMatch
    /// Tools the rule leaves alone although ``tools`` matches.
    package let except: ToolMatch?
    package let condition: Condition?
    /// For ``Effect/ask``: whose yes it takes.
    package let approval: ApprovalDemand
    /// Facts that have to be there when the call runs.
    package let requirements: [Requirement]

    package init(
        id: String, effect: Effect, principals: PrincipalMatch = PrincipalMatch(), tools: ToolMatch = ToolMatch(),
        except: ToolMatch? = nil, condition: Condition? = nil, approval: ApprovalDemand = ApprovalDemand(),
        requirements: [Requirement] = []
    ) {
        self.id = id
        self.effect = effect
        self.principals = principals
        self.tools = tools
        self.except = except
        self.condition = condition
        self.approval = approval
        self.requirements = requirements
    }

    /// Whether the rule applies.
    package func applies(to facts: Facts) -> Truth {
        guard principals.matches(facts), tools.matches(facts.tool) else { return .no }
        if let except, except.matches(facts.tool) { return .no }
        return condition.map { $0.evaluate(facts) } ?? .yes
    }
}

extension Rule: Hashable {
    package static func == (left: Rule, right: Rule) -> Bool {
        left === right
            || left.id == right.id && left.effect == right.effect && left.principals == right.principals
                && left.tools == right.tools && left.except == right.except && left.condition == right.condition
                && left.approval == right.approval && left.requirements == right.requirements
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(id)
        hasher.combine(effect)
    }
}

/// For whom a rule speaks. Nil means anyone; a set means one of these.
package struct PrincipalMatch: Sendable, Hashable {
    package var users: Set<String>?
    package var agents: Set<String>?
    package var tenants: Set<String>?
    package var roles: Set<String>?

    package init(
        users: Set<String>? = nil, agents: Set<String>? = nil, tenants: Set<String>? = nil, roles: Set<String>? = nil
    ) {
        self.users = users
        self.agents = agents
        self.tenants = tenants
        self.roles = roles
    }

    func matches(_ facts: Facts) -> Bool {
        (users?.holds(facts.user) ?? true)
            && (agents?.holds(facts.agent) ?? true)
            && (tenants.map { tenants in facts.tenant.map { tenants.holds($0) } ?? false } ?? true)
            && (roles.map { roles in facts.roles.contains { roles.holds($0) } } ?? true)
    }
}

extension Set<String> {
    /// Whether the same bytes are in the set: canonically equal names may be those of two.
    fileprivate func holds(_ name: String) -> Bool {
        guard let place = firstIndex(of: name) else { return false }
        return self[place].hasSameBytes(as: name)
    }
}

/// On which tools a rule speaks. Nil means any; all that is given must match.
package struct ToolMatch: Sendable, Hashable {
    package var names: Set<String>?
    package var sources: Set<String>?
    package var tags: Set<String>?
    package var buckets: Set<Bucket>?
    package var levels: Set<Risk.Level>?
    package var categories: Set<Risk.Category>?

    package init(
        names: Set<String>? = nil, sources: Set<String>? = nil, tags: Set<String>? = nil, buckets: Set<Bucket>? = nil,
        levels: Set<Risk.Level>? = nil, categories: Set<Risk.Category>? = nil
    ) {
        self.names = names
        self.sources = sources
        self.tags = tags
        self.buckets = buckets
        self.levels = levels
        self.categories = categories
    }

    package func matches(_ tool: ToolFacts) -> Bool {
        (names?.holds(tool.name) ?? true)
            && (sources?.holds(tool.source) ?? true)
            && (tags.map { tags in tool.tags.contains { tags.holds($0) } } ?? true)
            && (buckets?.contains(tool.bucket) ?? true)
            && (levels?.contains(tool.level) ?? true)
            && (categories.map { !$0.isDisjoint(with: tool.categories) } ?? true)
    }
}
