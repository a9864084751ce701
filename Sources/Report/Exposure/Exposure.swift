/// How safe it would be to offer a document's operations to agents, 0 to 100 (higher is safer), with where each point comes
/// from.
package struct Exposure: Sendable, Hashable {
    /// What one check gives and takes.
    package struct Line: Sendable, Hashable {
        package var check: Check
        /// 0 to 1.
        package var result: Double
        /// Points of 100.
        package var points: Double
        package var lost: Double
        /// In words for a reviewer.
        package var evidence: String
        /// How much the total gains if everything that costs this check its points is put right.
        package var gain: Int
    }

    /// A finding so grave that nothing elsewhere makes up for it.
    package struct Cap: Sendable, Hashable {
        /// The check whose passing lifts it.
        package var check: Check
        package var limit: Int
        package var reason: String

        init(_ check: Check, limit: Int, _ reason: String) {
            self.check = check
            self.limit = limit
            self.reason = reason
        }
    }

    package var setting: Setting
    package var lines: [Line]
    /// The lowest limit first.
    package var caps: [Cap]
    package var total: Int

    package var grade: Grade { Grade(total) }
}

/// The letter for a number of points.
package enum Grade: String, Sendable, Hashable, CaseIterable {
    case best = "A+"
    case a = "A"
    case b = "B"
    case c = "C"
    case d = "D"
    case e = "E"
    case f = "F"

    package init(_ total: Int) {
        switch total {
        case 95...: self = .best
        case 90...: self = .a
        case 80...: self = .b
        case 70...: self = .c
        case 60...: self = .d
        case 50...: self = .e
        default: self = .f
        }
    }
}
