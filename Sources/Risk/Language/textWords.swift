/// Splits the beginning of a text into words that know what stands before them.
///
/// - Parameters:
///   - limit: how many bytes are looked at; what comes after them says nothing.
///   - most: how many words are looked at.
func textWords(_ text: String, limit: Int = 900, most: Int = 110) -> [Word] {
    var words: [Word] = []
    words.reserveCapacity(64)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(32)
    var border = Word.Border.end
    func close() {
        guard !bytes.isEmpty else { return }
        append(String(decoding: bytes, as: UTF8.self), border, to: &words)
        bytes.removeAll(keepingCapacity: true)
        border = .joint
    }
    let input = Array(text.utf8.prefix(limit))
    var index = 0
    while index < input.count {
        let byte = input[index]
        // "call `/items/create` first": an address names another operation.
        if byte == UInt8(ascii: "/"), let end = addressEnd(in: input, from: index) {
            close()
            border = strongest(border, strongest(mark(byte), mark(input[end - 1])))
            index = end
            continue
        }
        index += 1
        if let letter = lowerCase(byte) {
            bytes.append(letter)
            if bytes.count < 40 { continue }
        }
        // "doesn't" is one word.
        if byte == UInt8(ascii: "'") { continue }
        close()
        if words.count >= most { return words }
        border = strongest(border, mark(byte))
    }
    close()
    return words
}

/// The byte of a word in lower case; nil for what separates words.
private func lowerCase(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x41...0x5A: byte + 32
    case 0x61...0x7A, 0x80...0xFF, 0x30...0x39, UInt8(ascii: "_"): byte
    default: nil
    }
}

/// Where an address ends that begins at a slash; nil where none does.
///
/// It begins where a word could, and stands in backticks or has a second slash: of "orders/items" and "Get /Update" the words are read.
private func addressEnd(in input: [UInt8], from start: Int) -> Int? {
    let before = start > 0 ? input[start - 1] : UInt8(ascii: " ")
    let isCode = before == UInt8(ascii: "`")
    guard
        isCode || before <= UInt8(ascii: " ") || before == UInt8(ascii: "\"") || before == UInt8(ascii: "(")
            || before == UInt8(ascii: "<")
    else { return nil }
    var end = start + 1
    while end < input.count, !endsAddress(input[end]) { end += 1 }
    let hasParts = input[(start + 1)..<end].contains(UInt8(ascii: "/"))
    return isCode || hasParts || before == UInt8(ascii: "<") ? end : nil
}

private func endsAddress(_ byte: UInt8) -> Bool {
    switch byte {
    case 0...0x20, 0x80...0xFF, UInt8(ascii: "`"), UInt8(ascii: ")"), UInt8(ascii: ">"), UInt8(ascii: "\""),
        UInt8(ascii: ","), UInt8(ascii: ";"):
        true
    default: false
    }
}

private func mark(_ byte: UInt8) -> Word.Border {
    switch byte {
    case UInt8(ascii: "."), UInt8(ascii: "\n"), UInt8(ascii: "!"), UInt8(ascii: "?"), UInt8(ascii: "*"): .end
    case UInt8(ascii: ":"), UInt8(ascii: ";"), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "{"),
        UInt8(ascii: "}"), UInt8(ascii: "["), UInt8(ascii: "]"):
        .stop
    case UInt8(ascii: ","), UInt8(ascii: "/"): .comma
    case UInt8(ascii: " "), UInt8(ascii: "\t"): .space
    default: .joint
    }
}

private func strongest(_ left: Word.Border, _ right: Word.Border) -> Word.Border {
    left.rawValue >= right.rawValue ? left : right
}

private let particles = WordTable(["up", "out", "off", "down", "back", "over", "in", "on"])

/// Adds a word; a verb and its particle are one ("set up", "turns off").
private func append(_ text: String, _ border: Word.Border, to words: inout [Word]) {
    if border == .space, particles.contains(text), let last = words.last {
        let stem = last.entry?.lemma ?? (last.text.hasSuffix("s") ? String(last.text.dropLast()) : last.text)
        if Lexicon.shared[stem + text]?.isVerb == true {
            words[words.count - 1] = Word(stem + text, border: last.border)
            return
        }
    }
    words.append(Word(text, border: border))
}
