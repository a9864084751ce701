package import JSON

/// A number in millionths, rounded up; nil where that is out of range.
package func millionths(_ number: JSONNumber) -> Int64? {
    let decimal = number.decimal
    guard !decimal.digits.isEmpty else { return 0 }
    // The value is 0.d₁d₂d₃… × 10^exponent; so many of its digits stand before the millionths end.
    let count = decimal.exponent + 6
    guard count <= 18 else { return nil }
    var value: Int64 = 0
    for place in 0..<max(0, count) {
        value = value * 10 + Int64(decimal.digits.indices.contains(place) ? decimal.digits[place] : 0)
    }
    if decimal.digits.count > max(0, count) { value += 1 }
    return decimal.isNegative ? -value : value
}
