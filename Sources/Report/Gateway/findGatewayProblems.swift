import Core
import Risk

/// Finds what should change at a configured gateway.
///
/// The gravest first. Every control that does not earn all its points is one, with what dealing with it gains; what is
/// behind it stands beside it, tool by tool.
///
/// - Parameters:
///   - changes: what is otherwise with tools and sources.
///   - file: the configuration.
func findGatewayProblems(_ report: GatewayReport, changes: [Finding], file: String) -> [Finding] {
    var findings = changes
    let same = Dictionary(grouping: report.tools, by: \.words.text)
    for tool in report.tools {
        var seen: Set<FindingKind> = []
        func add(_ kind: FindingKind, _ evidence: String, _ severity: Severity? = nil) {
            guard seen.insert(kind).inserted else { return }
            var finding = Finding(
                kind, severity, subject: tool.key, tool: tool.name, evidence: evidence, file: file)
            // Another text in the place of the one that somebody accepted is another matter.
            if kind == .hiddenInstruction || kind == .hiddenCharacters || kind == .contradiction {
                finding.mark = String(Digest(of: Array(evidence.utf8)).hex.prefix(16))
            }
            findings.append(finding)
        }
        if tool.isDestructive, tool.gate < 1 {
            add(
                .ungatedTool,
                tool.gate == 0 ? "a call of somebody certainly runs" : "a condition decides whether a call runs",
                tool.gate == 0 ? nil : .high)
        }
        if tool.risk.categories.contains(.communication), tool.risk.level != .readOnly, tool.gate < 1,
            report.tools.count > 1
        {
            add(.dangerousCombination, "it sends or publishes without always asking, beside tools that read")
        }
        if tool.bucket.isLooser(than: tool.risk.suggestedBucket) {
            add(
                .looseBucket,
                "\(tool.bucket.rawValue), suggested is \(tool.risk.suggestedBucket.rawValue): "
                    + (tool.reason ?? "no reason given"))
        }
        if tool.scope == "service-wide" {
            add(.sharedData, "every user sees and changes the same", tool.risk.level == .readOnly ? nil : .medium)
        }
        if tool.owner == nil { add(.ownerlessTool, "nobody is named for it") }
        if !tool.declaresAnswer { add(.undeclaredAnswer, "no schema with fields for a successful answer") }
        for (kind, evidence) in tool.words.problems { add(kind, evidence) }
        if !tool.words.text.isEmpty, let others = same[tool.words.text], others.count > 1 {
            add(.duplicateDescription, "the same text as \(others.count - 1) other tools")
        }
    }
    for credential in report.credentials where credential.age > 90 {
        findings.append(
            Finding(
                .staleCredential, subject: "\(credential.name) of \(credential.owner)",
                evidence: "version \(credential.version) is \(credential.age) days old", file: file))
    }
    findings += attestationProblems(report, file)
    findings += scoreProblems(report, file)
    return findings.sorted { ($1.severity, $0.id) < ($0.severity, $1.id) }
}

private func attestationProblems(_ report: GatewayReport, _ file: String) -> [Finding] {
    Attestation.Subject.allCases.compactMap { subject in
        let attestation = report.attestations.first { $0.subject == subject }
        if attestation?.holds(at: report.moment) == true { return nil }
        return Finding(
            .missingAttestation, subject: subject.rawValue,
            evidence: attestation.map { "\($0.by)'s word ended on \($0.lastDay)" } ?? subject.title, file: file)
    }
}

private func scoreProblems(_ report: GatewayReport, _ file: String) -> [Finding] {
    guard let score = report.score else { return [] }
    // One that does not bite is told with the score, not here.
    let caps = score.caps.filter { $0.limit <= 69 || $0.limit == score.total }.map { cap in
        Finding(
            .scoreCap, cap.limit <= 30 ? .critical : cap.limit < 79 ? .high : .medium, subject: cap.code,
            evidence: "at most \(cap.limit) points: \(score.words(cap))", file: file)
    }
    let controls: [Finding] = score.lines.compactMap { line in
        guard line.lost >= 0.05 else { return nil }
        return Finding(
            .weakControl, line.lost >= 3 ? .medium : nil, subject: line.control.rawValue,
            evidence: "\(line.control.title): \(line.observation?.evidence ?? "nobody looked")", file: file,
            remedy: line.control.remedy, cost: Finding.Cost(line.control, line.lost))
    }
    return caps + controls
}
