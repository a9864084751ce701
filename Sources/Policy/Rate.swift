/// How often calls may come: a ceiling for each of those who are counted apart.
package struct Rate: Sendable, Hashable {
    /// Who is counted apart.
    package enum Subject: String, Sendable, Hashable, CaseIterable {
        case agent, user, tenant, tool
        /// Nobody: all calls count together.
        case all

        /// Whose calls are counted together with this one.
        package func key(user: String, agent: String, tenant: String?, tool: String) -> String {
            switch self {
            case .agent: agent
            case .user: "\(tenant ?? "")\u{0}\(user)"
            case .tenant: tenant ?? ""
            case .tool: tool
            case .all: ""
            }
        }
    }

    package var id: String
    package var per: Subject
    /// At most so many at once, and so many in each time on average.
    package var calls: Int
    package var seconds: Int
    package var tools: ToolMatch

    package init(id: String, per: Subject, calls: Int, seconds: Int, tools: ToolMatch = ToolMatch()) {
        self.id = id
        self.per = per
        self.calls = calls
        self.seconds = seconds
        self.tools = tools
    }

    /// Whether a call of the tool counts. A name that is no tool counts where no tools are named.
    package func counts(_ tool: ToolFacts?) -> Bool {
        tool.map { tools.matches($0) } ?? (tools == ToolMatch())
    }
}
