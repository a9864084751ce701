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
            for (id, severity) in found {
                var finding =
                    findings[id] ?? TrackedFinding(id: id, severity: severity, firstSeen: event.at)
                finding.steps.append(
                    step(
                        finding.steps.isEmpty
                            ? "found, \(severity.rawValue)"
                            : finding.isPresent ? "is \(severity.rawValue) now" : "is back, \(severity.rawValue)"))
                finding.severity = severity
                finding.isPresent = true
                findings[id] = finding
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
            change(id, step("accepted until \(until.date): \(reason)")) {
                $0.acceptance = TrackedFinding.Acceptance(
                    by: event.by, at: event.at, reason: reason, until: until, severity: $0.severity)
            }
        case .withdrawn(let id, let reason):
            change(id, step("is no longer accepted: \(reason)")) { $0.acceptance = nil }
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
    package func events(seeing seen: [Finding], at now: Timestamp) -> [RegisterEvent] {
        var severities: [String: Severity] = [:]
        for finding in seen { severities[finding.id] = max(severities[finding.id] ?? .low, finding.severity) }
        let found = severities.filter { id, severity in
            findings[id].map { !$0.isPresent || $0.severity != severity } ?? true
        }
        let gone = findings.values.filter { $0.isPresent && severities[$0.id] == nil }.map(\.id).sorted()
        // An act stays small enough to be read as one.
        return parts(found.sorted { $0.key < $1.key }).map { part in
            RegisterEvent(.found(Dictionary(part.map { ($0.key, $0.value) }) { first, _ in first }), at: now)
        } + parts(gone).map { RegisterEvent(.gone($0), at: now) }
    }

    /// The look before a moment; the first one where none is older.
    package func look(before time: Timestamp) -> Look? {
        looks.last { $0.at <= time } ?? looks.first
    }
}

/// A list in parts of a few hundred.
package func parts<Element>(_ elements: [Element]) -> [[Element]] {
    stride(from: 0, to: elements.count, by: 200).map { Array(elements[$0..<min($0 + 200, elements.count)]) }
}
