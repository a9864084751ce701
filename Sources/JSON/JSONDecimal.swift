/// The exact value of a JSON number: sign, significant digits and a power of ten.
///
/// Normalised: no leading and no trailing zero digit, zero has no digits and no sign, so equal values are equal
/// structs. All operations take time in the number of digits written, never in the size of the exponent.
public struct JSONDecimal: Sendable, Hashable {
    public let isNegative: Bool
    /// Digits 0–9, most significant first.
    public let digits: [UInt8]
    /// The value is `0.d₁d₂d₃… × 10^exponent`. Saturates at ±10⁹, far beyond what any type here can hold.
    public let exponent: Int

    static let exponentLimit = 1_000_000_000

    public init(_ number: JSONNumber) {
        var digits: [UInt8] = []
        var isNegative = false
        var pointShift = 0
        var isFraction = false
        var written = 0
        var isExponent = false
        var isExponentNegative = false
        for byte in number.text.utf8 {
            switch byte {
            case 0x2D where isExponent: isExponentNegative = true
            case 0x2D: isNegative = true
            case 0x2B: break
            case 0x2E: isFraction = true
            case 0x65, 0x45: isExponent = true
            default:
                let digit = byte &- 0x30
                if isExponent {
                    written = min(written * 10 + Int(digit), Self.exponentLimit)
                } else {
                    if digits.isEmpty && digit == 0 {
                        if isFraction { pointShift -= 1 }
                        continue
                    }
                    digits.append(digit)
                    if !isFraction { pointShift += 1 }
                }
            }
        }
        while digits.last == 0 { digits.removeLast() }
        self.digits = digits
        self.isNegative = isNegative && !digits.isEmpty
        let exponent = pointShift + (isExponentNegative ? -written : written)
        self.exponent = digits.isEmpty ? 0 : max(-Self.exponentLimit, min(Self.exponentLimit, exponent))
    }

    /// Whether the value has no fraction.
    public var isInteger: Bool {
        digits.count <= exponent || digits.isEmpty
    }

    /// The value as an `Int`, nil when it has a fraction or does not fit.
    public var int: Int? {
        guard isInteger, exponent <= 19 else { return nil }
        var result = 0
        for index in 0..<exponent {
            let digit = index < digits.count ? Int(digits[index]) : 0
            let (product, overflow) = result.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.subtractingReportingOverflow(digit)
            if overflow || carry { return nil }
            result = sum
        }
        if isNegative { return result }
        let (positive, overflow) = (0).subtractingReportingOverflow(result)
        return overflow ? nil : positive
    }

    /// Whether the value is an integer multiple of another, exactly (`0.3` is a multiple of `0.1`).
    ///
    /// - Returns: nil when deciding takes more than 4,096 digits, or a divisor of more than 18 digits more than a
    ///   million steps; zero divides nothing.
    public func isMultiple(of divisor: JSONDecimal) -> Bool? {
        if divisor.digits.isEmpty { return false }
        if digits.isEmpty { return true }
        // self = D × 10^a, divisor = E × 10^b with D, E integers: E divides D × 10^(a-b). Where a < b, D would have
        // to be a multiple of ten, which normalised digits are not.
        let shift = (exponent - digits.count) - (divisor.exponent - divisor.digits.count)
        guard shift >= 0 else { return false }
        let count = digits.count + shift
        guard shift <= 4096, count <= 8192 else { return nil }
        let shifted = digits + Array(repeating: 0, count: shift)
        if divisor.digits.count <= 18 {
            let by = divisor.digits.reduce(UInt64(0)) { $0 * 10 + UInt64($1) }
            return shifted.reduce(UInt64(0)) { ($0 * 10 + UInt64($1)) % by } == 0
        }
        guard count * divisor.digits.count <= 1 << 20 else { return nil }
        var remainder: [UInt8] = []
        for digit in shifted {
            if !(remainder.isEmpty && digit == 0) { remainder.append(digit) }
            while Self.isAtLeast(remainder, divisor.digits) { Self.subtract(divisor.digits, from: &remainder) }
        }
        return remainder.isEmpty
    }

    private static func isAtLeast(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        left.count == right.count ? !left.lexicographicallyPrecedes(right) : left.count > right.count
    }

    private static func subtract(_ right: [UInt8], from left: inout [UInt8]) {
        var borrow: UInt8 = 0
        for offset in 0..<left.count {
            let index = left.count - 1 - offset
            let taken = (offset < right.count ? right[right.count - 1 - offset] : 0) + borrow
            borrow = left[index] < taken ? 1 : 0
            left[index] = left[index] + borrow * 10 - taken
        }
        if let first = left.firstIndex(where: { $0 != 0 }) { left.removeFirst(first) } else { left = [] }
    }
}

extension JSONDecimal: Comparable {
    public static func < (left: JSONDecimal, right: JSONDecimal) -> Bool {
        if left.isNegative != right.isNegative { return left.isNegative }
        return left.isNegative ? right.isSmaller(than: left) : left.isSmaller(than: right)
    }

    private func isSmaller(than other: JSONDecimal) -> Bool {
        if digits.isEmpty || other.digits.isEmpty { return digits.isEmpty && !other.digits.isEmpty }
        if exponent != other.exponent { return exponent < other.exponent }
        return digits.lexicographicallyPrecedes(other.digits)
    }
}
