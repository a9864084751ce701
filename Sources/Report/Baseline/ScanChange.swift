import JSON
import Risk

/// What is otherwise than in an earlier scan.
package struct ScanChange: Sendable {
    /// A tool whose risk is another one.
    package struct Changed: Sendable, Hashable {
        package var key: String
        package var before: String
        package var after: String
        package var isRiskier: Bool
    }

    package var since: String
    package var added: [ScannedTool]
    /// By method and path.
    package var removed: [String]
    package var changed: [Changed]
    package var newFindings: [Finding]
    /// Ids of findings that are there no more.
    package var goneFindings: [String]
    /// Points now and then, where both are rated.
    package var suggested: (before: Int, after: Int)?
    package var asIs: (before: Int, after: Int)?

    package init(from baseline: Baseline, to report: ScanReport) {
        since = baseline.time
        added = report.facts.tools.filter { baseline.tools[$0.key] == nil }
        let now = Set(report.facts.tools.map(\.key))
        removed = baseline.tools.keys.filter { !now.contains($0) }.sorted()
        changed = report.facts.tools.compactMap { tool in
            guard let before = baseline.tools[tool.key] else { return nil }
            let after = tool.risk.level.rawValue
            guard before.level != after || before.bucket != tool.risk.suggestedBucket.rawValue else { return nil }
            let former = Risk.Level(rawValue: before.level) ?? .readOnly
            return Changed(
                key: tool.key, before: "\(before.level), \(before.bucket)",
                after: "\(after), \(tool.risk.suggestedBucket.rawValue)",
                isRiskier: former < tool.risk.level
                    || Self.strictness(before.bucket) < Self.strictness(tool.risk.suggestedBucket.rawValue))
        }
        // One that has become graver is new as well.
        newFindings = report.findings.filter { finding in
            baseline.findings[finding.id].map { $0 < finding.severity } ?? true
        }
        let ids = Set(report.findings.map(\.id))
        goneFindings = baseline.findings.keys.filter { !ids.contains($0) }.sorted()
        suggested = baseline.suggested.flatMap { before in report.suggested.map { (before, $0.total) } }
        asIs = baseline.asIs.flatMap { before in report.asIs.map { (before, $0.total) } }
    }

    private static func strictness(_ bucket: String) -> Int {
        ["read", "write", "never"].firstIndex(of: bucket) ?? 0
    }

    package var isNothing: Bool {
        added.isEmpty && removed.isEmpty && changed.isEmpty && newFindings.isEmpty && goneFindings.isEmpty
    }

    var json: JSONValue {
        func pair(_ points: (before: Int, after: Int)?) -> JSONValue {
            points.map { ["before": JSONValue($0.before), "after": JSONValue($0.after)] } ?? .null
        }
        return [
            "since": .string(since), "as_is": pair(asIs), "suggested": pair(suggested),
            "added": .array(added.map { .string($0.key) }), "removed": .array(removed.map { .string($0) }),
            "changed": .array(
                changed.map {
                    [
                        "operation": .string($0.key), "before": .string($0.before), "after": .string($0.after),
                        "riskier": .bool($0.isRiskier),
                    ]
                }),
            "new_findings": .array(newFindings.map { .string($0.id) }),
            "gone_findings": .array(goneFindings.map { .string($0) }),
        ]
    }
}
