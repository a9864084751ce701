import JSON

/// What an argument may be, as far as some comparisons can tell: one value for each way in which they can come out together.
struct Cells {
    /// Nil where the argument is not there.
    var values: [JSONValue?]
    /// Whether every way has its value.
    var isWhole: Bool
}

/// One value for every cell that comparisons of one argument can tell apart.
///
/// - Parameters:
///   - preferred: values that come before those that are made up, where they are in the same cell.
///   - more: values that come after those.
///   - isLikely: whether a value stands for its cell rather than one that is not likely.
func cells(
    of comparisons: Set<Comparison>, preferring preferred: [JSONValue] = [], more: [JSONValue] = [],
    isLikely: (JSONValue?) -> Bool = { _ in true }
) -> Cells {
    var texts: [String] = []
    var prefixes: [String] = []
    var numbers: [JSONDecimal] = []
    var constants: [JSONValue] = []
    for comparison in comparisons {
        switch comparison {
        case .equals(let value): constants.append(value)
        case .oneOf(let values): constants += values
        case .atMost(let limit), .atLeast(let limit), .below(let limit), .above(let limit):
            constants.append(.number(limit))
        case .hasPrefix(let prefix): prefixes.append(prefix)
        case .isPresent: break
        }
    }
    constants.sort { $0.text.utf8.lexicographicallyPrecedes($1.text.utf8) }
    prefixes.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    for constant in constants {
        switch constant {
        case .number(let number): numbers.append(number.decimal)
        case .string(let text): texts.append(text)
        case .null, .bool, .array, .object: break
        }
    }

    var candidates: [JSONValue?] = preferred + constants
    var isWhole = true
    let bounds = Set(numbers).sorted()
    for (low, high) in zip([nil] + bounds.map { Optional($0) }, bounds.map { Optional($0) } + [nil]) {
        let number = numberBetween(low, high)
        if number == nil { isWhole = false }
        candidates += number.map { [.number($0)] } ?? []
    }
    for prefix in prefixes {
        candidates.append(.string(prefix))
        let longer = freshText(beginning: prefix, unlike: texts, prefixes.filter { $0.utf8.count > prefix.utf8.count })
        if longer == nil { isWhole = false }
        candidates += longer.map { [.string($0)] } ?? []
    }
    // Where every text begins with a prefix there is no other.
    if !prefixes.contains("") {
        let other = freshText(beginning: "", unlike: texts, prefixes)
        if other == nil { isWhole = false }
        candidates += other.map { [.string($0)] } ?? []
    }
    candidates += [nil, .bool(true), .bool(false), .null, .array([]), .array([.string("other")])]
    candidates += fresh(unlike: constants) { .array([.string($0)]) }
    candidates += fresh(unlike: constants) { .object([$0: true]) }
    candidates += more.map { Optional($0) }

    var seen: Set<[Truth]> = []
    candidates = candidates.filter(isLikely) + candidates
    let order = comparisons.sorted { "\($0)".utf8.lexicographicallyPrecedes("\($1)".utf8) }
    let values = candidates.filter { value in seen.insert(order.map { $0.evaluate(value) }).inserted }
    return Cells(values: values, isWhole: isWhole)
}

/// A value with a name in it that is none of some constants: one of more names than there are constants.
private func fresh(unlike constants: [JSONValue], _ make: (String) -> JSONValue) -> [JSONValue?] {
    for number in 0...constants.count {
        let value = make("other-\(number)")
        if !constants.contains(where: { $0.isEqual(to: value) }) { return [value] }
    }
    return []
}

/// A text with a beginning that is none of some texts and begins with none of some prefixes.
private func freshText(beginning: String, unlike texts: [String], _ prefixes: [String]) -> String? {
    let letters = "xyzabcdefghijklmnopqrstuvwuABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_ .".map { String($0) }
    let tails = letters + letters.flatMap { first in letters.map { first + $0 } }
    return tails.lazy.map { beginning + $0 }.first { text in
        !texts.contains { $0.hasSameBytes(as: text) } && !prefixes.contains { text.utf8.starts(with: $0.utf8) }
    }
}
