import Core
import Identity
import JSON
import Policy
import Risk
import Settings

/// A call that can be tried: somebody, a tool, and arguments that policy decides in a known way.
struct Witness {
    var somebody: Somebody
    var tool: Tool
    var arguments: JSONObject
    var decision: Decision
}

extension Witness {
    /// The first calls that policy decides with an effect, at most one for each tool.
    ///
    /// - Parameters:
    ///   - text: what texts without a form of their own hold.
    ///   - limit: how many tools.
    static func find(
        _ effect: Effect, in configuration: Configuration, _ catalogue: Catalogue, text: String, limit: Int,
        where isWanted: (Tool) -> Bool = { _ in true }
    ) -> [Witness] {
        let people = (Somebody.everybody(configuration.policy) ?? []).compactMap(\.asLocalUser)
        var found: [Witness] = []
        for tool in catalogue.tools where found.count < limit && isWanted(tool) {
            guard let arguments = sampleValue(of: tool.inputSchema, text: text)?.object else { continue }
            let witness = people.lazy.compactMap { somebody in
                Witness(somebody, tool, arguments, configuration, catalogue)
            }.first { $0.decision.effect == effect && $0.decision.isCertain }
            if let witness { found.append(witness) }
        }
        return found
    }

    /// - Returns: nil for a call that never comes to a decision.
    init?(
        _ somebody: Somebody, _ tool: Tool, _ arguments: JSONObject, _ configuration: Configuration,
        _ catalogue: Catalogue
    ) {
        let principal = Principal(
            user: somebody.user, agent: somebody.agent, tenant: somebody.tenant, roles: somebody.roles, issuer: "twin",
            expires: Timestamp(seconds: .max))
        guard let visible = catalogue.find(tool.name, for: principal, under: configuration.policy),
            let checked = try? CheckedArguments.validate(arguments, for: visible),
            let bound = try? BoundArguments.bind(checked, to: principal)
        else { return nil }
        self.init(
            somebody: somebody, tool: tool, arguments: arguments,
            decision: decide(
                configuration.policy,
                Facts(principal, tool.facts, arguments: .known(bound.arguments), minuteOfDay: .unknown)))
    }
}

extension Somebody {
    /// The same for the policy, under names that a local user and an agent can have; nil where it names one that cannot.
    var asLocalUser: Somebody? {
        var somebody = self
        if user.hasPrefix("(") { somebody.user = "somebody-in-the-twin" }
        if agent.hasPrefix("(") { somebody.agent = "agent-in-the-twin" }
        // Nobody's tenant would leave bindings without a value.
        if tenant == nil || tenant?.hasPrefix("(") == true { somebody.tenant = "tenant-in-the-twin" }
        let isAgent = !somebody.agent.isEmpty && somebody.agent.utf8.count <= 256
        return Users.isName(somebody.user) && Users.areRoles(somebody.roles) && isAgent ? somebody : nil
    }
}
