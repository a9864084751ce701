/// Whether a text gives a secret away: as it is, as JSON text, or in base64, base64url, hexadecimal or percent-encoding.
///
/// Other transformations are out of reach. Secrets shorter than six bytes are looked for as they are only: their
/// encodings would be found by chance.
package func leaks(_ secret: [UInt8], in text: [UInt8]) -> Bool {
    guard !secret.isEmpty, secret.count <= text.count else { return false }
    if isHeld(secret, in: text) { return true }
    // Of `user:password` the password alone is a secret too.
    guard let colon = secret.firstIndex(of: 0x3A), secret.count - colon > 6 else { return false }
    return isHeld(Array(secret[(colon + 1)...]), in: text)
}

private func isHeld(_ secret: [UInt8], in text: [UInt8]) -> Bool {
    if text.holds(secret) { return true }
    guard secret.count >= 6 else { return false }
    // Whatever of it stands with percent signs, and if those are escaped once more.
    var decoded = text
    for _ in 0..<2 where decoded.span.holds(0x25) {
        decoded = percentDecoded(decoded)
        if decoded.holds(secret) { return true }
    }
    return encodings(of: secret, worthLookingFor: text).contains { text.holds($0) }
}

/// The encodings that the text has room and the right characters for.
private func encodings(of secret: [UInt8], worthLookingFor text: [UInt8]) -> [[UInt8]] {
    var forms: [[UInt8]] = []
    // The shortest form first: most texts have no room for that one.
    if hasRun(of: secret.count * 4 / 3 - 3, in: text.span) {
        for offset in 0..<3 {
            forms.append(base64Middle(secret, offset: offset, plus: 0x2B, slash: 0x2F))
            forms.append(base64Middle(secret, offset: offset, plus: 0x2D, slash: 0x5F))
        }
        if hasRun(of: secret.count * 2, in: text.span) {
            forms.append(hexadecimal(secret, letters: 0x61))
            forms.append(hexadecimal(secret, letters: 0x41))
        }
    }
    return forms
}

/// Whether so many bytes of an encoding stand one after another.
///
/// Such a run covers every place that is a multiple of its length, so that most of the text is not looked at.
private func hasRun(of length: Int, in text: Span<UInt8>) -> Bool {
    guard length > 0 else { return true }
    var place = length - 1
    while place < text.count {
        guard isOfEncoding(text[place]) else {
            place += length
            continue
        }
        var start = place
        while start > 0, place - start < length - 1, isOfEncoding(text[start - 1]) { start -= 1 }
        var end = place + 1
        while end < text.count, end - start < length, isOfEncoding(text[end]) { end += 1 }
        if end - start >= length { return true }
        // Nothing that begins before the byte that ended this run is long enough.
        place = end + length
    }
    return false
}

/// Whether base64, base64url or hexadecimal text may hold the byte, or JSON's escape of a slash in one.
private func isOfEncoding(_ byte: UInt8) -> Bool {
    // 0-9 + - / and A-Z a-z _ \\ as bits.
    let word: UInt64 = byte < 64 ? 0x03FF_A800_0000_0000 : byte < 128 ? 0x07FF_FFFE_97FF_FFFE : 0
    return word >> UInt64(byte & 63) & 1 == 1
}

/// The characters of the base64 text that depend on the secret alone when it begins at this offset of a group.
private func base64Middle(_ secret: [UInt8], offset: Int, plus: UInt8, slash: UInt8) -> [UInt8] {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8) + [plus, slash]
    let padded = [UInt8](repeating: 0, count: offset) + secret
    var text: [UInt8] = []
    for start in stride(from: 0, to: padded.count - 2, by: 3) {
        let word = Int(padded[start]) << 16 | Int(padded[start + 1]) << 8 | Int(padded[start + 2])
        for place in 0..<4 { text.append(alphabet[word >> (18 - 6 * place) & 63]) }
    }
    // The first group mixes in what stands before the secret.
    return offset == 0 ? text : Array(text.dropFirst(4))
}

private func hexadecimal(_ secret: [UInt8], letters: UInt8) -> [UInt8] {
    secret.flatMap { byte in
        [byte >> 4, byte & 15].map { $0 < 10 ? 0x30 + $0 : letters + $0 - 10 }
    }
}

/// With the byte in the place of each percent sign and its two digits (RFC 3986 §2.1); what is no such group stays.
private func percentDecoded(_ text: [UInt8]) -> [UInt8] {
    var decoded: [UInt8] = []
    decoded.reserveCapacity(text.count)
    var index = 0
    while index < text.count {
        if text[index] == 0x25, index + 2 < text.count, let high = digit(text[index + 1]),
            let low = digit(text[index + 2])
        {
            decoded.append(high << 4 | low)
            index += 3
        } else {
            decoded.append(text[index])
            index += 1
        }
    }
    return decoded
}

private func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x37
    case 0x61...0x66: byte - 0x57
    default: nil
    }
}

/// With everything but unreserved characters escaped (RFC 3986 §2.3).
package func percentEncoded(_ bytes: [UInt8]) -> [UInt8] {
    bytes.flatMap { byte -> [UInt8] in
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: [byte]
        default: [0x25] + hexadecimal([byte], letters: 0x41)
        }
    }
}

extension Span<UInt8> {
    /// Whether the byte is among these. Eight are looked at together, since most texts do not have it.
    package func holds(_ byte: UInt8) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let wanted = ones &* UInt64(byte)
        let raw = unsafe bytes
        var index = 0
        while index + 8 <= count {
            // The load checks its bounds; every bit pattern is a UInt64. A byte that is zero borrows from its neighbour.
            let word = unsafe raw.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self) ^ wanted
            if (word &- ones) & ~word & (ones << 7) != 0 { return true }
            index += 8
        }
        while index < count {
            if self[index] == byte { return true }
            index += 1
        }
        return false
    }
}

extension [UInt8] {
    /// Whether the other bytes stand somewhere in these.
    fileprivate func holds(_ other: [UInt8]) -> Bool {
        guard let first = other.first, other.count <= count else { return false }
        let text = span, word = other.span
        let last = text.count - word.count
        var start = 0
        while start <= last {
            if text[start] == first {
                var length = 1
                while length < word.count, text[start + length] == word[length] { length += 1 }
                if length == word.count { return true }
            }
            start += 1
        }
        return false
    }
}
