/// A JSON number as it was written.
///
/// The text is the value. A `Double` is never the truth: `18446744073709551616` and `1.10` come back as they came.
public struct JSONNumber: Sendable, Hashable {
    /// The source text, which matches the grammar of RFC 8259 §6.
    public let text: String

    /// Takes text that is known to match the grammar.
    init(validated text: String) {
        self.text = text
    }

    /// - Returns: nil when the text is not a number of RFC 8259 §6.
    public init?(_ text: String) {
        guard JSONNumber.isNumber(text) else { return nil }
        self.text = text
    }

    public init(_ int: some BinaryInteger) {
        text = String(int)
    }

    /// - Returns: nil for infinities and NaN, which JSON cannot write.
    public init?(_ double: Double) {
        guard let text = ECMANumber.text(double) else { return nil }
        self.text = text
    }

    /// The exact integer, also of `1.0` and `1e2`; nil when there is a fraction or it does not fit.
    public var int: Int? {
        Int(text) ?? decimal.int
    }

    /// The nearest double. Infinite where the number is larger than any double.
    public var double: Double {
        Double(text) ?? .nan
    }

    /// The exact value.
    public var decimal: JSONDecimal {
        JSONDecimal(self)
    }

    /// Whether the mathematical value is an integer.
    public var isInteger: Bool {
        decimal.isInteger
    }

    public static func == (left: JSONNumber, right: JSONNumber) -> Bool {
        left.text == right.text
    }

    private static func isNumber(_ text: String) -> Bool {
        var bytes = text.utf8.makeIterator()
        var next = bytes.next()
        func isDigit(_ byte: UInt8?) -> Bool { byte.map { $0 >= 0x30 && $0 <= 0x39 } ?? false }
        if next == 0x2D { next = bytes.next() }
        guard isDigit(next) else { return false }
        if next == 0x30 {
            next = bytes.next()
        } else {
            while isDigit(next) { next = bytes.next() }
        }
        if next == 0x2E {
            next = bytes.next()
            guard isDigit(next) else { return false }
            while isDigit(next) { next = bytes.next() }
        }
        if next == 0x65 || next == 0x45 {
            next = bytes.next()
            if next == 0x2B || next == 0x2D { next = bytes.next() }
            guard isDigit(next) else { return false }
            while isDigit(next) { next = bytes.next() }
        }
        return next == nil
    }
}
