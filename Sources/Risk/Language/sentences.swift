/// Splits the beginning of a text into words that know what stands before them.
///
/// - Parameters:
///   - limit: how many bytes are looked at; what comes after them says nothing.
///   - most: how many words are looked at.
func words(ofText text: String, limit: Int = 900, most: Int = 110) -> [Word] {
    var words: [Word] = []
    words.reserveCapacity(64)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(32)
    var border = Word.Border.end
    var dots = false
    for byte in text.utf8.prefix(limit) {
        let isUpper = byte >= 0x41 && byte <= 0x5A
        let isWord = isUpper || byte >= 0x61 && byte <= 0x7A || byte >= 0x80 || byte >= 0x30 && byte <= 0x39
            || byte == UInt8(ascii: "_")
        if isWord {
            if dots, bytes.isEmpty { dots = false }
            bytes.append(isUpper ? byte + 32 : byte)
            if bytes.count < 40 { continue }
        }
        if byte == UInt8(ascii: "'") { continue }
        if !bytes.isEmpty {
            append(String(decoding: bytes, as: UTF8.self), border, to: &words)
            if words.count >= most { return words }
            bytes.removeAll(keepingCapacity: true)
            border = .joint
        }
        switch byte {
        case UInt8(ascii: "."), UInt8(ascii: "\n"), UInt8(ascii: "!"), UInt8(ascii: "?"), UInt8(ascii: "*"):
            border = .end
        case UInt8(ascii: ":"), UInt8(ascii: ";"), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "{"),
            UInt8(ascii: "}"), UInt8(ascii: "["), UInt8(ascii: "]"):
            if border != .end { border = .stop }
        case UInt8(ascii: ","), UInt8(ascii: "/"): if border != .end && border != .stop { border = .comma }
        case UInt8(ascii: " "), UInt8(ascii: "\t"): if border == .joint { border = .space }
        default: break
        }
    }
    if !bytes.isEmpty { append(String(decoding: bytes, as: UTF8.self), border, to: &words) }
    return words
}

private func append(_ text: String, _ border: Word.Border, to words: inout [Word]) {
    // "set up" is one verb.
    if border == .space, let last = words.last, text == "up" || text == "out" || text == "off" || text == "down" || text == "back" || text == "over",
        last.isVerb([.base, .third]) || last.text == "look" || last.text == "looks" || last.text == "set" || last.text == "sets"
    {
        let stem = last.entry?.lemma ?? last.text
        let whole = (stem == "looks" ? "look" : stem == "sets" ? "set" : stem) + text
        if Lexicon.shared[whole]?.isVerb == true {
            words[words.count - 1] = Word(whole, border: last.border)
            return
        }
    }
    words.append(Word(text, border: border))
}
