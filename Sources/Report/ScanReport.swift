import Risk

/// What a scan of a document comes to: inventory, findings, and what the document would expose.
package struct ScanReport: Sendable {
    package var facts: DocumentFacts
    /// In the order of the document.
    package var findings: [Finding]
    /// Nil for a document without tools, which is not rated.
    package var asIs: Exposure?
    package var suggested: Exposure?
    /// The moment of the scan, as RFC 3339 writes it.
    package var time: String
    /// The product and its version.
    package var generator: String

    package init(_ facts: DocumentFacts, time: String, generator: String) {
        self.facts = facts
        self.time = time
        self.generator = generator
        findings = findProblems(facts)
        asIs = measureExposure(facts, .asIs, findings: findings)
        suggested = measureExposure(facts, .suggested, findings: findings)
    }

    /// What it is about, as its title.
    var name: String { facts.title.isEmpty ? facts.file : facts.title }

    /// The same report with paths below a folder told from there.
    package func withFiles(below folder: String) -> ScanReport {
        var report = self
        for index in report.findings.indices where report.findings[index].file.hasPrefix(folder) {
            report.findings[index].file.removeFirst(folder.count)
        }
        return report
    }

    package func count(_ severity: Severity) -> Int {
        findings.count { $0.severity == severity }
    }
}

/// What happens to an operation under the suggested configuration.
package enum Placement: String, Sendable, Hashable, CaseIterable {
    case expose, gate
    case holdBack = "hold back"
    case never

    package init(_ tool: ScannedTool) {
        switch tool.risk.suggestedBucket {
        case .never: self = .never
        case _ where tool.scope == .undeclared: self = .holdBack
        case .read: self = .expose
        case .write: self = .gate
        }
    }

    /// In words for the product's owner.
    package var meaning: String {
        switch self {
        case .expose: "Agents may call these as their user; each call is recorded."
        case .gate: "Agents may propose these; each call waits until a named human approves exactly that call."
        case .holdBack: "Nobody has said who these act as. They have no tool until a scope is declared."
        case .never: "No agent should hold these by default. They have no tool; taking one out needs a written reason."
        }
    }
}
