import Core
import Risk

/// What has to be there before agents meet the product in production, with what this gateway shows of it.
func checklist(_ report: GatewayReport) -> Section {
    Section(
        title: "Production checklist",
        blocks: [
            .table(
                columns: ["Item", "State", "Evidence"],
                rows: checklistItems(report).map { item in
                    [
                        Section.Cell(item.item),
                        Section.Cell(
                            item.isMet.map { $0 ? "met" : "open" } ?? "not known",
                            item.isMet.map { $0 ? .good : .bad } ?? .quiet), Section.Cell(item.evidence),
                    ]
                })
        ])
}

/// One item of the checklist. What nobody looked at is neither met nor open.
struct ChecklistItem {
    var item: String
    var isMet: Bool?
    var evidence: String
}

func checklistItems(_ report: GatewayReport) -> [ChecklistItem] {
    let open = report.findings.filter(\.isOpen)
    func shown(_ item: String, _ controls: [Control], by needed: Double = 1) -> ChecklistItem {
        let lines = report.score?.lines.filter { controls.contains($0.control) } ?? []
        let seen = lines.compactMap(\.observation)
        let isMet = seen.count < lines.count || lines.isEmpty ? nil : seen.allSatisfy { $0.result >= needed }
        let unknown = lines.filter { $0.observation == nil }.map(\.control.rawValue)
        let failing = lines.filter { ($0.observation?.result ?? 1) < needed }
        var words = failing.isEmpty ? seen.map(\.evidence) : failing.compactMap { $0.observation?.evidence }
        if !unknown.isEmpty { words.append("nobody looked at \(unknown.joined(separator: ", "))") }
        return ChecklistItem(
            item: item, isMet: failing.isEmpty ? isMet : false, evidence: words.joined(separator: "; "))
    }
    func found(_ item: String, _ kinds: Set<FindingKind>, _ words: String) -> ChecklistItem {
        let count = open.count { kinds.contains($0.finding.kind) }
        return ChecklistItem(
            item: item, isMet: report.tools.isEmpty ? nil : count == 0, evidence: "\(count) \(words)")
    }
    return [
        shown("Authentication: nothing is reached without it, forged tokens are refused", [.reach, .forgedTokens]),
        found(
            "Inventory: every operation has a place, every tool an owner",
            [.newOperation, .unreadableSource, .ownerlessTool], "open findings about new operations, sources and owners"
        ),
        found(
            "Risk: every tool is classed, and was looked at as it is",
            [.unclearRisk, .contradiction, .changedDefinition, .changedRisk, .looseBucket],
            "open findings about risk and changed definitions"),
        shown("Permissions: what nobody allowed is denied, no tool is looser than its risk", [.defaultDeny, .never]),
        shown(
            "Approvals: what destroys waits, one yes is one call, nobody approves their own",
            [.gate, .singleUse, .separation]),
        shown(
            "Audit: on disk before a call is made, complete, verifiable", [.durability, .completeness, .verification]),
        shown("Credentials: sealed, young, never shown", [.sealing, .rotation, .canary]),
        ChecklistItem(
            item: "Reports: looked at regularly, findings dealt with in time",
            isMet: report.history.isEmpty
                ? nil : !report.findings.contains(where: \.isOverdue),
            evidence:
                "\(report.history.count) earlier looks, \(report.findings.count(where: \.isOverdue)) findings overdue"),
    ]
        + Attestation.Subject.allCases.map { subject in
            let attestation = report.attestations.first { $0.subject == subject }
            let holds = attestation?.holds(at: report.moment) ?? false
            return ChecklistItem(
                item: "Readiness: \(subject.title)", isMet: holds,
                evidence: attestation.map {
                    "\($0.by) on \($0.at.date), \($0.link), \(holds ? "until" : "ended on") \($0.until.date)"
                } ?? "nobody attests it")
        }
}
