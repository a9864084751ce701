/// A word of a passage with what it can be.
struct SteeringWord: Sendable {
    var wording: Wording
    /// Whether a sentence begins with it.
    var opens: Bool
    var range: Range<Int>
}

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

extension SteeringWord {
    fileprivate init(
        _ text: [UInt8], _ range: Range<Int>, in bytes: [UInt8], behind gap: Range<Int>, follows last: SteeringWord?
    ) {
        self.range = range
        let gap = bytes[gap]
        let after = range.upperBound < bytes.count ? bytes[range.upperBound] : 0
        opens = last == nil || endsSentence(gap)
        wording = []
        if text.count <= 16 {
            let word = String(decoding: text, as: UTF8.self)
            wording = vocabulary[word] ?? plainer(text).flatMap { vocabulary[$0] } ?? []
            if isPlace(word, gap, after) { wording.insert(.place) }
            wording.formUnion(dress(word, gap, after, isLabel: opens || last?.isLabelPart == true))
        }
        if ends(gap, "://") { wording.insert(.address) }
        // The host of an e-mail address; "@param" stands behind a space.
        if gap.count == 1, gap.last == UInt8(ascii: "@"), last != nil, after == UInt8(ascii: ".") {
            wording.insert(.address)
        }
        obey(last, behind: gap)
    }

    fileprivate var isLabelPart: Bool { !wording.isDisjoint(with: [.system, .orders, .bypasses]) }

    /// Makes "do not" one order, and none of what only says what does not happen: "they do not", "it never".
    private mutating func obey(_ last: SteeringWord?, behind gap: ArraySlice<UInt8>) {
        let before = last?.wording ?? []
        let canOrder = opens || gap.count > 1 || !before.isDisjoint(with: [.leads, .roleTag])
        if wording.contains(.not) {
            if !before.isDisjoint(with: [.forbids, .commands]) { wording.insert(.forbids) }
        } else if wording.contains(.do_) {
            if canOrder { wording.insert(.forbids) }
        } else if wording.contains(.forbids), !canOrder {
            wording.remove(.forbids)
        }
    }
}

/// Whether what stands between two words ends a sentence; a single line end does not, nor does the dot of a name.
private func endsSentence(_ gap: ArraySlice<UInt8>) -> Bool {
    var mayEnd = false
    var lines = 0
    for byte in gap {
        switch byte {
        case UInt8(ascii: "."), UInt8(ascii: "!"), UInt8(ascii: "?"): mayEnd = true
        case UInt8(ascii: ">"), UInt8(ascii: "]"): return true
        case UInt8(ascii: " "), UInt8(ascii: "\t"): if mayEnd { return true }
        case UInt8(ascii: "\n"):
            if mayEnd { return true }
            lines += 1
        case UInt8(ascii: "-"), UInt8(ascii: "*"): if lines > 0 { lines += 1 }
        default: break
        }
    }
    return lines > 1
}

/// Whether a word is the name of a file with secrets: ".env" and "/etc/passwd" are, "process.env" and "shadow" are not.
private func isPlace(_ word: String, _ gap: ArraySlice<UInt8>, _ after: UInt8) -> Bool {
    if gap.last == UInt8(ascii: ".") { return gap.count > 1 && secretFiles.contains(word) }
    guard gap.last == UInt8(ascii: "/") else { return false }
    return gap.count == 1 && (word == "passwd" || word == "shadow") || word == "mcp" && after == UInt8(ascii: ".")
}

/// What a tag, a label or the beginning of a comment makes of a word.
private func dress(_ word: String, _ gap: ArraySlice<UInt8>, _ after: UInt8, isLabel: Bool) -> Wording {
    if ends(gap, "<|"), roleTags.contains(word) || chatTokens.contains(word) { return .chatToken }
    switch gap.last {
    case UInt8(ascii: "["):
        return roleTags.contains(word) ? .roleTag : chatTokens.contains(word) ? .chatToken : []
    case UInt8(ascii: "<"):
        if roleTags.contains(word) { return .roleTag }
        return ends(gap, "<<") && chatTokens.contains(word) ? .chatToken : []
    default:
        if after == UInt8(ascii: ":"), isLabel, word == "system" || word == "directive" { return .roleTag }
        return ends(gap, "<!--") || ends(gap, "<!-- ") ? .roleTag : []
    }
}

private func ends(_ gap: ArraySlice<UInt8>, _ mark: StaticString) -> Bool {
    guard gap.count >= mark.utf8CodeUnitCount else { return false }
    return gap.suffix(mark.utf8CodeUnitCount).elementsEqual(mark.description.utf8)
}

/// A word with the letters that its digits stand for: "1gn0r3".
private func plainer(_ text: [UInt8]) -> String? {
    guard text.contains(where: { $0 >= 0x30 && $0 <= 0x39 }), text.contains(where: { $0 >= 0x61 }) else { return nil }
    let letters = text.map { byte -> UInt8 in
        switch byte {
        case UInt8(ascii: "0"): UInt8(ascii: "o")
        case UInt8(ascii: "1"): UInt8(ascii: "i")
        case UInt8(ascii: "3"): UInt8(ascii: "e")
        case UInt8(ascii: "4"): UInt8(ascii: "a")
        case UInt8(ascii: "5"): UInt8(ascii: "s")
        case UInt8(ascii: "7"): UInt8(ascii: "t")
        default: byte
        }
    }
    return String(decoding: letters, as: UTF8.self)
}
