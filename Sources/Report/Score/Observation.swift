/// What was seen of one control, and how.
package struct Observation: Sendable, Hashable {
    /// How a fact is known. A claim is worth nothing.
    package enum Source: String, Sendable, Hashable, CaseIterable {
        /// Tried on the running gateway.
        case probe
        /// Seen in at least 100 recorded calls.
        case audit
        /// Read from the configuration.
        case configuration
        case claim

        package var factor: Double {
            switch self {
            case .probe: 1
            case .audit: 0.8
            case .configuration: 0.5
            case .claim: 0
            }
        }
    }

    package var control: Control
    /// 0 to 1.
    package var result: Double
    package var source: Source
    /// How old the evidence is, in days.
    package var age: Int
    /// In words for a reviewer.
    package var evidence: String

    package init(_ control: Control, _ result: Double, _ source: Source, age: Int = 0, _ evidence: String) {
        self.control = control
        self.result = result.isFinite ? min(1, max(0, result)) : 0
        self.source = source
        self.age = max(0, age)
        self.evidence = evidence
    }

    /// Evidence wears out: whole for a week, nothing after a quarter.
    package var freshness: Double {
        switch age {
        case ...7: 1
        case ...30: 0.8
        case ...90: 0.5
        default: 0
        }
    }

    /// The part of the control's points that is earned.
    package var worth: Double { result * source.factor * freshness }
}
