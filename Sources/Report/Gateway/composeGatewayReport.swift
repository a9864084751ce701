import Core
import Risk

/// The sections of a gateway's report, in the order in which a reviewer asks: how risky is the whole, what changed, what should
/// change, what tools exist, who can reach them, what needs approval, what happened.
func composeReport(_ report: GatewayReport) -> [Section] {
    var sections = [overview(report)]
    if let change = report.change { sections.append(changes(change, to: report)) }
    sections += [
        plan(report), findings(report), checklist(report), points(report), matrix(report), tools(report),
        approvals(report), credentials(report), activity(report), frameworks(report),
    ]
    return sections
}

private func overview(_ report: GatewayReport) -> Section {
    var blocks: [Section.Block] = [
        .paragraph(
            "\(report.resource), version \(report.version): \(report.tools.count) tools can be reached, "
                + "\(report.never) are never, \(report.heldBack) are held back for want of a scope, \(report.suspended) because their "
                + "definition changed. Looked at \(report.time) by \(report.generator).")
    ]
    guard let score = report.score else {
        blocks.append(.paragraph("Not rated: no tool can be reached."))
        return Section(title: "Score", blocks: blocks)
    }
    blocks.append(
        .bars(
            [("score", Double(score.total) / 100, "\(score.total) of 100, \(score.grade.rawValue)", tone(score.total))]
                + Area.allCases.map { area in
                    let lines = score.lines.filter { $0.control.area == area }
                    let points = lines.reduce(0) { $0 + $1.points }
                    let all = lines.reduce(0) { $0 + $1.control.points }
                    return (
                        area.rawValue, points / max(1, all), "\(rounded(points)) of \(rounded(all))",
                        tone(Int(100 * points / max(1, all)))
                    )
                }))
    for cap in score.caps { blocks.append(.paragraph("At most \(cap.limit): \(score.words(cap)).")) }
    let unknown = score.lines.count { $0.observation == nil }
    blocks.append(
        .paragraph(
            "\(Int((100 * score.confidence).rounded())) % of the points rest on what was tried or seen in the log; \(unknown) of "
                + "\(score.lines.count) controls are unknown, which is worth nothing. Vector: \(score.vector)."))
    let trend = (report.history.suffix(99) + [report.look]).compactMap { look in
        look.total.map { (look.at.description, $0) }
    }
    if trend.count > 2 { blocks.append(.trend(trend)) }
    blocks.append(
        .table(
            columns: ["What would gain most", "Points", "How"],
            rows: score.topFixes.map {
                [Section.Cell($0.control.title), Section.Cell("+\(rounded($0.lost))"), Section.Cell($0.control.remedy)]
            }))
    return Section(title: "Score", blocks: blocks)
}

private func points(_ report: GatewayReport) -> Section {
    guard let score = report.score else { return Section(title: "Where each point comes from", blocks: []) }
    return Section(
        title: "Where each point comes from",
        blocks: [
            .table(
                columns: [
                    "Control", "Area", "What", "Points", "Of", "Known by", "Evidence", "What earns the rest", "Finding",
                    "Proven by",
                ],
                rows: score.lines.map { line in
                    [
                        Section.Cell(line.control.rawValue), Section.Cell(line.control.area.rawValue),
                        Section.Cell(line.control.title),
                        Section.Cell(rounded(line.points), tone(Int(100 * line.points / line.control.points))),
                        Section.Cell(rounded(line.control.points)),
                        Section.Cell(
                            line.observation?.source.rawValue ?? "unknown", line.observation == nil ? .quiet : .plain),
                        Section.Cell(line.observation?.evidence ?? ""),
                        Section.Cell(line.lost >= 0.05 ? "+\(rounded(line.lost)): \(line.control.remedy)" : ""),
                        Section.Cell(line.lost >= 0.05 ? "weak-control:\(line.control.rawValue)" : ""),
                        Section.Cell(line.control.proof ?? "no test yet", .quiet),
                    ]
                }),
            .paragraph(
                "Tried on this gateway counts whole, seen in at least 100 recorded calls 0.8, read from the configuration "
                    + "0.5, claimed nothing; evidence older than a week counts 0.8, than a month 0.5, than a quarter nothing."
            ),
        ])
}

private func matrix(_ report: GatewayReport) -> Section {
    Section(
        title: "Who can reach what",
        blocks: [
            .table(
                columns: ["Tool"] + report.actors,
                rows: report.tools.map { tool in
                    [Section.Cell(tool.name)]
                        + tool.reach.map { effect in
                            Section.Cell(
                                effect,
                                effect == "allow" ? .good : effect == "ask" ? .fair : effect == "deny" ? .quiet : .plain
                            )
                        }
                }),
            .paragraph(
                "What a call comes to for somebody with the role, or through the agent, before its arguments are known: 'depends' where they decide."
            ),
        ], isLong: report.tools.count > 60)
}

private func tools(_ report: GatewayReport) -> Section {
    Section(
        title: "Tools",
        blocks: [
            .table(
                columns: [
                    "Tool", "Source", "Owner", "Reviewed", "Risk", "Categories", "Effect", "Bucket", "Approval",
                    "Acts as", "Why",
                ],
                rows: report.tools.map { tool in
                    [
                        Section.Cell(tool.name), Section.Cell(tool.source),
                        Section.Cell(tool.owner ?? "nobody", tool.owner == nil ? .bad : .plain),
                        Section.Cell(tool.review ?? "not yet", tool.review == nil ? .quiet : .plain),
                        Section.Cell(tool.risk.level.rawValue, tool.risk.level.tone),
                        Section.Cell(tool.risk.categories.sorted().map(\.rawValue).joined(separator: ", ")),
                        Section.Cell(tool.risk.effect.rawValue), Section.Cell(tool.bucket.rawValue),
                        Section.Cell(
                            tool.gate == 1 ? "always" : tool.gate == 0 ? "never" : "depends",
                            tool.gate == 1 ? .good : tool.isDestructive ? .bad : .plain),
                        Section.Cell(tool.scope), Section.Cell(tool.risk.evidence.joined(separator: "; ")),
                    ]
                })
        ], isLong: report.tools.count > 60)
}

private func credentials(_ report: GatewayReport) -> Section {
    guard !report.credentials.isEmpty else {
        return Section(title: "Credentials", blocks: [.paragraph("The vault is empty.")])
    }
    return Section(
        title: "Credentials",
        blocks: [
            .table(
                columns: ["Name", "Of", "Version", "Age", "Last used"],
                rows: report.credentials.map {
                    [
                        Section.Cell($0.name), Section.Cell($0.owner), Section.Cell("\($0.version)"),
                        Section.Cell("\($0.age) days", $0.age > 90 ? .bad : .plain),
                        Section.Cell($0.lastUsed ?? "never"),
                    ]
                })
        ])
}

private func activity(_ report: GatewayReport) -> Section {
    let activity = report.activity
    let coverage = report.score?.lines.first { $0.control == .completeness }?.observation?.evidence
    return Section(
        title: "What happened in \(activity.days) days",
        blocks: [
            activity.counts.isEmpty
                ? .paragraph("Nothing is recorded.")
                : .table(
                    columns: ["What", "How often"],
                    rows: activity.counts.map { [Section.Cell($0.what), Section.Cell("\($0.count)")] }),
            .paragraph(
                "Audit coverage: every call, refusal and administrative act has an entry; "
                    + (coverage ?? "fewer than 100 calls, so nothing is said of how complete they are") + "."),
        ] + (activity.isPartial ? [.paragraph("There was more than was counted.")] : []))
}

private func frameworks(_ report: GatewayReport) -> Section {
    Section(
        title: "Frameworks",
        blocks: [
            .table(
                columns: ["Area", "Points", "Evidence for"],
                rows: Area.allCases.map { area in
                    let lines = report.score?.lines.filter { $0.control.area == area } ?? []
                    let all = lines.reduce(0) { $0 + $1.control.points }
                    return [
                        Section.Cell(area.rawValue),
                        Section.Cell(
                            all > 0
                                ? "\(rounded(lines.reduce(0) { $0 + $1.points })) of \(rounded(all))" : "not rated"),
                        Section.Cell(
                            area.controls.map { "\($0.framework) \($0.controls.joined(separator: ", "))" }
                                .joined(separator: "; ")),
                    ]
                }), .paragraph("Evidence for a control, never compliance with it."),
        ])
}
