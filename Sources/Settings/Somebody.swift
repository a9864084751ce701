package import Policy

/// Somebody whom a policy tells from others.
package struct Somebody: Sendable, Hashable {
    package var user: String
    package var agent: String
    package var tenant: String?
    package var roles: Set<String>

    package init(user: String, agent: String, tenant: String?, roles: Set<String>) {
        self.user = user
        self.agent = agent
        self.tenant = tenant
        self.roles = roles
    }

    private static let limit = 4_000

    /// One of every kind of people that the rules tell apart: each user, agent, tenant and role that any of them names,
    /// and somebody whom none names.
    ///
    /// - Returns: nil where there are too many to try.
    package static func everybody(_ policy: Policy) -> [Somebody]? {
        let rules = policy.rules.map(\.principals)
        let users = Set(rules.flatMap { $0.users ?? [] }).sorted() + ["(anybody else)"]
        let agents = Set(rules.flatMap { $0.agents ?? [] }).sorted() + ["(any other agent)"]
        let tenants: [String?] = Set(rules.flatMap { $0.tenants ?? [] }).sorted() + [nil, "(any other tenant)"]
        let roles: [Set<String>] = [[]] + Set(rules.flatMap { $0.roles ?? [] }).sorted().map { [$0] }
        guard users.count * agents.count * tenants.count * roles.count <= limit else { return nil }
        return users.flatMap { user in
            agents.flatMap { agent in
                tenants.flatMap { tenant in
                    roles.map { Somebody(user: user, agent: agent, tenant: tenant, roles: $0) }
                }
            }
        }
    }
}
