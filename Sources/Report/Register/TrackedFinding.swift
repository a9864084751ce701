package import Core

/// One finding over time: a fold over what looks saw and people said.
package struct TrackedFinding: Sendable, Hashable {
    package enum State: String, Sendable, Hashable, CaseIterable {
        case open, accepted, fixed, reopened
    }

    /// Somebody's decision to live with it for a time.
    package struct Acceptance: Sendable, Hashable {
        package var by: String
        package var at: Timestamp
        package var reason: String
        /// The first moment at which it holds no more.
        package var until: Timestamp
        /// How grave the finding was then; a graver one was not accepted.
        package var severity: Severity
        /// What it named then; another one was not accepted.
        package var mark: String?

        /// The last day on which it holds, as `YYYY-MM-DD`.
        package var lastDay: String { until.advanced(bySeconds: -1).date }
    }

    /// Something that happened to it.
    package struct Step: Sendable, Hashable {
        package var at: Timestamp
        package var by: String
        package var what: String
    }

    package let id: String
    package internal(set) var severity: Severity
    /// What was seen when it last was another one.
    package internal(set) var evidence = ""
    package internal(set) var mark: String?
    package let firstSeen: Timestamp
    /// Whether the last look saw it.
    package internal(set) var isPresent = true
    package internal(set) var wasFixed = false
    /// Whether an acceptance was taken back or ended.
    package internal(set) var wasAccepted = false
    package internal(set) var acceptance: Acceptance?
    package internal(set) var owner: String?
    /// The day by which it is to be dealt with, as `YYYY-MM-DD`.
    package internal(set) var due: String?
    package internal(set) var steps: [Step] = []

    init(id: String, severity: Severity, firstSeen: Timestamp) {
        self.id = id
        self.severity = severity
        self.firstSeen = firstSeen
    }

    package func state(at now: Timestamp) -> State {
        if !isPresent { return .fixed }
        if let acceptance {
            return now < acceptance.until && severity <= acceptance.severity && mark == acceptance.mark
                ? .accepted : .reopened
        }
        return wasFixed || wasAccepted ? .reopened : .open
    }

    package func isOverdue(at now: Timestamp) -> Bool {
        guard let due, let day = Timestamp(date: due), state(at: now) == .open || state(at: now) == .reopened else {
            return false
        }
        return day.advanced(bySeconds: 86_400) <= now
    }

    /// What kind it is, as far as this version knows it.
    package var kind: FindingKind? {
        id.split(separator: ":").first.flatMap { FindingKind(rawValue: String($0)) }
    }
}
