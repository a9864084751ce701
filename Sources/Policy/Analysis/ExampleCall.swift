package import JSON

/// A call that shows what an answer says, with everything that decides.
package struct ExampleCall: Sendable, Hashable {
    package var user: String
    package var agent: String
    package var tenant: String?
    package var roles: Set<String>
    package var tool: String
    package var arguments: JSONObject
    /// Minutes since midnight, UTC.
    package var minute: Int
    /// Whether the tool's schema takes the arguments; else others would have to be found that do the same.
    package var isAccepted: Bool

    /// What is decided on, for one reading of the tool.
    package func facts(_ tool: ToolFacts) -> Facts {
        Facts(
            user: user, agent: agent, tenant: tenant, roles: roles, tool: tool, arguments: .known(arguments),
            minuteOfDay: .known(minute))
    }
}
