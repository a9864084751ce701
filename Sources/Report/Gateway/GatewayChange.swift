package import Core

/// What is otherwise than at an earlier moment.
package struct GatewayChange: Sendable {
    package var since: Timestamp
    /// The look that stood then; nil where there was none.
    package var before: Look?
    /// What happened to findings, in the order of time.
    package var steps: [(finding: String, step: TrackedFinding.Step)]
    /// Tools that somebody looked at.
    package var reviews: [(tool: String, by: String, at: Timestamp)]

    package init(_ register: Register, since: Timestamp) {
        self.since = since
        before = register.looks.last { $0.at <= since }
        steps = register.findings.values
            .flatMap { finding in finding.steps.filter { $0.at > since }.map { (finding.id, $0) } }
            .sorted { ($0.1.at, $0.0) < ($1.1.at, $1.0) }
        reviews = register.reviews.filter { $0.value.at > since }.map { ($0.key, $0.value.by, $0.value.at) }
            .sorted { ($0.2, $0.0) < ($1.2, $1.0) }
    }
}
