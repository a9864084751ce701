/// What has to be there before agents meet the product in production, with what a document can tell about it.
func checklist(_ report: ScanReport) -> Section {
    let facts = report.facts
    let open = facts.tools.count(where: \.isOpen)
    let undeclared = facts.tools.count { $0.scope == .undeclared }
    let unclear = report.findings.count { $0.kind == .unclearRisk || $0.kind == .contradiction }
    let gated = facts.tools.count { Placement($0) == .gate }
    let secrets = report.findings.count { $0.kind == .secretInAddress }
    let skipped = facts.skippedCount
    let items: [(item: String, isMet: Bool?, evidence: String)] = [
        (
            "Authentication: every operation asks for it", facts.tools.isEmpty ? nil : open == 0,
            "\(open) answer anybody"
        ),
        (
            "Inventory: every operation is known", facts.operationCount + skipped == 0 ? nil : skipped == 0,
            "\(skipped) could not be read"
        ),
        (
            "Risk: every tool is classed with evidence", facts.tools.isEmpty ? nil : unclear == 0,
            "\(unclear) need a person's look"
        ),
        (
            "Permissions: every tool says who it acts as", facts.tools.isEmpty ? nil : undeclared == 0,
            "\(undeclared) have no scope"
        ),
        ("Approvals: what changes state waits for a human", nil, "\(gated) tools would; the running gateway shows it"),
        ("Audit: every call is recorded and the log verifies", nil, "the running gateway shows it"),
        (
            "Credentials: none in addresses, sealed and rotated", secrets == 0 ? nil : false,
            "\(secrets) tools take one in their address"
        ),
        ("Reports: an earlier scan to compare with", nil, "--baseline compares"),
        (
            "Readiness: incident process, identity team, compliance, descriptions reviewed", nil,
            "a named person attests it"
        ),
    ]
    return Section(
        title: "Production checklist",
        blocks: [
            .table(
                columns: ["Item", "State", "Evidence"],
                rows: items.map { item in
                    [
                        Section.Cell(item.item),
                        Section.Cell(
                            item.isMet.map { $0 ? "met" : "open" } ?? "not shown by a document",
                            item.isMet.map { $0 ? .good : .bad } ?? .quiet), Section.Cell(item.evidence),
                    ]
                })
        ])
}
