package import JSON
import Risk

/// The version of ``renderJSON(_:)``'s form of a gateway's report.
package let gatewayReportFormat = "sallyport-report/1"

/// A gateway's report for a terminal.
package func renderText(_ report: GatewayReport, inColour: Bool = false, isWhole: Bool = false) -> String {
    renderText(composeReport(report).filter { isWhole || !$0.isLong }, inColour: inColour)
}

/// A gateway's report as Markdown.
package func renderMarkdown(_ report: GatewayReport) -> String {
    renderMarkdown(report.resource, composeReport(report))
}

/// A gateway's report as one HTML file.
package func renderHTML(_ report: GatewayReport) -> String {
    renderHTML(
        report.resource, composeReport(report),
        footer: "\(report.generator), \(report.time). A function of facts: no model took part.")
}

/// A gateway's report as JSON.
package func renderJSON(_ report: GatewayReport) -> JSONValue {
    [
        "format": .string(gatewayReportFormat), "generator": .string(report.generator), "time": .string(report.time),
        "configuration": ["resource": .string(report.resource), "version": .string(report.version)],
        "score": report.score.map(json) ?? .null, "never": JSONValue(report.never),
        "held_back": JSONValue(report.heldBack), "roles": .array(report.roles.map { .string($0) }),
        "tools": .array(report.tools.map(json)),
        "credentials": .array(
            report.credentials.map {
                [
                    "name": .string($0.name), "owner": .string($0.owner), "version": JSONValue($0.version),
                    "age_days": JSONValue($0.age), "last_used": $0.lastUsed.map { .string($0) } ?? .null,
                ]
            }),
        "activity": [
            "days": JSONValue(report.activity.days), "partial": .bool(report.activity.isPartial),
            "counts": .object(
                JSONObject(
                    members: report.activity.counts.map {
                        JSONObject.Member(key: $0.what, value: JSONValue($0.count))
                    })),
        ],
    ]
}

private func json(_ score: Score) -> JSONValue {
    [
        "total": JSONValue(score.total), "grade": .string(score.grade.rawValue),
        "confidence_percent": JSONValue(Int((score.confidence * 100).rounded())), "vector": .string(score.vector),
        "caps": .array(score.caps.map { ["limit": JSONValue($0.limit), "reason": .string($0.rawValue)] }),
        "controls": .array(
            score.lines.map { line in
                [
                    "id": .string(line.control.rawValue), "area": .string(line.control.area.rawValue),
                    "control": .string(line.control.title), "points": number(line.points),
                    "of": number(line.control.points),
                    "known_by": line.observation.map { .string($0.source.rawValue) } ?? .null,
                    "evidence": line.observation.map { .string($0.evidence) } ?? .null,
                    "remedy": .string(line.control.remedy),
                ]
            }),
    ]
}

private func json(_ tool: GatewayReport.Tool) -> JSONValue {
    [
        "name": .string(tool.name), "source": .string(tool.source), "owner": tool.owner.map { .string($0) } ?? .null,
        "level": .string(tool.risk.level.rawValue),
        "categories": .array(tool.risk.categories.sorted().map { .string($0.rawValue) }),
        "effect": .string(tool.risk.effect.rawValue), "bucket": .string(tool.bucket.rawValue),
        "scope": .string(tool.scope),
        "reach": .array(tool.reach.map { .string($0) }),
        "evidence": .array(tool.risk.evidence.map { .string($0) }),
    ]
}
