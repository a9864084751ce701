import Risk

/// Finds what should change in a document before agents meet its operations.
///
/// In the order of the document, the gravest of a tool first.
package func findProblems(_ facts: DocumentFacts) -> [Finding] {
    var findings: [Finding] = []
    let same = Dictionary(grouping: facts.tools) { $0.description.isEmpty ? $0.summary : $0.description }
    for tool in facts.tools {
        var problems = ToolProblems(tool)
        problems.findAll()
        let text = tool.description.isEmpty ? tool.summary : tool.description
        if !text.isEmpty, let others = same[text], others.count > 1,
            let other = others.first(where: { $0.key != tool.key })
        {
            problems.add(
                .duplicateDescription, "the same text as '\(other.name)', and \(others.count - 1) tools in all")
        }
        findings += problems.findings.sorted { ($1.severity, $0.kind.rawValue) < ($0.severity, $1.kind.rawValue) }
    }
    if hasDangerousCombination(facts.tools) {
        let out = facts.tools.filter(\.leadsOut)
        findings.append(
            Finding(
                .dangerousCombination, subject: "document",
                evidence:
                    "\(out.count) of \(facts.tools.count) tools send or publish, such as '\(out.first?.name ?? "")'; "
                    + "the others may answer with data", file: facts.file))
    }
    for secret in facts.secrets {
        findings.append(
            Finding(
                .secretInDocument, subject: "\(secret.name) \(secret.mark)",
                evidence: "\(secret.name), SHA-256 \(secret.mark)…", file: facts.file, line: secret.line))
    }
    var seen: [String: Int] = [:]
    for skipped in facts.skipped {
        let subject = "\(skipped.subject) (\(skipped.code))"
        seen[subject, default: 0] += 1
        let number = seen[subject] ?? 1
        findings.append(
            Finding(
                .skippedOperation, subject: number == 1 ? subject : "\(subject) \(number)", evidence: skipped.message,
                file: skipped.file, line: skipped.line))
    }
    return findings
}

/// The findings about one tool.
private struct ToolProblems {
    let tool: ScannedTool
    private(set) var findings: [Finding] = []

    init(_ tool: ScannedTool) {
        self.tool = tool
    }

    mutating func add(_ kind: FindingKind, _ evidence: String, _ severity: Severity? = nil) {
        guard !findings.contains(where: { $0.kind == kind }) else { return }
        findings.append(
            Finding(
                kind, severity, subject: tool.key, tool: tool.name, evidence: evidence, file: tool.file, line: tool.line
            ))
    }

    mutating func findAll() {
        findAccess()
        findShape()
        for (kind, evidence) in OwnWords(tool).problems { add(kind, evidence) }
    }

    private mutating func findAccess() {
        if tool.isOpen {
            let reads = tool.risk.level == .readOnly
            add(
                .unauthenticatedOperation, reads ? "anybody may read" : "anybody may change state",
                reads ? .high : .critical)
        }
        switch tool.scope {
        case .undeclared:
            add(.undeclaredScope, "no scheme allows a user's own credential, and no argument says who calls")
        case .bound: add(.sharedCredential, "an argument says who calls; the credential is the same for all")
        case .userCredential: break
        }
        if tool.permissions.isEmpty { add(.broadPermission, "the operation names no permission that it needs") }
        if let secret = tool.secretsInAddress.first {
            add(.secretInAddress, "the parameter '\(secret)' is part of the address")
        }
    }

    private mutating func findShape() {
        if !tool.declaresAnswer { add(.undeclaredAnswer, "no schema with fields for a successful answer") }
        if let argument = tool.openArguments.first { add(.openArguments, "'\(argument)' takes anything") }
    }
}
