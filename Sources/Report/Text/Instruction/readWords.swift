/// Splits a passage into words by what they can be in a sentence that steers.
func readWords(_ bytes: [UInt8]) -> [SteeringWord] {
    var words: [SteeringWord] = []
    words.reserveCapacity(bytes.count / 6 + 1)
    var text: [UInt8] = []
    var start = 0
    var gap = 0..<0
    for index in 0...bytes.count {
        let byte = index < bytes.count ? bytes[index] : 0
        if let letter = folded(byte) {
            if text.isEmpty {
                start = index
                gap = (words.last?.range.upperBound ?? 0)..<index
            }
            text.append(letter)
            continue
        }
        if byte == UInt8(ascii: "'"), !text.isEmpty { continue }
        guard !text.isEmpty else { continue }
        words.append(SteeringWord(text, start..<index, in: bytes, behind: gap, follows: words.last))
        text.removeAll(keepingCapacity: true)
    }
    return words
}

private func folded(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x41...0x5A: byte + 32
    case 0x61...0x7A, 0x30...0x39, 0x80...0xFF, UInt8(ascii: "_"): byte
    default: nil
    }
}
