package import Core

/// A finding of today with what became of it over time.
package struct FindingStanding: Sendable, Hashable {
    package var finding: Finding
    package var state: TrackedFinding.State
    package var firstSeen: Timestamp
    package var owner: String?
    package var due: String?
    package var isOverdue: Bool
    /// The acceptance that holds.
    package var acceptance: TrackedFinding.Acceptance?

    /// Whether somebody still has to deal with it.
    package var isOpen: Bool { state == .open || state == .reopened }
}

extension Register {
    /// The findings of a look that these events already hold.
    package func standing(of findings: [Finding], at now: Timestamp) -> [FindingStanding] {
        var seen: Set<String> = []
        return findings.compactMap { finding in
            guard seen.insert(finding.id).inserted else { return nil }
            let tracked = self.findings[finding.id]
            let state = tracked?.state(at: now) ?? .open
            return FindingStanding(
                finding: finding, state: state, firstSeen: tracked?.firstSeen ?? now, owner: tracked?.owner,
                due: tracked?.due, isOverdue: tracked?.isOverdue(at: now) ?? false,
                acceptance: state == .accepted ? tracked?.acceptance : nil)
        }
    }
}
