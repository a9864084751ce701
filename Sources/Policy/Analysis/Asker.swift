/// Somebody who may call: one for each way in which rules can match who calls.
struct Asker: Hashable {
    var user: String
    var agent: String
    var tenant: String?
    var roles: Set<String>
}

/// Who a question is about. Nil means anybody.
package struct AskerFilter: Sendable, Hashable {
    package var user: String?
    package var agent: String?
    package var tenant: String?
    /// Exactly these, or with others besides.
    package var roles: Set<String>?
    package var allowsOtherRoles = false

    package init() {}
}

/// Somebody for every set of rules that can match a caller together, with which those are.
///
/// Part by part, keeping one of those that rules cannot tell apart, so that many names stay few askers.
struct Askers {
    private typealias Signature = [Bool]
    private(set) var all: [(asker: Asker, rules: [Rule])] = []
    private(set) var isExhaustive = true

    /// - Parameter limit: how many are kept at most on the way.
    init(for rules: [Rule], _ filter: AskerFilter = AskerFilter(), limit: Int) {
        let parts = rules.map(\.principals)
        let none = Asker(user: "", agent: "", tenant: nil, roles: [])
        var known: [(Signature, Asker)] = [(Signature(repeating: true, count: rules.count), none)]
        let users = filter.user.map { [$0] } ?? choices(parts.compactMap(\.users), "somebody")
        let agents = filter.agent.map { [$0] } ?? choices(parts.compactMap(\.agents), "some-agent")
        let tenants = filter.tenant.map { [$0] } ?? choices(parts.compactMap(\.tenants), "some-tenant")
        known = spread(known, users, limit) { asker, user in
            asker.user = user
        } by: { user in
            parts.map { $0.users?.contains(user) ?? true }
        }
        known = spread(known, agents, limit) { asker, agent in
            asker.agent = agent
        } by: { agent in
            parts.map { $0.agents?.contains(agent) ?? true }
        }
        known = spread(known, tenants, limit) { asker, tenant in
            asker.tenant = tenant
        } by: { tenant in
            parts.map { part in part.tenants?.contains(tenant) ?? true }
        }
        known = spread(known, roleSets(parts, filter, limit), limit) { asker, roles in
            asker.roles = roles
        } by: { roles in
            parts.map { part in part.roles.map { !$0.isDisjoint(with: roles) } ?? true }
        }
        all = known.map { signature, asker in
            (asker, zip(rules, signature).filter(\.1).map(\.0))
        }
    }

    /// The names that rules give, behind one that none gives. Somebody without a tenant is matched like one of another tenant.
    private func choices(_ named: [Set<String>], _ other: String) -> [String] {
        let names = named.reduce(into: Set<String>()) { $0.formUnion($1) }
        var fresh = other
        while names.contains(fresh) { fresh += "-else" }
        return [fresh] + names.sorted()
    }

    /// Sets of roles, one for each set of rules that they can match together: the unions of what each role matches.
    private mutating func roleSets(_ parts: [PrincipalMatch], _ filter: AskerFilter, _ limit: Int) -> [Set<String>] {
        let given = filter.roles ?? []
        if filter.roles != nil, !filter.allowsOtherRoles { return [given] }
        func signature(_ roles: Set<String>) -> Signature { parts.map { !($0.roles?.isDisjoint(with: roles) ?? true) } }
        var found = [signature(given): given]
        var order = [given]
        for role in parts.reduce(into: Set<String>(), { $0.formUnion($1.roles ?? []) }).sorted() {
            for roles in order {
                let more = roles.union([role])
                guard found[signature(more)] == nil else { continue }
                guard order.count < limit else {
                    isExhaustive = false
                    return order
                }
                found[signature(more)] = more
                order.append(more)
            }
        }
        return order
    }

    private mutating func spread<Part>(
        _ known: [(Signature, Asker)], _ parts: [Part], _ limit: Int, set: (inout Asker, Part) -> Void,
        by matches: (Part) -> Signature
    ) -> [(Signature, Asker)] {
        var seen: Set<Signature> = []
        var result: [(Signature, Asker)] = []
        let signatures = parts.map(matches)
        for (before, asker) in known {
            for (part, matched) in zip(parts, signatures) {
                let signature = zip(before, matched).map { $0 && $1 }
                guard seen.insert(signature).inserted else { continue }
                guard result.count < limit else {
                    isExhaustive = false
                    return result
                }
                var asker = asker
                set(&asker, part)
                result.append((signature, asker))
            }
        }
        return result
    }
}
