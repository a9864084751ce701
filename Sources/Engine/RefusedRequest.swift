package import Core
package import JSON

/// A request that was refused before a call was recorded, in the form in which the journal's act tells of it.
package struct RefusedRequest: Sendable, Hashable {
    /// The kind of the act.
    package static let kind = "call-refused"

    package var tool: String
    package var agent: String
    /// The id that the agent was told, where there was one; no call is recorded under it.
    package var call: CallID?

    package init(tool: String, agent: String, call: CallID? = nil) {
        self.tool = tool
        self.agent = agent
        self.call = call
    }

    /// - Returns: nil for the body of any other act.
    package init?(act: JSONValue) {
        guard act["act"]?.string == Self.kind, let details = act["details"], let tool = details["tool"]?.string,
            let agent = details["agent"]?.string
        else { return nil }
        self.init(tool: tool, agent: agent, call: details["refused_call"]?.string.flatMap { CallID($0) })
    }

    /// Members of the act's details.
    package var details: JSONObject {
        var details: JSONObject = ["tool": .string(tool), "agent": .string(agent)]
        if let call { details.append("refused_call", .string(call.text)) }
        return details
    }

    /// Whether the filters that concern calls leave it in. It has no phase.
    package func matches(_ filter: EntryFilter) -> Bool {
        filter.tool.map { tool.hasSameBytes(as: $0) } ?? true
            && filter.agent.map { agent.hasSameBytes(as: $0) } ?? true
            && filter.call.map { call == $0 } ?? true
            && filter.phase == nil
    }
}
