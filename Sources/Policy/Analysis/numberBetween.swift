import JSON

/// A number strictly between two others: a whole one where one is near.
///
/// - Parameters:
///   - low: nil for none.
///   - high: nil for none; greater than `low`.
/// - Returns: nil where the numbers are too large to be counted with, or where nothing is between.
func numberBetween(_ low: JSONDecimal?, _ high: JSONDecimal?) -> JSONNumber? {
    guard [low, high].allSatisfy({ $0.map { abs($0.exponent) < 100_000_000 } ?? true }) else { return nil }
    var candidates: [JSONNumber] = []
    if let low { candidates += whole(after: low).map { [$0] } ?? [] }
    if let high, let below = whole(after: high.negated) { candidates += [below.negated] }
    candidates.append(JSONNumber(0))
    candidates += near(low, high)
    return candidates.first { number in
        let value = number.decimal
        return low.map { $0 < value } ?? true && high.map { value < $0 } ?? true
    }
}

/// The least whole number that is greater, where it is small enough to be written out.
private func whole(after number: JSONDecimal) -> JSONNumber? {
    guard number.exponent <= 17 else { return nil }
    let cut = number.digits.prefix(max(0, number.exponent))
    var value = cut.reduce(0) { $0 * 10 + Int($1) }
    for _ in cut.count..<max(cut.count, number.exponent) { value *= 10 }
    // Cut off towards zero: of a negative number with a fraction that is already greater.
    return JSONNumber(number.isNegative ? (number.isInteger ? -value + 1 : -value) : value + 1)
}

/// Numbers that are a little more than the low one, a little less than the high one, or far beyond either.
private func near(_ low: JSONDecimal?, _ high: JSONDecimal?) -> [JSONNumber] {
    var numbers: [JSONNumber?] = []
    let length = max(low?.digits.count ?? 0, high?.digits.count ?? 0)
    if let low, !low.digits.isEmpty, !low.isNegative {
        // One more digit than either has: greater than the low one, and less than all with the digits of the high one.
        let zeros = [UInt8](repeating: 0, count: max(0, length - low.digits.count))
        numbers.append(number(low.digits + zeros + [1], low.exponent, isNegative: false))
        numbers.append(number([1], low.exponent + 1, isNegative: false))
    }
    if let high, high.isNegative {
        let zeros = [UInt8](repeating: 0, count: max(0, length - high.digits.count))
        numbers.append(number(high.digits + zeros + [1], high.exponent, isNegative: true))
        numbers.append(number([1], high.exponent + 1, isNegative: true))
    }
    if let high, !high.isNegative, !high.digits.isEmpty {
        numbers.append(number([1], high.exponent - 1, isNegative: false))
    }
    if let low, low.isNegative { numbers.append(number([1], low.exponent - 1, isNegative: true)) }
    return numbers.compactMap { $0 }
}

/// The number `0.digits × 10^exponent`.
private func number(_ digits: [UInt8], _ exponent: Int, isNegative: Bool) -> JSONNumber? {
    let sign = isNegative ? "-" : ""
    let text = digits.map { String($0) }.joined()
    if (1...20).contains(exponent) {
        let padded = text + String(repeating: "0", count: max(0, exponent - digits.count))
        let fraction = padded.dropFirst(exponent)
        return JSONNumber(sign + padded.prefix(exponent) + (fraction.isEmpty ? "" : "." + fraction))
    }
    if (-5...0).contains(exponent) { return JSONNumber(sign + "0." + String(repeating: "0", count: -exponent) + text) }
    return JSONNumber("\(sign)0.\(text)e\(exponent)")
}

extension JSONDecimal {
    fileprivate var negated: JSONDecimal {
        let text = digits.map { String($0) }.joined()
        guard !digits.isEmpty, let number = JSONNumber("\(isNegative ? "" : "-")0.\(text)e\(exponent)") else {
            return self
        }
        return number.decimal
    }
}

extension JSONNumber {
    fileprivate var negated: JSONNumber {
        JSONNumber(text.hasPrefix("-") ? String(text.dropFirst()) : text == "0" ? "0" : "-" + text) ?? self
    }
}
