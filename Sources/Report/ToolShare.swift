package import Risk

/// What tools that fail leave of a check that is made over all of them.
///
/// `5 / (5 + d)`, where `d` adds up the weights of the tools by how far they fail, and at most 0.3 more than the worst of
/// them. One more tool never adds to it (docs/decisions/0006).
package struct ToolShare: Sendable {
    private var missing = 0.0
    private var worst = 1.0

    package init() {}

    /// - Parameters:
    ///   - result: how far a tool passes, 0 to 1.
    ///   - weight: how much harm it can do.
    package mutating func add(_ result: Double, weight: Double) {
        missing += weight * (1 - result)
        worst = min(worst, result)
    }

    /// 0 to 1.
    package var value: Double { min(5 / (5 + missing), worst + 0.3) }
}

extension Risk {
    /// How much harm a call can do, as the weight of its tool in a check.
    package var weight: Double {
        switch level {
        case .critical: Self.greatestWeight
        case .sideEffect: 3
        case .readOnly: categories.isEmpty ? 1 : 2
        }
    }

    /// That of what destroys, and of what nobody knows.
    package static var greatestWeight: Double { 5 }
}
