package import Core

/// What looks at the gateway saw and people said of it over time: findings, pinned tools, attestations, the history of the
/// score. A fold over acts of the journal, as a call is one over its events.
package struct Register: Sendable {
    package private(set) var findings: [String: TrackedFinding] = [:]
    package private(set) var pins: [String: Pin] = [:]
    /// Who looked at each tool last, and when, as long as it is what they saw.
    package private(set) var reviews: [String: (by: String, at: Timestamp)] = [:]
    /// The latest of each subject.
    package private(set) var attestations: [Attestation.Subject: Attestation] = [:]
    /// In their order.
    package private(set) var looks: [Look] = []

    package init() {}

    package init(_ events: some Sequence<RegisterEvent>) {
        for event in events { apply(event) }
    }

    package mutating func apply(_ event: RegisterEvent) {
        func step(_ what: String) -> TrackedFinding.Step {
            TrackedFinding.Step(at: event.at, by: event.by, what: what)
        }
        switch event.kind {
        case .looked(let look): looks.append(look)
        case .found(let found):
            for found in found {
                var finding =
                    findings[found.id] ?? TrackedFinding(id: found.id, severity: found.severity, firstSeen: event.at)
                let what =
                    finding.steps.isEmpty
                    ? "found, \(found.severity.rawValue)"
                    : !finding.isPresent
                        ? "is back, \(found.severity.rawValue)"
                        : finding.severity != found.severity
                            ? "is \(found.severity.rawValue) now" : "is another one now"
                finding.steps.append(step(what))
                finding.severity = found.severity
                finding.evidence = found.evidence
                finding.mark = found.mark
                finding.isPresent = true
                findings[found.id] = finding
            }
        case .gone(let ids):
            for id in ids {
                change(id, step("is gone")) {
                    $0.isPresent = false
                    $0.wasFixed = true
                    // Whoever accepted it accepted what was there then.
                    $0.acceptance = nil
                }
            }
        case .pinned(let pins):
            for pin in pins {
                if let review = self.pins[pin.tool], review.declaration != pin.declaration { reviews[pin.tool] = nil }
                self.pins[pin.tool] = pin
            }
        case .reviewed(let pins):
            for pin in pins {
                self.pins[pin.tool] = pin
                reviews[pin.tool] = (event.by, event.at)
            }
        case .accepted(let id, let reason, let until):
            change(id, step("accepted until \(until.advanced(bySeconds: -1).date): \(reason)")) {
                $0.acceptance = TrackedFinding.Acceptance(
                    by: event.by, at: event.at, reason: reason, until: until, severity: $0.severity, mark: $0.mark)
            }
        case .withdrawn(let id, let reason):
            change(id, step("is no longer accepted: \(reason)")) {
                $0.acceptance = nil
                $0.wasAccepted = true
            }
        case .assigned(let id, let owner, let due):
            change(id, step("\(owner.map { "is \($0)'s" } ?? "is nobody's")\(due.map { ", due \($0)" } ?? "")")) {
                $0.owner = owner
                $0.due = due
            }
        case .attested(let subject, let link, let note, let until):
            attestations[subject] = Attestation(
                subject: subject, by: event.by, at: event.at, link: link, note: note, until: until)
        }
    }

    private mutating func change(_ id: String, _ step: TrackedFinding.Step, _ body: (inout TrackedFinding) -> Void) {
        guard var finding = findings[id] else { return }
        body(&finding)
        finding.steps.append(step)
        findings[id] = finding
    }

    /// What the events of a look are that saw these findings.
    ///
    /// - Parameter isLooked: whether the look could have seen a finding; what it could not is neither fixed nor new.
    package func events(
        seeing seen: [Finding], at now: Timestamp, isLooked: (_ id: String) -> Bool = { _ in true }
    ) -> [RegisterEvent] {
        var gravest: [String: Finding] = [:]
        for finding in seen {
            let id = finding.id
            if gravest[id].map({ $0.severity < finding.severity }) ?? true { gravest[id] = finding }
        }
        let found = gravest.sorted { $0.key < $1.key }.compactMap { id, finding -> RegisterEvent.Found? in
            if let known = findings[id], known.isPresent, known.severity == finding.severity,
                known.mark == finding.mark
            {
                return nil
            }
            return RegisterEvent.Found(
                id: id, severity: finding.severity, evidence: shown(finding.evidence, limit: 300), mark: finding.mark)
        }
        let gone = findings.values.filter { $0.isPresent && gravest[$0.id] == nil && isLooked($0.id) }.map(\.id)
            .sorted()
        // An act stays small enough to be read as one.
        return parts(found).map { RegisterEvent(.found($0), at: now) }
            + parts(gone).map { RegisterEvent(.gone($0), at: now) }
    }
}

/// A list in parts of a few hundred.
package func parts<Element>(_ elements: [Element]) -> [[Element]] {
    stride(from: 0, to: elements.count, by: 200).map { Array(elements[$0..<min($0 + 200, elements.count)]) }
}
