import Risk

/// A document's facts in one setting, check by check.
struct ExposureView {
    let facts: DocumentFacts
    let setting: Setting
    private let spoken: [String: Double]

    init(facts: DocumentFacts, setting: Setting, findings: [Finding]) {
        self.facts = facts
        self.setting = setting
        var spoken: [String: Double] = [:]
        for finding in findings where Check.texts.findings.contains(finding.kind) {
            spoken[finding.subject] = min(spoken[finding.subject] ?? 1, finding.kind == .hiddenInstruction ? 0 : 0.5)
        }
        self.spoken = spoken
    }

    func result(of check: Check) -> Double {
        switch check {
        case .defaultDeny, .pinned: setting == .suggested ? 1 : 0
        case .combinations: setting == .suggested || !hasDangerousCombination(facts.tools) ? 1 : 0
        case .inventory: share(facts.skippedCount, weight: 1).value
        default: overTools(check)
        }
    }

    /// Every tool counts, also one that is held back or has no place behind the gateway: what it lacks is a fact about the
    /// product, and a graver risk must not hide it. As is, an operation that could not be read counts as failing everything.
    private func overTools(_ check: Check) -> Double {
        var share = share(setting == .asIs ? facts.skippedCount : 0, weight: Risk.greatestWeight)
        for index in facts.tools.indices {
            share.add(result(of: check, facts.tools[index]), weight: facts.tools[index].risk.weight)
        }
        return share.value
    }

    /// What is left by operations of which nothing is known.
    private func share(_ unread: Int, weight: Double) -> ToolShare {
        var share = ToolShare()
        for _ in 0..<unread { share.add(0, weight: weight) }
        return share
    }

    /// How far one tool passes a check, 0 to 1.
    func result(of check: Check, _ tool: ScannedTool) -> Double {
        let isGated = setting == .suggested
        switch check {
        case .reach: return isGated || !tool.isOpen ? 1 : 0
        case .ownCredential:
            guard isGated else { return 0 }
            return switch tool.scope {
            case .userCredential: 1
            case .bound: 0.5
            case .undeclared: 0
            }
        case .never: return isGated || tool.risk.suggestedBucket != .never ? 1 : 0
        case .narrowPermission: return tool.permissions.isEmpty ? 0 : 1
        case .gate: return isGated || tool.risk.level == .readOnly ? 1 : 0
        case .secrets: return tool.secretsInAddress.isEmpty ? 1 : 0
        case .arguments: return tool.openArguments.isEmpty ? 1 : 0
        case .answers: return tool.declaresAnswer ? 1 : 0
        case .texts: return spoken.isEmpty ? 1 : spoken[tool.key] ?? 1
        case .defaultDeny, .pinned, .combinations, .inventory: return 1
        }
    }

    /// What no strength elsewhere makes up for.
    var caps: [Exposure.Cap] {
        guard setting == .asIs else { return [] }
        var caps: [Exposure.Cap] = []
        let unread = facts.skippedCount
        let unreadToo = unread > 0 ? ", counting \(unread) that could not be read" : ""
        let open = facts.tools.count(where: \.isOpen) + unread
        if open > 0 {
            caps.append(
                Exposure.Cap(.reach, limit: 20, "\(open) operations answer without authentication\(unreadToo)"))
        }
        let critical = facts.tools.count { $0.risk.level == .critical } + unread
        if critical > 0 {
            caps.append(
                Exposure.Cap(.gate, limit: 49, "\(critical) critical operations run without approval\(unreadToo)"))
        }
        if hasDangerousCombination(facts.tools) {
            caps.append(
                Exposure.Cap(
                    .combinations, limit: 69, "one tool sends or publishes beside others that may answer with data"))
        }
        return caps
    }

    func evidence(for check: Check) -> String {
        switch check {
        case .defaultDeny:
            return setting == .suggested
                ? "policy with two rules; no rule is deny" : "nothing stands between agents and the product"
        case .pinned:
            return setting == .suggested
                ? "a changed definition is another tool and needs a new look"
                : "whoever changes the document changes the tools"
        case .combinations:
            return hasDangerousCombination(facts.tools)
                ? setting == .suggested
                    ? "tools that send or publish wait for a human" : "a tool sends or publishes freely beside others"
                : "no tool sends or publishes beside others"
        case .inventory:
            return "\(facts.tools.count) operations read, \(facts.skippedCount) not"
        default:
            let passing = facts.tools.indices.count { result(of: check, facts.tools[$0]) == 1 }
            return "\(passing) of \(facts.tools.count) tools"
        }
    }
}

extension DocumentFacts {
    /// How many operations could not be read, or places that may hold some.
    package var skippedCount: Int { max(0, operationCount - tools.count, skipped.count) }
}

/// Whether an agent with all tools could be talked into carrying private data out: one tool sends or publishes, and there is
/// another, which may answer with data, whatever else it does.
func hasDangerousCombination(_ tools: [ScannedTool]) -> Bool {
    tools.count > 1 && tools.contains(where: \.leadsOut)
}

extension ScannedTool {
    /// Whether a call can carry data to somebody else.
    var leadsOut: Bool {
        risk.level != .readOnly && risk.categories.contains(.communication)
    }
}
