package import JSON
package import Policy

/// A tool that this principal may know of. The only way to one is ``Catalogue/find(_:for:under:)``.
package struct VisibleTool: Sendable {
    package let tool: Tool

    private init(_ tool: Tool) {
        self.tool = tool
    }

    fileprivate static func reveal(_ tool: Tool, to principal: Principal, under policy: Policy) -> VisibleTool? {
        let facts = Facts(principal, tool.facts, arguments: .unknown, minuteOfDay: .unknown)
        return decide(policy, facts).isCertainDeny ? nil : VisibleTool(tool)
    }
}

extension Catalogue {
    /// The tool with this name if the principal may know of it. Hidden and unknown are one answer.
    package func find(_ name: String, for principal: Principal, under policy: Policy) -> VisibleTool? {
        self[name].flatMap { VisibleTool.reveal($0, to: principal, under: policy) }
    }

    /// All tools that the principal may know of, by name.
    package func visible(to principal: Principal, under policy: Policy) -> [VisibleTool] {
        tools.compactMap { VisibleTool.reveal($0, to: principal, under: policy) }
    }
}

extension Facts {
    package init(
        _ principal: Principal, _ tool: ToolFacts, arguments: Known<JSONObject>, minuteOfDay: Known<Int>
    ) {
        self.init(
            user: principal.user, agent: principal.agent, tenant: principal.tenant, roles: principal.roles, tool: tool,
            arguments: arguments, minuteOfDay: minuteOfDay)
    }
}
