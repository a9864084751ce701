/// A text that was written in another form.
struct EncodedText: Sendable {
    var form: String
    var bytes: [UInt8]
    /// Whether the form alone is reason for a finding.
    var isFlaw: Bool
}

/// Sentences in base64 and hexadecimal, decoded once.
///
/// Keys, hashes and the parts of addresses decode to bytes that are no sentence, and example values ("user:password")
/// to no three words.
func findEncodedText(in bytes: [UInt8]) -> [EncodedText] {
    var found: [EncodedText] = []
    var start = 0
    for index in 0...bytes.count {
        if index < bytes.count, sixBits(bytes[index]) != nil { continue }
        let run = bytes[start..<index]
        start = index + 1
        guard run.count >= 16 else { continue }
        if let text = decodeHexadecimal(run) {
            found.append(EncodedText(form: "hexadecimal", bytes: text, isFlaw: true))
        } else if let text = decodeBase64(run) {
            found.append(EncodedText(form: "base64", bytes: text, isFlaw: true))
        }
    }
    return found
}

private func decodeHexadecimal(_ run: ArraySlice<UInt8>) -> [UInt8]? {
    guard run.count.isMultiple(of: 2) else { return nil }
    var decoded: [UInt8] = []
    decoded.reserveCapacity(run.count / 2)
    var high: UInt8?
    for byte in run {
        guard let digit = hexadecimalDigit(byte) else { return nil }
        if let first = high {
            decoded.append(first << 4 | digit)
            high = nil
        } else {
            high = digit
        }
    }
    return isProse(decoded) ? decoded : nil
}

private func decodeBase64(_ run: ArraySlice<UInt8>) -> [UInt8]? {
    var decoded: [UInt8] = []
    decoded.reserveCapacity(run.count / 4 * 3)
    var bits: UInt32 = 0
    var width: UInt32 = 0
    for byte in run {
        guard let six = sixBits(byte) else { return nil }
        bits = (bits << 6 | UInt32(six)) & 0xFFFF
        width += 6
        if width >= 8 {
            width -= 8
            let byte = UInt8(truncatingIfNeeded: bits >> width)
            // What is no text shows early; most runs are words and paths.
            if byte >= 0x7F || byte < 0x09 { return nil }
            decoded.append(byte)
        }
    }
    return isProse(decoded) ? decoded : nil
}

/// The value of a digit of base64, of either alphabet (RFC 4648).
private func sixBits(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x41...0x5A: byte - 0x41
    case 0x61...0x7A: byte - 0x61 + 26
    case 0x30...0x39: byte - 0x30 + 52
    case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
    case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
    default: nil
    }
}

func hexadecimalDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x41 + 10
    case 0x61...0x66: byte - 0x61 + 10
    default: nil
    }
}
