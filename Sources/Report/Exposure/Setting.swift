/// How a document's operations would be offered to agents.
package enum Setting: String, Sendable, Hashable, CaseIterable {
    /// Every operation as a tool, with nothing in between.
    case asIs = "as-is"
    /// Behind the gateway, as the conservative configuration has it: reads run, what changes state waits for a human, what
    /// no agent should hold has no tool, and a tool without a scope is held back.
    case suggested

    package var title: String {
        switch self {
        case .asIs: "as is"
        case .suggested: "as suggested"
        }
    }
}
