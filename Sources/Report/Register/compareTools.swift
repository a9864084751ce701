package import Core
import JSON
import Risk

/// What is otherwise with the tools than when they were last looked at.
package struct ToolChanges: Sendable {
    /// Tools that cannot be reached until somebody looks: what policy and people relied on is another one.
    package var suspended: Set<String> = []
    package var findings: [Finding] = []
    /// What there is to write down of tools that are new, or may be as they are.
    package var pins: [Pin] = []
}

/// Compares tools with what is known of them.
///
/// A tool that is seen for the first time is pinned as it is: its operator just wrote it into the configuration. One whose texts
/// speak to a model is held back even so, since whoever lists a hundred tools has not read each. One whose
/// source was not known before is no news; in a source that was known it is, until the configuration has a word for it. A
/// tool that somebody could reach once keeps its pin whatever its bucket becomes, so that a way over never lifts nothing.
///
/// - Parameter file: the configuration.
package func compareTools(_ tools: [Tool], with register: Register, file: String) -> ToolChanges {
    var changes = ToolChanges()
    let sources = Set(register.pins.keys.compactMap { $0.split(separator: "/").first.map(String.init) })
    for tool in tools {
        let pin = Pin(tool)
        func add(_ kind: FindingKind, _ evidence: String, _ severity: Severity? = nil) {
            var finding = Finding(kind, severity, subject: tool.key, tool: tool.name, evidence: evidence, file: file)
            finding.mark = pin.mark
            changes.findings.append(finding)
        }
        // Nobody was shown its texts yet: whoever lists a tool, or gives it another bucket, has not looked at them by that.
        if pin.isExposed, register.pins[tool.key]?.isExposed != true, let passage = findSteering(in: tool) {
            changes.suspended.insert(tool.key)
            add(.hiddenInstruction, "\(passage); it cannot be reached until somebody looks (as it is now: \(pin.mark))")
            continue
        }
        guard let known = register.pins[tool.key] else {
            if sources.contains(tool.source), !tool.isListed {
                add(
                    .newOperation, "new in the source, \(tool.risk.level.rawValue); nobody can reach it",
                    tool.risk.level == .critical ? .medium : nil)
            } else {
                changes.pins.append(pin)
            }
            continue
        }
        guard known != pin else { continue }
        guard known.isExposed else {
            changes.pins.append(pin)
            continue
        }
        guard pin.isExposed else { continue }
        let differences = pin.differences(from: known)
        if !differences.isEmpty {
            changes.suspended.insert(tool.key)
            add(
                .changedDefinition,
                "\(differences.joined(separator: ", ")) changed in the source; it cannot be reached until somebody looks "
                    + "(as it is now: \(pin.mark))")
        }
        if known.level != pin.level || known.categories != pin.categories {
            let isGraver = known.level < pin.level || !pin.categories.isSubset(of: known.categories)
            add(.changedRisk, "was \(known.risk), is \(pin.risk)", isGraver ? nil : .low)
        }
        if known.owner != pin.owner {
            add(.changedOwner, "was \(known.owner ?? "nobody")'s, is \(pin.owner ?? "nobody")'s")
        }
    }
    return changes
}

/// The first passage of what agents are shown of a tool that steers a model instead of describing the tool.
private func findSteering(in tool: Tool) -> String? {
    func find(in text: String) -> String? {
        findTextFlaws(in: text).first { $0.kind == .instruction }?.evidence
    }
    func find(in schema: JSONValue, depth: Int = 0) -> String? {
        guard depth < 64 else { return nil }
        switch schema {
        case .string(let text): return text.utf8.count < 16 ? nil : find(in: text)
        case .array(let array): return array.lazy.compactMap { find(in: $0, depth: depth + 1) }.first
        case .object(let object):
            return object.lazy.compactMap { find(in: .string($0.key)) ?? find(in: $0.value, depth: depth + 1) }.first
        case .null, .bool, .number: return nil
        }
    }
    return tool.title.flatMap { find(in: $0) } ?? find(in: tool.description) ?? find(in: tool.inputSchema)
}

extension Pin {
    package var risk: String {
        ([level.rawValue] + categories.sorted().map(\.rawValue)).joined(separator: ", ")
    }
}
