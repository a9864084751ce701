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
        ChecklistItem(
            item: "Risk: every tool is classed, and a person looked at it as it is",
            isMet: report.tools.isEmpty ? nil : report.tools.allSatisfy { $0.review != nil } && report.suspended == 0,
            evidence: "a person looked at \(report.tools.count { $0.review != nil }) of \(report.tools.count) tools; "
                + "\(report.suspended) held back for a change"),
        shown("Permissions: what nobody allowed is denied, no tool is looser than its risk", [.defaultDeny, .never]),
        shown(
            "Approvals: what destroys waits, one yes is one call, nobody approves their own",
            [.gate, .singleUse, .separation]),
        shown(
            "Audit: on disk before a call is made, complete, verifiable", [.durability, .completeness, .verification]),
        shown("Credentials: sealed, young, never shown", [.sealing, .rotation, .canary]),
        ChecklistItem(
            item: "Reports: looked at within a week, findings dealt with in time",
            isMet: report.history.last.map { last in
                report.moment < last.at.advanced(bySeconds: 7 * 86_400) && !report.findings.contains(where: \.isOverdue)
            },
            evidence: report.history.last.map { "the look before was at \($0.at)" } ?? "nobody looked before"),
    ]
        + Attestation.Subject.allCases.map { subject in
            let attestation = report.attestations.first { $0.subject == subject }
            let holds = attestation?.holds(at: report.moment) ?? false
            return ChecklistItem(
                item: "Readiness: \(subject.title)", isMet: holds,
                evidence: attestation.map {
                    "\($0.by) on \($0.at.date), \($0.link), \(holds ? "until" : "ended on") \($0.lastDay)"
                } ?? "nobody attests it")
        }
}
