import Risk

/// What is otherwise than in an earlier scan.
func changes(_ change: ScanChange) -> Section {
    var blocks: [Section.Block] = [
        .paragraph(
            change.isNothing
                ? "Nothing is otherwise than in the scan of \(change.since)."
                : "Beside the scan of \(change.since): \(change.added.count) operations are new, \(change.removed.count) are "
                    + "gone, \(change.changed.count) have another risk; \(change.newFindings.count) findings are new, "
                    + "\(change.goneFindings.count) are gone.")
    ]
    for (label, points) in [("As is", change.asIs), ("As suggested", change.suggested)] {
        guard let points else { continue }
        let delta = points.after - points.before
        blocks.append(
            .paragraph("\(label): \(points.before) then, \(points.after) now (\(delta < 0 ? "" : "+")\(delta))."))
    }
    var rows = change.added.map { tool in
        [
            Section.Cell("new"), Section.Cell(tool.key), Section.Cell(""),
            Section.Cell("\(tool.risk.level.rawValue), \(tool.risk.suggestedBucket.rawValue)", tool.risk.level.tone),
        ]
    }
    rows += change.changed.map {
        [
            Section.Cell($0.isRiskier ? "riskier" : "changed", $0.isRiskier ? .bad : .plain), Section.Cell($0.key),
            Section.Cell($0.before), Section.Cell($0.after),
        ]
    }
    rows += change.removed.map { [Section.Cell("gone", .quiet), Section.Cell($0), Section.Cell(""), Section.Cell("")] }
    if !rows.isEmpty { blocks.append(.table(columns: ["Change", "Operation", "Then", "Now"], rows: rows)) }
    return Section(title: "Since the earlier scan", blocks: blocks)
}
