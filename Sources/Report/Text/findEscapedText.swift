/// The text with its percent escapes and numeric character references undone once, if it has some.
///
/// Escapes are ordinary in examples of addresses; letters need none (RFC 3986 §2.3), so a row of them hides something.
func findEscapedText(in bytes: [UInt8]) -> [EncodedText] {
    guard bytes.contains(UInt8(ascii: "%")) || bytes.contains(UInt8(ascii: "&")) else { return [] }
    var decoded: [UInt8] = []
    decoded.reserveCapacity(bytes.count)
    var letters = 0
    var escapes = 0
    var index = 0
    while index < bytes.count {
        guard let (value, end) = escape(bytes, index) else {
            decoded.append(bytes[index])
            index += 1
            continue
        }
        escapes += 1
        if value | 0x20 >= 0x61, value | 0x20 <= 0x7A { letters += 1 }
        decoded.append(value)
        index = end
    }
    return escapes == 0 ? [] : [EncodedText(form: "escapes", bytes: decoded, isFlaw: letters >= 8)]
}

/// The ASCII byte that an escape at a place stands for, and where it ends: `%69`, `&#105;`, `&#x69;`.
private func escape(_ bytes: [UInt8], _ start: Int) -> (UInt8, end: Int)? {
    if bytes[start] == UInt8(ascii: "%"), start + 2 < bytes.count,
        let high = hexadecimalDigit(bytes[start + 1]), let low = hexadecimalDigit(bytes[start + 2])
    {
        return high < 8 ? (high << 4 | low, start + 3) : nil
    }
    guard bytes[start] == UInt8(ascii: "&"), start + 3 < bytes.count, bytes[start + 1] == UInt8(ascii: "#") else {
        return nil
    }
    var index = start + 2
    let isHexadecimal = bytes[index] | 0x20 == UInt8(ascii: "x")
    if isHexadecimal { index += 1 }
    var value = 0
    let digits = index
    while index < bytes.count, index - digits < 6, let digit = hexadecimalDigit(bytes[index]) {
        if !isHexadecimal, digit > 9 { return nil }
        value = value * (isHexadecimal ? 16 : 10) + Int(digit)
        index += 1
    }
    guard index > digits, index < bytes.count, bytes[index] == UInt8(ascii: ";"), let byte = UInt8(exactly: value),
        byte < 0x80
    else { return nil }
    return (byte, index + 1)
}
