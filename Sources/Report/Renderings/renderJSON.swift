package import JSON
import Risk

/// The version of ``renderJSON(_:change:)``'s form, which `docs/schemas/scan.schema.json` describes.
package let scanFormat = "sallyport-scan/1"

/// The whole report as JSON. An earlier one is what `--baseline` reads.
package func renderJSON(_ report: ScanReport, change: ScanChange? = nil) -> JSONValue {
    let facts = report.facts
    var value = JSONObject()
    value.append("format", .string(scanFormat))
    value.append("generator", .string(report.generator))
    value.append("time", .string(report.time))
    value.append(
        "document",
        [
            "title": .string(facts.title), "version": .string(facts.version), "openapi": .string(facts.openAPIVersion),
            "file": .string(facts.file), "sha256": .string(facts.digest), "operations": JSONValue(facts.operationCount),
            "skipped": JSONValue(facts.skippedCount),
        ])
    value.append("exposure", ["as_is": json(report.asIs), "suggested": json(report.suggested)])
    value.append("tools", .array(facts.tools.map(json)))
    value.append("findings", .array(report.findings.map(json)))
    if let change { value.append("change", change.json) }
    return .object(value)
}

private func json(_ exposure: Exposure?) -> JSONValue {
    guard let exposure else { return .null }
    return [
        "total": JSONValue(exposure.total), "grade": .string(exposure.grade.rawValue),
        "caps": .array(exposure.caps.map { ["limit": JSONValue($0.limit), "reason": .string($0.reason)] }),
        "checks": .array(
            exposure.lines.map { line in
                [
                    "id": .string(line.check.rawValue), "area": .string(line.check.area.rawValue),
                    "control": .string(line.check.title), "points": number(line.points),
                    "of": number(line.points + line.lost), "evidence": .string(line.evidence),
                    "proof": .string(line.check.proof), "gain": JSONValue(line.gain),
                    "findings": .array(line.check.findings.map { .string($0.rawValue) }),
                    "controls": .object(
                        JSONObject(
                            members: line.check.area.controls.map {
                                JSONObject.Member(
                                    key: $0.framework, value: .array($0.controls.map { .string($0) }))
                            })),
                ]
            }),
    ]
}

private func json(_ tool: ScannedTool) -> JSONValue {
    [
        "name": .string(tool.name), "method": .string(tool.method), "path": .string(tool.path),
        "level": .string(tool.risk.level.rawValue),
        "categories": .array(tool.risk.categories.sorted().map { .string($0.rawValue) }),
        "effect": .string(tool.risk.effect.rawValue), "confidence": .string(tool.risk.confidence.rawValue),
        "bucket": .string(tool.risk.suggestedBucket.rawValue), "plan": .string(Placement(tool).rawValue),
        "scope": .string(tool.scope.rawValue), "schemes": .array(tool.schemes.map { .string($0) }),
        "permissions": .array(tool.permissions.map { .string($0) }), "deprecated": .bool(tool.isDeprecated),
        "evidence": .array(tool.risk.reasons.map { .string($0.description) }), "file": .string(tool.file),
        "line": tool.line.map { JSONValue($0) } ?? .null,
    ]
}

private func json(_ finding: Finding) -> JSONValue {
    [
        "id": .string(finding.id), "kind": .string(finding.kind.rawValue),
        "severity": .string(finding.severity.rawValue),
        "subject": .string(finding.subject), "tool": finding.tool.map { .string($0) } ?? .null,
        "evidence": .string(finding.evidence), "remedy": .string(finding.remedy), "file": .string(finding.file),
        "line": finding.line.map { JSONValue($0) } ?? .null,
    ]
}

/// With one digit behind the point.
func number(_ value: Double) -> JSONValue {
    JSONNumber(rounded(value)).map { .number($0) } ?? JSONValue(Int(value))
}
