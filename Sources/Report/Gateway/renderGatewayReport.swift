import Core
package import JSON
import Risk

/// The version of ``renderJSON(_:)``'s form of a gateway's report.
package let gatewayReportFormat = "sallyport-report/2"

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
        "held_back": JSONValue(report.heldBack), "suspended": JSONValue(report.suspended),
        "actors": .array(report.actors.map { .string($0) }),
        "tools": .array(report.tools.map(json)),
        "credentials": .array(
            report.credentials.map {
                [
                    "name": .string($0.name), "owner": .string($0.owner), "version": JSONValue($0.version),
                    "age_days": JSONValue($0.age), "last_used": $0.lastUsed.map { .string($0) } ?? .null,
                ]
            }),
        "findings": .array(report.findings.map(json)),
        "checklist": .array(
            checklistItems(report).map {
                [
                    "item": .string($0.item), "met": $0.isMet.map { .bool($0) } ?? .null,
                    "evidence": .string($0.evidence),
                ]
            }),
        "attestations": .array(
            report.attestations.sorted { $0.subject.rawValue < $1.subject.rawValue }.map { attestation in
                [
                    "subject": .string(attestation.subject.rawValue), "by": .string(attestation.by),
                    "at": .string(attestation.at.description), "link": .string(attestation.link),
                    "note": attestation.note.map { .string($0) } ?? .null, "until": .string(attestation.lastDay),
                    "holds": .bool(attestation.holds(at: report.moment)),
                ]
            }),
        "approvals": [
            "days": JSONValue(report.approvals.days), "proposed": JSONValue(report.approvals.proposed),
            "approved": JSONValue(report.approvals.approved), "rejected": JSONValue(report.approvals.rejected),
            "expired": JSONValue(report.approvals.expired), "waiting": JSONValue(report.approvals.waiting),
            "median_seconds": report.approvals.medianSeconds.map { JSONValue($0) } ?? .null,
        ],
        "history": .array(
            report.history.map { look in
                [
                    "at": .string(look.at.description), "score": look.total.map { JSONValue($0) } ?? .null,
                    "grade": look.grade.map { .string($0) } ?? .null, "version": .string(look.version),
                    "tools": JSONValue(look.tools),
                ]
            }),
        "changes": report.change.map(json) ?? .null,
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
        "caps": .array(score.caps.map { ["limit": JSONValue($0.limit), "reason": .string(score.words($0))] }),
        "controls": .array(
            score.lines.map { line in
                [
                    "id": .string(line.control.rawValue), "area": .string(line.control.area.rawValue),
                    "control": .string(line.control.title), "points": number(line.points),
                    "of": number(line.control.points),
                    "known_by": line.observation.map { .string($0.source.rawValue) } ?? .null,
                    "evidence": line.observation.map { .string($0.evidence) } ?? .null,
                    "remedy": .string(line.control.remedy), "gain": number(line.lost),
                    "finding": line.lost >= 0.05 ? .string("weak-control:\(line.control.rawValue)") : .null,
                    "proof": line.control.proof.map { .string($0) } ?? .null,
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
        "reason": tool.reason.map { .string($0) } ?? .null, "review": tool.review.map { .string($0) } ?? .null,
        "approval": .string(tool.gate == 1 ? "always" : tool.gate == 0 ? "never" : "depends"),
        "scope": .string(tool.scope),
        "reach": .array(tool.reach.map { .string($0) }),
        "evidence": .array(tool.risk.evidence.map { .string($0) }),
    ]
}

private func json(_ standing: FindingStanding) -> JSONValue {
    let finding = standing.finding
    return [
        "id": .string(finding.id), "kind": .string(finding.kind.rawValue),
        "severity": .string(finding.severity.rawValue), "subject": .string(finding.subject),
        "tool": finding.tool.map { .string($0) } ?? .null, "evidence": .string(finding.evidence),
        "remedy": .string(finding.remedy), "gain": finding.cost.map { number($0.points) } ?? .null,
        "state": .string(standing.state.rawValue), "first_seen": .string(standing.firstSeen.description),
        "owner": standing.owner.map { .string($0) } ?? .null, "due": standing.due.map { .string($0) } ?? .null,
        "overdue": .bool(standing.isOverdue),
        "acceptance": standing.acceptance.map {
            [
                "by": .string($0.by), "at": .string($0.at.description), "reason": .string($0.reason),
                "until": .string($0.lastDay),
            ]
        } ?? .null,
    ]
}

private func json(_ change: GatewayChange) -> JSONValue {
    [
        "since": .string(change.since.description),
        "score_then": change.before?.total.map { JSONValue($0) } ?? .null,
        "steps": .array(
            change.steps.map {
                [
                    "at": .string($0.step.at.description), "finding": .string($0.finding),
                    "what": .string($0.step.what),
                    "by": .string($0.step.by),
                ]
            }),
        "reviews": .array(
            change.reviews.map {
                ["at": .string($0.at.description), "tool": .string($0.tool), "by": .string($0.by)]
            }),
    ]
}
