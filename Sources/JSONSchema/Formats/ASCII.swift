/// Classes of ASCII bytes that the grammars of the formats share.
enum ASCII {
    static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
    static func isLetter(_ byte: UInt8) -> Bool { byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A }
    static func isAlphanumeric(_ byte: UInt8) -> Bool { isDigit(byte) || isLetter(byte) }
    static func isHex(_ byte: UInt8) -> Bool { isDigit(byte) || (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x66) }

    /// Whether the bytes are among those of a short text.
    static func isOne(_ byte: UInt8, of text: StaticString) -> Bool {
        for other in text.description.utf8 where other == byte { return true }
        return false
    }
}

/// Bytes read from the front.
struct ByteReader {
    private(set) var rest: ArraySlice<UInt8>

    init(_ text: String) {
        rest = Array(text.utf8)[...]
    }

    var isAtEnd: Bool { rest.isEmpty }
    var next: UInt8? { rest.first }

    /// Reads a byte if it is the one expected.
    mutating func take(_ byte: UInt8) -> Bool {
        guard rest.first == byte else { return false }
        rest.removeFirst()
        return true
    }

    /// Reads a letter in either case.
    mutating func takeLetter(_ letter: UInt8) -> Bool {
        guard let byte = rest.first, byte | 0x20 == letter else { return false }
        rest.removeFirst()
        return true
    }

    /// The number of exactly so many digits.
    mutating func digits(_ count: Int) -> Int? {
        guard rest.count >= count, rest.prefix(count).allSatisfy(ASCII.isDigit) else { return nil }
        let value = rest.prefix(count).reduce(0) { $0 * 10 + Int($1 - 0x30) }
        rest.removeFirst(count)
        return value
    }

    /// Reads digits; their number.
    mutating func skipDigits() -> Int {
        let count = rest.prefix(while: ASCII.isDigit).count
        rest.removeFirst(count)
        return count
    }
}
