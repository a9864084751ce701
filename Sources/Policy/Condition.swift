package import JSON

/// A test over the arguments of a call and the time, in a closed language, so that questions about a policy stay
/// decidable.
package indirect enum Condition: Sendable, Hashable {
    case argument(JSONPointer, Comparison)
    /// Minutes since midnight, UTC; from is included, to is not. A window may span midnight.
    case timeOfDay(from: Int, to: Int)
    case all([Condition])
    case any([Condition])
    case not(Condition)
}

/// What is asked of one argument.
package enum Comparison: Sendable, Hashable {
    case equals(JSONValue)
    case oneOf([JSONValue])
    case atMost(JSONNumber)
    case atLeast(JSONNumber)
    case below(JSONNumber)
    case above(JSONNumber)
    /// By UTF-8 bytes.
    case hasPrefix(String)
    case isPresent(Bool)
}

extension Comparison {
    /// Whether both ask the same of every argument: texts by their UTF-8 bytes, as they are compared with.
    package static func == (left: Comparison, right: Comparison) -> Bool {
        switch (left, right) {
        case (.equals(let left), .equals(let right)): left == right
        case (.oneOf(let left), .oneOf(let right)): left == right
        case (.atMost(let left), .atMost(let right)), (.atLeast(let left), .atLeast(let right)),
            (.below(let left), .below(let right)), (.above(let left), .above(let right)):
            left == right
        case (.hasPrefix(let left), .hasPrefix(let right)): left.hasSameBytes(as: right)
        case (.isPresent(let left), .isPresent(let right)): left == right
        default: false
        }
    }
}

extension Condition {
    /// The result under what is known.
    ///
    /// A comparison of an argument that is missing or of another type is an error, which refuses the call; only
    /// ``Comparison/isPresent(_:)`` asks about absence.
    package func evaluate(_ facts: Facts) -> Truth {
        switch self {
        case .argument(let pointer, let comparison):
            guard case .known(let arguments) = facts.arguments else { return .unknown }
            if !facts.hidden.isEmpty, let truth = comparison.truth(at: pointer, hidden: facts.hidden) { return truth }
            return comparison.evaluate(JSONValue.object(arguments)[pointer])
        case .timeOfDay(let from, let to):
            guard case .known(let minute) = facts.minuteOfDay else { return [.yes, .no] }
            return Truth(from <= to ? minute >= from && minute < to : minute >= from || minute < to)
        case .all(let parts): return .all(parts.lazy.map { $0.evaluate(facts) })
        case .any(let parts): return .any(parts.lazy.map { $0.evaluate(facts) })
        case .not(let part): return part.evaluate(facts).negated
        }
    }
}

extension Comparison {
    /// The results it may have at a place where something is hidden; nil where nothing is that it reads.
    fileprivate func truth(at pointer: JSONPointer, hidden: [JSONPointer]) -> Truth? {
        for place in hidden {
            let isAbove = place.isPrefix(of: pointer)
            guard isAbove || pointer.isPrefix(of: place) else { continue }
            switch self {
            // What is hidden is there, but not whether it holds what is asked for.
            case .isPresent(let isPresent): return place == pointer || !isAbove ? Truth(isPresent) : [.yes, .no]
            case .equals, .oneOf: return isAbove && place != pointer ? .unknown : [.yes, .no]
            // A value that holds another one is neither a number nor text.
            case .atMost, .atLeast, .below, .above, .hasPrefix: return isAbove ? .unknown : .error
            }
        }
        return nil
    }

    func evaluate(_ value: JSONValue?) -> Truth {
        if case .isPresent(let isPresent) = self { return Truth((value != nil) == isPresent) }
        guard let value else { return .error }
        switch self {
        case .equals(let expected): return Truth(value.isEqual(to: expected))
        case .oneOf(let options): return Truth(options.contains { value.isEqual(to: $0) })
        case .atMost(let limit): return number(value) { $0 <= limit.decimal }
        case .atLeast(let limit): return number(value) { $0 >= limit.decimal }
        case .below(let limit): return number(value) { $0 < limit.decimal }
        case .above(let limit): return number(value) { $0 > limit.decimal }
        case .hasPrefix(let prefix):
            guard case .string(let string) = value else { return .error }
            return Truth(string.utf8.starts(with: prefix.utf8))
        case .isPresent: return .error
        }
    }

    private func number(_ value: JSONValue, _ test: (JSONDecimal) -> Bool) -> Truth {
        guard case .number(let number) = value else { return .error }
        return Truth(test(number.decimal))
    }
}

extension JSONPointer {
    /// Whether the other place is this one or inside it.
    func isPrefix(of other: JSONPointer) -> Bool {
        tokens.count <= other.tokens.count && zip(tokens, other.tokens).allSatisfy { $0.hasSameBytes(as: $1) }
    }
}
