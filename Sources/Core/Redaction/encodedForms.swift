/// The forms in which a secret may stand in a text: as it is, in Base64 (RFC 4648 §4 and §5, wherever it begins among other
/// bytes), in hexadecimal, and with percent signs (RFC 3986 §2.1).
///
/// Of Base64 only what the secret alone determines counts, so that padding and neighbours do not matter.
package func encodedForms(of value: [UInt8]) -> Set<[UInt8]> {
    var forms: Set<[UInt8]> = [value]
    for (digits, escapes) in [(lowerDigits, true), (upperDigits, true), (upperDigits, false)] {
        var hexadecimal: [UInt8] = []
        var percent: [UInt8] = []
        for byte in value {
            let pair = [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            hexadecimal += pair
            // Some escape what they need not; most do not.
            percent += isUnreserved(byte) && escapes ? [byte] : [UInt8(ascii: "%")] + pair
        }
        forms.insert(hexadecimal)
        forms.insert(percent)
    }
    for alphabet in [standardAlphabet, webAlphabet] {
        for shift in 0..<3 { forms.insert(base64(value, shift: shift, alphabet)) }
    }
    return forms
}

private let lowerDigits = Array("0123456789abcdef".utf8)
private let upperDigits = Array("0123456789ABCDEF".utf8)
private let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
private let standardAlphabet = Array((letters + "+/").utf8)
private let webAlphabet = Array((letters + "-_").utf8)

private func isUnreserved(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"):
        true
    default: false
    }
}

/// The characters that hold nothing but bits of the value, which begins so many bytes behind a group's beginning.
private func base64(_ value: [UInt8], shift: Int, _ alphabet: [UInt8]) -> [UInt8] {
    let first = (shift * 8 + 5) / 6
    let end = (shift + value.count) * 8 / 6
    guard first < end else { return [] }
    return (first..<end).map { place in
        var bits: UInt8 = 0
        for bit in (place * 6)..<(place * 6 + 6) {
            let byte = value[bit / 8 - shift]
            bits = bits << 1 | (byte >> UInt8(7 - bit % 8) & 1)
        }
        return alphabet[Int(bits)]
    }
}
