package import JSON

/// A call as its record has it: what was decided on, as far as it was not taken out.
package struct SeenCall: Sendable, Hashable {
    package var user: String
    package var agent: String
    package var tenant: String?
    package var roles: Set<String>
    package var tool: String
    package var arguments: JSONObject
    /// Places of the arguments where something else stood.
    package var hidden: [JSONPointer]
    /// Minutes since midnight, UTC.
    package var minute: Int

    package init(
        user: String, agent: String, tenant: String?, roles: Set<String>, tool: String, arguments: JSONObject,
        hidden: [JSONPointer], minute: Int
    ) {
        self.user = user
        self.agent = agent
        self.tenant = tenant
        self.roles = roles
        self.tool = tool
        self.arguments = arguments
        self.hidden = hidden
        self.minute = minute
    }

    /// What is decided on, with what a configuration says of the tool.
    package func facts(_ tool: ToolFacts) -> Facts {
        var facts = Facts(
            user: user, agent: agent, tenant: tenant, roles: roles, tool: tool, arguments: .known(arguments),
            minuteOfDay: .known(minute))
        facts.hidden = hidden
        return facts
    }

    /// The call with only what some rules read of it: calls that they cannot tell apart may become one.
    package func reduced(to rules: [Rule]) -> SeenCall {
        var call = self
        let names = Set(rules.comparisons.keys.map { $0.tokens.first ?? "" })
        // Where the names themselves lost something, none can be told.
        if !hidden.contains(JSONPointer()) {
            call.arguments = JSONObject(members: arguments.filter { names.contains($0.key) })
            call.hidden = hidden.filter { $0.tokens.first.map(names.contains) ?? true }
        }
        if rules.minutes.count == 1 { call.minute = 720 }
        return call
    }
}

extension Policy {
    /// What it says of a recorded call; nil where that turns on something that the record lost.
    package func ruling(on call: SeenCall, _ tool: ToolFacts) -> (ruling: Ruling, rules: [String])? {
        let facts = call.facts(tool)
        let decision = decide(self, facts)
        guard decision.isCertain else { return nil }
        // What is asked of whom is sure only where every rule is that demands something.
        if !call.hidden.isEmpty, decision.effect != .deny {
            let isSure = rules.allSatisfy { rule in
                rule.effect != .ask && rule.requirements.isEmpty
                    || [.yes, .no, .error].contains(rule.applies(to: facts))
            }
            guard isSure else { return nil }
        }
        return (Ruling(decision), decision.because)
    }
}
