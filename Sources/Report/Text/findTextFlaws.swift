/// What in a text is not meant for the person who reads it, each kind at most once, in the order of ``TextFlaw/Kind``.
///
/// Total, deterministic, and linear in the length of the text. It finds what shows a pattern; a clever author gets by,
/// so an empty answer is no proof of a harmless text.
/// - Parameters:
///   - text: a description, a title, or any other text that a model will read as part of a tool.
///   - longest: the bytes of UTF-8 above which a text is too long. Whatever it says, a text is looked at up to 64 KiB,
///     and a longer one is too long.
package func findTextFlaws(in text: String, longest: Int = 4096) -> [TextFlaw] {
    let lookedAt = 65_536
    var bytes = [UInt8](text.utf8.prefix(lookedAt))
    // A scalar cut in half at the bound belongs to what is not looked at.
    if text.utf8.count > bytes.count {
        while let last = bytes.last, last & 0xC0 == 0x80 { bytes.removeLast() }
        if let last = bytes.last, last >= 0xC0 { bytes.removeLast() }
    }
    var flaws: [TextFlaw] = []
    var passages: [Passage] = []
    if isPlain(bytes) {
        passages.append(Passage(plain: bytes))
    } else {
        let scalars = Array(String(decoding: bytes, as: UTF8.self).unicodeScalars)
        flaws += findHiddenScalars(in: scalars)
        if let flaw = findLookalikes(in: scalars) { flaws.append(flaw) }
        passages.append(Passage(folding: scalars))
        passages += readCarriers(in: scalars)
    }
    let plain = passages[0].bytes
    let encoded = findEncodedText(in: plain) + findEscapedText(in: plain)
    if let first = encoded.first(where: \.isFlaw) {
        flaws.append(TextFlaw(.encodedText, "\(first.form), read as \(quote(first.bytes))"))
    }
    passages += encoded.map { Passage(plain: $0.bytes, form: $0.form) }
    if let hidden = findHiddenMarkup(in: plain) {
        flaws.append(TextFlaw(.hiddenMarkup, "\(hidden.form) with \(passages[0].quoted(hidden.range))"))
    }
    if let flaw = passages.lazy.compactMap(findInstruction(in:)).first { flaws.append(flaw) }
    let length = text.utf8.count
    let most = max(0, min(longest, lookedAt))
    if length > most { flaws.append(TextFlaw(.tooLong, "\(length) bytes, more than \(most)")) }
    return flaws
}

/// Whether every byte shows in its place.
private func isPlain(_ bytes: [UInt8]) -> Bool {
    bytes.allSatisfy { $0 >= 0x20 && $0 < 0x7F || $0 == 0x0A || $0 == 0x09 }
}
