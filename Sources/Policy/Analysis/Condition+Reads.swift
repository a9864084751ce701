package import JSON

extension Condition {
    /// The arguments that it reads, with what it asks of each.
    package var comparisons: [JSONPointer: Set<Comparison>] {
        switch self {
        case .argument(let pointer, let comparison): [pointer: [comparison]]
        case .timeOfDay: [:]
        case .all(let parts), .any(let parts):
            parts.reduce(into: [:]) { all, part in all.merge(part.comparisons) { $0.union($1) } }
        case .not(let part): part.comparisons
        }
    }

    /// The windows that it compares the time with.
    package var windows: Set<Window> {
        switch self {
        case .argument: []
        case .timeOfDay(let from, let to): [Window(from: from, to: to)]
        case .all(let parts), .any(let parts): parts.reduce(into: []) { $0.formUnion($1.windows) }
        case .not(let part): part.windows
        }
    }

    /// Minutes since midnight, as a condition names them.
    package struct Window: Sendable, Hashable {
        package var from: Int
        package var to: Int
    }
}

extension Sequence<Rule> {
    /// The arguments that their conditions read, with what they ask of each.
    package var comparisons: [JSONPointer: Set<Comparison>] {
        reduce(into: [:]) { all, rule in all.merge(rule.condition?.comparisons ?? [:]) { $0.union($1) } }
    }

    /// A minute of the day for every way in which their windows can come out together; noon where none has one.
    var minutes: [Int] {
        let windows = reduce(into: Set<Condition.Window>()) { $0.formUnion($1.condition?.windows ?? []) }
        guard !windows.isEmpty else { return [720] }
        // The first minute of each stretch between two bounds.
        return Set([0] + windows.flatMap { [$0.from, $0.to] }).filter { (0..<1440).contains($0) }.sorted()
    }
}
