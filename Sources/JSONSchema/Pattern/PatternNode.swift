/// A parsed expression. Groups leave no trace: nothing is captured.
indirect enum PatternNode: Sendable {
    case empty
    /// One scalar of the set with this index.
    case set(Int)
    case assertion(PatternAssertion)
    case sequence([PatternNode])
    case alternation([PatternNode])
    /// From `min` to `max` times; nil is without end. Greedy or lazy makes no difference to whether there is a match.
    case repetition(PatternNode, min: Int, max: Int?)
}

/// A condition on a place between two scalars.
enum PatternAssertion: Sendable {
    case start
    case end
    case boundary
    case noBoundary
}

/// What holds at a place between two scalars.
struct PatternPlace: OptionSet, Sendable {
    let rawValue: UInt8

    static let start = PatternPlace(rawValue: 1)
    static let end = PatternPlace(rawValue: 2)
    static let boundary = PatternPlace(rawValue: 4)

    init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// The place after `previous` and before `next`; nil stands for the ends of the text.
    init(between previous: Unicode.Scalar?, and next: Unicode.Scalar?) {
        var place: PatternPlace = []
        if previous == nil { place.insert(.start) }
        if next == nil { place.insert(.end) }
        if Self.isWord(previous) != Self.isWord(next) { place.insert(.boundary) }
        self = place
    }

    func satisfies(_ assertion: PatternAssertion) -> Bool {
        switch assertion {
        case .start: contains(.start)
        case .end: contains(.end)
        case .boundary: contains(.boundary)
        case .noBoundary: !contains(.boundary)
        }
    }

    private static func isWord(_ scalar: Unicode.Scalar?) -> Bool {
        guard let scalar else { return false }
        return switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "_": true
        default: false
        }
    }
}
