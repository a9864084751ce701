package import Core

/// How safe a gateway is, 0 to 100, with where each point comes from.
package struct Score: Sendable, Hashable {
    /// What one control gives and takes.
    package struct Line: Sendable, Hashable {
        package var control: Control
        /// Nil where nothing is known, which is worth nothing.
        package var observation: Observation?
        package var points: Double

        package var lost: Double { control.points - points }
    }

    /// Something so grave that no strength elsewhere makes up for it.
    package enum Cap: String, Sendable, Hashable, CaseIterable {
        case secretSeen = "an agent was shown a secret"
        case defaultKey = "the vault's key is a default"
        case unauthenticated = "a call without authentication was accepted"
        case auditBroken = "the log does not verify"
        case audienceUnchecked = "a token for another audience was accepted"
        case otherTenant = "data of another tenant was shown"
        case ungated = "something destructive runs without approval"
        case auditNotDurable = "calls are made before they are on disk"
        case wildcard = "one role reaches every tool that changes state"
        case combination = "one role reads foreign content and sends without approval"
        case unsure = "less than 60 % of the points rest on probes or the log"
        case noCheckpoint = "no checkpoint of the log is kept elsewhere"

        /// Stable: findings are tracked by it.
        package var code: String {
            switch self {
            case .secretSeen: "secret-seen"
            case .defaultKey: "default-key"
            case .unauthenticated: "unauthenticated"
            case .auditBroken: "audit-broken"
            case .audienceUnchecked: "audience-unchecked"
            case .otherTenant: "other-tenant"
            case .ungated: "ungated"
            case .auditNotDurable: "audit-not-durable"
            case .wildcard: "wildcard"
            case .combination: "combination"
            case .unsure: "unsure"
            case .noCheckpoint: "no-checkpoint"
            }
        }

        package var limit: Int {
            switch self {
            case .secretSeen, .defaultKey, .unauthenticated, .auditBroken: 20
            case .audienceUnchecked, .otherTenant: 30
            case .ungated: 49
            case .auditNotDurable: 59
            case .wildcard, .combination: 69
            case .unsure: 79
            case .noCheckpoint: 89
            }
        }
    }

    package var lines: [Line]
    /// The lowest first.
    package var caps: [Cap]
    /// Caps whose cause is gone, and until when it was there at the latest.
    package var lingering: [Cap: Timestamp] = [:]
    package var total: Int
    /// The share of all points whose controls were probed or seen in the log, 0 to 1.
    package var confidence: Double

    /// A cap in words, and since when its cause is gone.
    package func words(_ cap: Cap) -> String {
        guard let until = lingering[cap] else { return cap.rawValue }
        return "\(cap.rawValue): it was so until \(until), which counts for a day"
    }

    /// A+ takes that nothing is unknown.
    package var grade: Grade {
        let grade = Grade(total)
        return grade == .best && lines.contains { $0.observation == nil } ? .a : grade
    }

    /// The controls that cost most, at most three.
    package var topFixes: [Line] {
        Array(
            lines.filter { $0.lost > 0 }
                .sorted { ($1.lost, $0.control.rawValue) < ($0.lost, $1.control.rawValue) }.prefix(3))
    }

    /// The whole in one line, for machines and for comparing: each control with its hundredths, `?` for the unknown.
    package var vector: String {
        lines.map { line in
            line.observation.map { "\(line.control.rawValue):\(Int(($0.worth * 100).rounded()))" }
                ?? "\(line.control.rawValue):?"
        }.joined(separator: "/")
    }
}
