import Risk

/// The sections of a report, in the order in which a reviewer asks: how risky is the whole, what should change, what tools
/// exist, who can reach them and with what permissions, what needs approval, what happened.
func composeReport(_ report: ScanReport, _ change: ScanChange?) -> [Section] {
    var sections = [overview(report)]
    if let change { sections.append(changes(change)) }
    sections.append(plan(report))
    if let suggested = report.suggested { sections.append(score(suggested, beside: report.asIs)) }
    sections.append(findings(report))
    sections.append(inventory(report))
    sections.append(controls(report))
    sections.append(checklist(report))
    return sections
}

private func overview(_ report: ScanReport) -> Section {
    let facts = report.facts
    var blocks: [Section.Block] = [
        .paragraph(
            "\(shown(report.name, limit: 80)) \(shown(facts.version, limit: 30)): \(facts.tools.count) of "
                + "\(facts.operationCount) operations could be tools. OpenAPI \(shown(facts.openAPIVersion, limit: 30)), "
                + "file \(shown(facts.file, limit: 100)), "
                + "SHA-256 \(facts.digest). Scanned \(report.time) by \(report.generator).")
    ]
    guard let asIs = report.asIs, let suggested = report.suggested else {
        blocks.append(.paragraph("Not rated: the document has no operation that could be a tool."))
        return Section(title: "Exposure", blocks: blocks)
    }
    blocks.append(
        .bars(
            [asIs, suggested].map { exposure in
                (
                    exposure.setting.title, Double(exposure.total) / 100,
                    "\(exposure.total) of 100, \(exposure.grade.rawValue)", tone(exposure.total)
                )
            }))
    for cap in asIs.caps { blocks.append(.paragraph("As is at most \(cap.limit): \(cap.reason).")) }
    blocks.append(
        .paragraph(
            "100 is safest. As is: every operation offered to an agent with nothing in between. As suggested: reads run as "
                + "the user, what changes state waits for a human, what no agent should hold has no tool."))
    blocks.append(
        .table(
            columns: ["Severity", "Findings"],
            rows: Severity.allCases.reversed().map { [Section.Cell($0), Section.Cell("\(report.count($0))")] }))
    return Section(title: "Exposure", blocks: blocks)
}

private func plan(_ report: ScanReport) -> Section {
    let tools = report.facts.tools
    var blocks: [Section.Block] = []
    let total = Double(max(1, tools.count))
    blocks.append(
        .bars(
            Placement.allCases.map { placement in
                let count = tools.count { Placement($0) == placement }
                return (placement.rawValue, Double(count) / total, "\(count) tools", placement.tone)
            }))
    for placement in Placement.allCases {
        blocks.append(.paragraph("\(placement.rawValue): \(placement.meaning)"))
    }
    return Section(title: "Plan: what to expose, what to gate, what to keep behind the line", blocks: blocks)
}

private func score(_ exposure: Exposure, beside asIs: Exposure?) -> Section {
    let rows = exposure.lines.map { line in
        let before = asIs?.lines.first { $0.check == line.check }
        return [
            Section.Cell(line.check.rawValue), Section.Cell(line.check.area.rawValue), Section.Cell(line.check.title),
            Section.Cell(rounded(before?.points ?? 0)),
            Section.Cell(rounded(line.points), tone(Int(100 * line.result))),
            Section.Cell(rounded(line.points + line.lost)), Section.Cell(line.evidence),
            Section.Cell(
                line.gain > 0
                    ? "+\(line.gain): \(line.check.findings.map(\.rawValue).joined(separator: ", "))" : ""),
            Section.Cell(line.check.proof, .quiet),
        ]
    }
    return Section(
        title: "Where each point comes from",
        blocks: [
            .table(
                columns: [
                    "Check", "Area", "Control", "As is", "Suggested", "Of", "Evidence", "What mending it gains",
                    "Proven by",
                ],
                rows: rows),
            .paragraph(
                "A check over tools loses with every tool that fails it, and is worth at most 0.3 more than its worst tool; "
                    + "one more tool never adds a point. What only a running gateway shows (tokens probed, audit verified, "
                    + "secrets' age, limits under load) is not rated here."),
        ])
}

private func findings(_ report: ScanReport) -> Section {
    guard !report.findings.isEmpty else { return Section(title: "Findings", blocks: [.paragraph("None.")]) }
    let groups = Dictionary(grouping: report.findings, by: \.kind)
    let kinds = groups.sorted {
        (($1.value.map(\.severity).max() ?? .low), $0.key.rawValue)
            < (($0.value.map(\.severity).max() ?? .low), $1.key.rawValue)
    }
    let summary = kinds.map { kind, all in
        [
            Section.Cell(all.map(\.severity).max() ?? .low), Section.Cell(kind.title), Section.Cell("\(all.count)"),
            Section.Cell(kind.remedy),
        ]
    }
    // The gravest first; low ones are counted above and listed in the JSON rendering.
    let shown = report.findings.indices.lazy.filter { report.findings[$0].severity > .low }
        .map { (index: $0, severity: report.findings[$0].severity, id: report.findings[$0].id) }
        .sorted { ($1.severity, $0.id) < ($0.severity, $1.id) }
    let rows = shown.prefix(maxFindings).map { index, _, _ in
        let finding = report.findings[index]
        return [
            Section.Cell(finding.severity), Section.Cell(finding.tool ?? finding.subject),
            Section.Cell(finding.kind.title),
            Section.Cell(finding.evidence), Section.Cell(finding.line.map { "\(finding.file):\($0)" } ?? finding.file),
        ]
    }
    var blocks: [Section.Block] = [
        .table(columns: ["Severity", "Finding", "Count", "What to do"], rows: summary)
    ]
    if !rows.isEmpty {
        blocks.append(.table(columns: ["Severity", "Tool", "Finding", "Evidence", "Place"], rows: Array(rows)))
    }
    if shown.count > rows.count {
        blocks.append(.paragraph("\(shown.count - rows.count) more are in the JSON and SARIF renderings."))
    }
    return Section(title: "Findings", blocks: blocks)
}

/// More rows than this nobody reads; machines have the other renderings.
private let maxFindings = 400

private func inventory(_ report: ScanReport) -> Section {
    let rows = report.facts.tools.map { tool in
        [
            Section.Cell(tool.name), Section.Cell(tool.key),
            Section.Cell(tool.risk.level.rawValue, tool.risk.level.tone),
            Section.Cell(tool.risk.categories.sorted().map(\.rawValue).joined(separator: ", ")),
            Section.Cell(tool.risk.effect.rawValue), Section.Cell(Placement(tool).rawValue, Placement(tool).tone),
            Section.Cell(tool.isOpen ? "anybody" : tool.schemes.joined(separator: ", "), tool.isOpen ? .bad : .plain),
            Section.Cell(tool.permissions.joined(separator: ", ")), Section.Cell(tool.scope.rawValue),
            Section.Cell(tool.risk.evidence.joined(separator: "; ")),
        ]
    }
    return Section(
        title: "Tools: who reaches them, with what permissions, and why they are classed so",
        blocks: [
            .table(
                columns: [
                    "Tool", "Operation", "Risk", "Categories", "Effect", "Plan", "Reached with", "Permissions",
                    "Acts as",
                    "Why",
                ], rows: rows)
        ], isLong: true)
}

private func controls(_ report: ScanReport) -> Section {
    let rows = Area.allCases.compactMap { area -> [Section.Cell]? in
        guard Check.allCases.contains(where: { $0.area == area }) else { return nil }
        let lines = report.suggested?.lines.filter { $0.check.area == area } ?? []
        let points = lines.reduce(0) { $0 + $1.points }
        let all = lines.reduce(0) { $0 + $1.points + $1.lost }
        return [
            Section.Cell(area.rawValue), Section.Cell(all > 0 ? "\(rounded(points)) of \(rounded(all))" : "not rated"),
            Section.Cell(
                area.controls.map { "\($0.framework) \($0.controls.joined(separator: ", "))" }.joined(separator: "; ")),
        ]
    }
    return Section(
        title: "Frameworks",
        blocks: [
            .table(columns: ["Area", "Suggested", "Evidence for"], rows: rows),
            .paragraph(
                "Evidence for a control, never compliance with it. EU AI Act Art. 12 (record-keeping) is a matter of the "
                    + "running gateway's log."),
        ])
}

extension Placement {
    var tone: Section.Tone {
        switch self {
        case .expose: .good
        case .gate: .fair
        case .holdBack: .quiet
        case .never: .bad
        }
    }
}

extension Risk.Level {
    var tone: Section.Tone {
        switch self {
        case .readOnly: .good
        case .sideEffect: .fair
        case .critical: .grave
        }
    }
}

/// How good a number of points of 100 is.
func tone(_ points: Int) -> Section.Tone {
    switch points {
    case 80...: .good
    case 60...: .fair
    case 30...: .bad
    default: .grave
    }
}

/// With one digit behind the point.
func rounded(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    return "\(tenths / 10).\(tenths % 10)"
}
