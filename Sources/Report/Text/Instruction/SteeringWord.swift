import Risk

/// A word of a passage with what it can be.
struct SteeringWord: Sendable {
    var wording: Wording
    /// Whether a sentence begins with it.
    var opens: Bool
    var range: Range<Int>

    init(
        _ text: [UInt8], _ range: Range<Int>, in bytes: [UInt8], behind gap: Range<Int>, follows last: SteeringWord?
    ) {
        self.range = range
        // Most words stand behind one space and before another, where nothing gives them another meaning.
        if gap.count == 1, bytes[gap.lowerBound] == 0x20, range.upperBound < bytes.count, text.count <= 32, let last {
            let after = bytes[range.upperBound]
            if after == 0x20 || after == UInt8(ascii: ",") {
                opens = false
                wording = vocabulary[text] ?? plainer(text).flatMap { vocabulary[$0] } ?? []
                if text.dropFirst().dropLast().contains(UInt8(ascii: "_")) { wording.insert(.toolName) }
                if !wording.isEmpty { obey(last, behind: bytes[gap]) }
                return
            }
        }
        let gap = bytes[gap]
        let after = range.upperBound < bytes.count ? bytes[range.upperBound] : 0
        opens = last == nil || endsSentence(gap)
        wording = []
        if text.count <= 32 {
            wording = vocabulary[text] ?? plainer(text).flatMap { vocabulary[$0] } ?? []
            if isPlace(text, gap, after) { wording.insert(.place) }
            if text.dropFirst().dropLast().contains(UInt8(ascii: "_")) { wording.insert(.toolName) }
            let isLoud = bytes[range].prefix(2).allSatisfy { $0 >= 0x41 && $0 <= 0x5A }
            let isLabel = after == UInt8(ascii: ":") && (opens || last?.isLabelPart == true)
            if isLabel || isDressed(gap) {
                wording.formUnion(
                    dress(String(decoding: text, as: UTF8.self), gap, isLoud: isLoud, isLabel: isLabel))
            }
        }
        // A message of a conversation as JSON.
        if wording.contains(.system), last?.wording.contains(.role) == true, gap.contains(UInt8(ascii: "\"")) {
            wording.insert(.roleTag)
        }
        if ends(gap, "://") { wording.insert(.address) }
        // The host of an e-mail address; "@param" stands behind a space.
        if gap.count == 1, gap.last == UInt8(ascii: "@"), last != nil, after == UInt8(ascii: ".") {
            wording.insert(.address)
        }
        obey(last, behind: gap)
    }

    private var isLabelPart: Bool { !wording.isDisjoint(with: [.system, .orders, .bypasses]) }

    /// Makes "do not" one order, and none of what only says what does not happen: "they do not", "it never".
    private mutating func obey(_ last: SteeringWord?, behind gap: ArraySlice<UInt8>) {
        let before = last?.wording ?? []
        let canOrder = opens || gap.count > 1 || !before.isDisjoint(with: [.leads, .roleTag])
        if wording.contains(.not) {
            if !before.isDisjoint(with: [.forbids, .commands, .leads]) { wording.insert(.forbids) }
        } else if wording.contains(.auxiliary) {
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
private func isPlace(_ text: [UInt8], _ gap: ArraySlice<UInt8>, _ after: UInt8) -> Bool {
    guard gap.last == UInt8(ascii: ".") || gap.last == UInt8(ascii: "/") else { return false }
    let word = String(decoding: text, as: UTF8.self)
    if gap.last == UInt8(ascii: ".") { return gap.count > 1 && secretFiles.contains(word) || ends(gap, "~/.") }
    if ends(gap, "~/") { return true }
    return gap.count == 1 && (word == "passwd" || word == "shadow") || word == "mcp" && after == UInt8(ascii: ".")
}

/// Whether what stands before a word can be the beginning of a tag, a token or a comment.
private func isDressed(_ gap: ArraySlice<UInt8>) -> Bool {
    switch gap.last {
    case UInt8(ascii: "["), UInt8(ascii: "<"), UInt8(ascii: "/"), UInt8(ascii: "|"), UInt8(ascii: "-"): true
    case UInt8(ascii: " "): ends(gap, "<!-- ")
    default: false
    }
}

/// What a tag, a label or the beginning of a comment makes of a word.
///
/// Names of roles in small letters are placeholders ("<user>:<secret>") unless they close an element.
private func dress(_ word: String, _ gap: ArraySlice<UInt8>, isLoud: Bool, isLabel: Bool) -> Wording {
    let isRole = roleNames.contains(word)
    if ends(gap, "<|"), isRole || chatTokens.contains(word) { return .chatToken }
    switch gap.last {
    case UInt8(ascii: "["), UInt8(ascii: "<"):
        if urgentNames.contains(word) || isRole && isLoud { return .roleTag }
        return chatTokens.contains(word) && (gap.last == UInt8(ascii: "[") || ends(gap, "<<")) ? .chatToken : []
    case UInt8(ascii: "/"):
        return ends(gap, "</") && (isRole || urgentNames.contains(word)) ? .roleTag : []
    default:
        if isLabel, word == "system" || word == "directive" { return .roleTag }
        return ends(gap, "<!--") || ends(gap, "<!-- ") ? .roleTag : []
    }
}

private func ends(_ gap: ArraySlice<UInt8>, _ mark: StaticString) -> Bool {
    guard gap.count >= mark.utf8CodeUnitCount else { return false }
    return gap.suffix(mark.utf8CodeUnitCount).elementsEqual(mark.description.utf8)
}

/// A word with the letters that its digits stand for: "1gn0r3".
private func plainer(_ text: [UInt8]) -> [UInt8]? {
    guard text.contains(where: { $0 >= 0x30 && $0 <= 0x39 }), text.contains(where: { $0 >= 0x61 }) else { return nil }
    return text.map { byte -> UInt8 in
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
}
