import Core
import Risk

/// What agents can do, in words for the product's owner.
func plan(_ report: GatewayReport) -> Section {
    let freely = report.tools.filter { $0.gate == 0 }
    let asked = report.tools.filter { $0.gate == 1 }
    let depends = report.tools.filter { $0.gate > 0 && $0.gate < 1 }
    let all = Double(max(1, report.tools.count + report.never + report.heldBack + report.suspended))
    func bar(_ label: String, _ count: Int, _ tone: Section.Tone) -> (String, Double, String, Section.Tone) {
        (label, Double(count) / all, count == 1 ? "1 tool" : "\(count) tools", tone)
    }
    func named(_ tools: [GatewayReport.Tool]) -> String {
        let names = tools.prefix(8).map(\.name).joined(separator: ", ")
        return tools.isEmpty ? "none" : tools.count > 8 ? "\(names) and \(tools.count - 8) more" : names
    }
    return Section(
        title: "What agents can do",
        blocks: [
            .bars([
                bar("runs", freely.count, .plain), bar("depends on the call", depends.count, .fair),
                bar("always asks", asked.count, .good), bar("has no tool", report.never, .good),
                bar("held back", report.heldBack + report.suspended, .quiet),
            ]),
            .paragraph("Runs for somebody without a human: \(named(freely))."),
            .paragraph("A condition of policy decides: \(named(depends))."),
            .paragraph("Waits until a named human approves exactly that call, or nobody may: \(named(asked))."),
            .paragraph(
                "\(report.never) operations have no tool, because no agent should hold them or nobody decided; "
                    + "\(report.heldBack) wait for a scope, \(report.suspended) for a look at what changed."),
        ])
}

/// The findings with what became of each.
func findings(_ report: GatewayReport) -> Section {
    guard !report.findings.isEmpty else { return Section(title: "Findings", blocks: [.paragraph("None.")]) }
    let open = report.findings.filter(\.isOpen)
    let shown = report.findings.prefix(maxFindings)
    var blocks: [Section.Block] = [
        .paragraph(
            "\(open.count) open, \(report.findings.count - open.count) accepted, "
                + "\(report.findings.count(where: \.isOverdue)) overdue."),
        .table(
            columns: ["Severity", "State", "Finding", "Evidence", "Gain", "Owner", "Due", "Since", "What to do"],
            rows: shown.map { standing in
                [
                    Section.Cell(standing.finding.severity),
                    Section.Cell(standing.shownState, standing.isOpen ? .plain : .quiet),
                    Section.Cell(standing.finding.id), Section.Cell(standing.finding.evidence),
                    Section.Cell(standing.finding.cost.map { "+\(rounded($0.points))" } ?? ""),
                    Section.Cell(standing.owner ?? ""),
                    Section.Cell(standing.due ?? "", standing.isOverdue ? .bad : .plain),
                    Section.Cell(standing.firstSeen.date), Section.Cell(standing.finding.remedy),
                ]
            }),
    ]
    if report.findings.count > shown.count {
        blocks.append(.paragraph("\(report.findings.count - shown.count) more are in the JSON."))
    }
    return Section(title: "Findings", blocks: blocks)
}

/// A report that prints has no more rows than somebody reads.
private let maxFindings = 200

extension FindingStanding {
    /// The state in words for a reader.
    var shownState: String {
        acceptance.map { "accepted by \($0.by) until \($0.lastDay): \($0.reason)" } ?? state.rawValue
    }
}

/// What happened since an earlier moment.
func changes(_ change: GatewayChange, to report: GatewayReport) -> Section {
    var blocks: [Section.Block] = []
    if let before = change.before {
        let now = report.look
        func pair(_ then: Int?, _ now: Int?) -> String {
            "\(then.map(String.init) ?? "not rated") then, \(now.map(String.init) ?? "not rated") now"
        }
        blocks.append(
            .paragraph(
                "The look of \(before.at): score \(pair(before.total, now.total)); tools \(pair(before.tools, now.tools)); "
                    + "never \(pair(before.never, now.never)); held back "
                    + "\(pair(before.heldBack + before.suspended, now.heldBack + now.suspended))."))
    } else {
        blocks.append(.paragraph("Nobody had looked by \(change.since)."))
    }
    let rows =
        change.steps.map { ($0.step.at, $0.finding, $0.step.what, $0.step.by) }
        + change.reviews.map { ($0.at, $0.tool, "looked at", $0.by) }
    let shown = rows.sorted { $0.0 < $1.0 }.suffix(maxFindings)
    if rows.isEmpty {
        blocks.append(.paragraph("Nothing happened to findings."))
    } else {
        blocks.append(
            .table(
                columns: ["When", "What", "Happened", "By"],
                rows: shown.map {
                    [
                        Section.Cell($0.0.description), Section.Cell($0.1), Section.Cell($0.2),
                        Section.Cell($0.3 == "system" ? "a look" : $0.3),
                    ]
                }))
    }
    if rows.count > shown.count { blocks.append(.paragraph("\(rows.count - shown.count) earlier ones are left out.")) }
    return Section(title: "Since \(change.since)", blocks: blocks)
}

/// What people were asked.
func approvals(_ report: GatewayReport) -> Section {
    let approvals = report.approvals
    let decided = approvals.approved + approvals.rejected
    var blocks: [Section.Block] = [
        .paragraph(
            "In \(approvals.days) days \(approvals.proposed) calls were proposed: \(approvals.approved) approved, "
                + "\(approvals.rejected) rejected, \(approvals.expired) expired, \(approvals.waiting) wait now.")
    ]
    if decided > 0 {
        let share = 100 * approvals.approved / decided
        let median = approvals.medianSeconds.map { "; half of the decisions took no more than \($0) s" } ?? ""
        blocks.append(.paragraph("\(share) % of the decisions were a yes\(median)."))
    }
    return Section(title: "Approvals", blocks: blocks)
}
