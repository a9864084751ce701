import JSON

/// Percent-encoding (RFC 3986 §2.1) with everything encoded that is not listed.
struct PercentEncoding {
    private let allowed: (low: UInt64, high: UInt64)

    private init(_ extra: String) {
        var low: UInt64 = 0
        var high: UInt64 = 0
        let unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
        for byte in (unreserved + extra).utf8 {
            if byte < 64 { low |= 1 << UInt64(byte) } else { high |= 1 << UInt64(byte & 63) }
        }
        allowed = (low, high)
    }

    /// Unreserved characters only.
    static let strict = PercentEncoding("")
    /// For `allowReserved`: reserved characters that end nothing. `#`, `&`, `=`, `+`, `;` and brackets would.
    static let reserved = PercentEncoding(":/?@!$'()*,")
    /// The same for a value that is joined by commas.
    static let reservedInList = PercentEncoding(":/?@!$'()*")
    /// Literal text of a path template; escapes that it contains stay.
    static let pathLiteral = PercentEncoding("!$&'()*+,;=:@%")
    /// Literal text of a query in a path template.
    static let queryLiteral = PercentEncoding("!$&'()*+,;=:@%/?")

    func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case 0..<64: allowed.low & (1 << UInt64(byte)) != 0
        case 64..<128: allowed.high & (1 << UInt64(byte & 63)) != 0
        default: false
        }
    }

    func encode(_ text: String) -> String {
        if text.utf8.allSatisfy({ isAllowed($0) }) { return text }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count * 2)
        for byte in text.utf8 {
            if isAllowed(byte) {
                bytes.append(byte)
            } else {
                bytes += [0x25, Self.hex(byte >> 4), Self.hex(byte & 15)]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func hex(_ digit: UInt8) -> UInt8 {
        digit < 10 ? 0x30 + digit : 0x37 + digit
    }
}
