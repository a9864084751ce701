/// The results a condition may still have: one when everything it reads is known, several when something is not.
///
/// Operators work on each combination of possible results, so a result that is certain stays what it is when more
/// becomes known.
package struct Truth: OptionSet, Sendable, Hashable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    package static let yes = Truth(rawValue: 1)
    package static let no = Truth(rawValue: 2)
    /// The condition cannot be evaluated, such as a comparison of a missing argument.
    package static let error = Truth(rawValue: 4)
    package static let unknown: Truth = [.yes, .no, .error]

    package init(_ bool: Bool) {
        self = bool ? .yes : .no
    }

    /// Conjunction: a no decides, then an error.
    package static func all(_ parts: some Sequence<Truth>) -> Truth {
        parts.reduce(.yes) { $0.combined(with: $1, strongest: .no, weakest: .yes) }
    }

    /// Disjunction: a yes decides, then an error.
    package static func any(_ parts: some Sequence<Truth>) -> Truth {
        parts.reduce(.no) { $0.combined(with: $1, strongest: .yes, weakest: .no) }
    }

    package var negated: Truth {
        var result: Truth = intersection(.error)
        if contains(.yes) { result.insert(.no) }
        if contains(.no) { result.insert(.yes) }
        return result
    }

    private func combined(with other: Truth, strongest: Truth, weakest: Truth) -> Truth {
        var result: Truth = []
        for left in [Truth.yes, .no, .error] where contains(left) {
            for right in [Truth.yes, .no, .error] where other.contains(right) {
                if left == strongest || right == strongest {
                    result.insert(strongest)
                } else {
                    result.insert(left == .error || right == .error ? .error : weakest)
                }
            }
        }
        return result
    }
}
