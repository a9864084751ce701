/// How often calls may come: a ceiling for each of those who are counted apart.
///
/// An object, since every call looks at all of them.
package final class Rate: Sendable {
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

    package let id: String
    package let per: Subject
    /// At most so many at once, and so many in each time on average.
    package let calls: Int
    package let seconds: Int
    package let tools: ToolMatch

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

extension Rate: Hashable {
    package static func == (left: Rate, right: Rate) -> Bool {
        left === right
            || left.id == right.id && left.per == right.per && left.calls == right.calls
                && left.seconds == right.seconds && left.tools == right.tools
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(id)
        hasher.combine(calls)
    }
}
