/// The text that ECMAScript gives a double (ECMA-262 §6.1.6.1.20), which RFC 8785 §3.2.2.3 prescribes.
enum ECMANumber {
    /// - Returns: nil for infinities and NaN.
    static func text(_ double: Double) -> String? {
        guard double.isFinite else { return nil }
        if double == 0 { return "0" }
        guard let shortest = JSONNumber(swiftDescription: double) else { return nil }
        return text(shortest.decimal)
    }

    /// The same layout for an exact decimal: plain digits from 1e-6 up to 1e21, scientific beyond.
    static func text(_ decimal: JSONDecimal) -> String {
        guard !decimal.digits.isEmpty else { return "0" }
        let digits = decimal.digits.map { Character(UnicodeScalar($0 + 0x30)) }
        let count = digits.count
        let point = decimal.exponent
        var text = decimal.isNegative ? "-" : ""
        if point < -5 || point > 21 {
            text.append(digits[0])
            if count > 1 { text += "." + String(digits[1...]) }
            text += point - 1 < 0 ? "e-" : "e+"
            text += String(abs(point - 1))
        } else if point <= 0 {
            text += "0." + String(repeating: "0", count: -point) + String(digits)
        } else if point < count {
            text += String(digits[..<point]) + "." + String(digits[point...])
        } else {
            text += String(digits) + String(repeating: "0", count: point - count)
        }
        return text
    }
}

extension JSONNumber {
    /// Swift's shortest round-trip description, which is a JSON number for every finite double.
    fileprivate init?(swiftDescription double: Double) {
        self.init(double.description)
    }
}
