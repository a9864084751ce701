/// The areas of the score, with what they are worth.
package enum Area: String, Sendable, Hashable, CaseIterable {
    case identity = "Identity"
    case leastPrivilege = "Least privilege"
    case oversight = "Human oversight"
    case audit = "Audit"
    case secrets = "Secrets"
    case inputAndEgress = "Input and egress"
    case blastRadius = "Blast radius"
    case integrity = "Tool integrity and risk"

    /// Where the frameworks speak of what the area is about. Points are evidence for a control, never compliance with it.
    ///
    /// OWASP MCP Top 10 (2025, beta), CoSAI "MCP Security" (2026, categories T1 to T12), SOC 2 (2017 trust services
    /// criteria), ISO/IEC 27001:2022 Annex A, EU AI Act (Regulation 2024/1689).
    package var controls: [(framework: String, controls: [String])] {
        switch self {
        case .identity:
            [
                ("OWASP MCP", ["MCP01", "MCP07"]), ("CoSAI", ["T1", "T2"]), ("SOC 2", ["CC6.1", "CC6.2", "CC6.6"]),
                ("ISO 27001", ["A.5.15", "A.5.16", "A.5.17", "A.8.5"]),
            ]
        case .leastPrivilege:
            [
                ("OWASP MCP", ["MCP02"]), ("CoSAI", ["T2", "T9"]), ("SOC 2", ["CC6.3"]),
                ("ISO 27001", ["A.5.18", "A.8.2", "A.8.3"]),
            ]
        case .oversight:
            [
                ("OWASP MCP", ["MCP06"]), ("CoSAI", ["T4", "T9"]), ("SOC 2", ["CC8.1"]), ("EU AI Act", ["Art. 14"]),
            ]
        case .audit:
            [
                ("OWASP MCP", ["MCP08"]), ("CoSAI", ["T12"]), ("SOC 2", ["CC7.2", "CC7.3"]),
                ("ISO 27001", ["A.8.15", "A.8.16", "A.8.17"]), ("EU AI Act", ["Art. 12"]),
            ]
        case .blastRadius:
            [
                ("OWASP MCP", ["MCP02", "MCP06"]), ("CoSAI", ["T9", "T10"]), ("SOC 2", ["CC7.4"]),
                ("ISO 27001", ["A.8.6"]),
            ]
        case .secrets:
            [
                ("OWASP MCP", ["MCP01"]), ("CoSAI", ["T5"]), ("SOC 2", ["CC6.1", "CC6.7"]),
                ("ISO 27001", ["A.8.12", "A.8.24"]),
            ]
        case .inputAndEgress:
            [
                ("OWASP MCP", ["MCP05", "MCP10"]), ("CoSAI", ["T3", "T5"]), ("SOC 2", ["CC6.6", "CC6.8"]),
                ("ISO 27001", ["A.8.26", "A.8.28"]),
            ]
        case .integrity:
            [
                ("OWASP MCP", ["MCP03", "MCP04", "MCP09"]), ("CoSAI", ["T4", "T6", "T11"]), ("SOC 2", ["CC7.1"]),
                ("ISO 27001", ["A.5.19", "A.5.21", "A.5.23"]),
            ]
        }
    }
}
