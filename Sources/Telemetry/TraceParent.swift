/// Where a call stands in a trace that began elsewhere: the `traceparent` of W3C Trace Context (§3.2).
package struct TraceParent: Sendable, Hashable {
    /// The trace's id: 128 bits, never all zero.
    package let high: UInt64
    package let low: UInt64
    /// The id of the span that the next one is a child of; never zero.
    package let span: UInt64
    /// Whether whoever came before keeps the trace.
    package let isSampled: Bool

    package init(high: UInt64, low: UInt64, span: UInt64, isSampled: Bool) {
        self.high = high
        self.low = low
        self.span = span
        self.isSampled = isSampled
    }

    /// Of a later version what this one knows is read, and the rest is left (§4).
    ///
    /// - Returns: nil for text that is not well formed: then it is as if there were none.
    package init?(_ text: String) {
        let bytes = Array(text.utf8.prefix(Self.maxBytes + 1))
        guard (Self.length...Self.maxBytes).contains(bytes.count), bytes[2] == 0x2D, bytes[35] == 0x2D,
            bytes[52] == 0x2D,
            let version = Self.number(bytes[0..<2]), version != 0xFF,
            bytes.count == Self.length || version > 0 && bytes[Self.length] == 0x2D,
            let high = Self.number(bytes[3..<19]), let low = Self.number(bytes[19..<35]), high != 0 || low != 0,
            let span = Self.number(bytes[36..<52]), span != 0, let flags = Self.number(bytes[53..<55])
        else { return nil }
        self.init(high: high, low: low, span: span, isSampled: flags & 1 == 1)
    }

    /// The text of version 00.
    package var text: String {
        "00-\(hexadecimal(high))\(hexadecimal(low))-\(hexadecimal(span))-\(isSampled ? "01" : "00")"
    }

    private static let length = 55
    /// What a later version may add is bounded.
    private static let maxBytes = 512

    /// Lower case only (§3.2.2); at most sixteen digits.
    private static func number(_ digits: ArraySlice<UInt8>) -> UInt64? {
        var number: UInt64 = 0
        for digit in digits {
            switch digit {
            case 0x30...0x39: number = number << 4 | UInt64(digit - 0x30)
            case 0x61...0x66: number = number << 4 | UInt64(digit - 0x61 + 10)
            default: return nil
            }
        }
        return number
    }
}

/// Sixteen digits in lower case.
func hexadecimal(_ number: UInt64) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: 16 - digits.utf8.count) + digits
}
