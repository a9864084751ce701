/// Text from a document made fit to be shown: bounded, and without characters that hide, reorder or imitate.
///
/// Removed are control characters, bidirectional controls, and what Unicode calls default ignorable (zero-width
/// characters, tags, variation selectors, fillers).
enum CleanText {
    /// One line; white space of every kind becomes a single space.
    static func line(_ text: String, limit: Int) -> String {
        clean(text, limit: limit, keepsLines: false)
    }

    /// Lines stay; other white space becomes a space.
    static func block(_ text: String, limit: Int) -> String {
        clean(text, limit: limit, keepsLines: true)
    }

    /// A word of the document inside a sentence of ours.
    static func quoted(_ text: String) -> String {
        "\"" + line(text, limit: 120) + "\""
    }

    private static func clean(_ text: String, limit: Int, keepsLines: Bool) -> String {
        if isClean(text, limit: limit, keepsLines: keepsLines) { return text }
        var result = String.UnicodeScalarView()
        var count = 0
        var lastIsSpace = true
        var isCut = false
        for scalar in text.unicodeScalars {
            var scalar = scalar
            switch scalar.value {
            case 0x0A where keepsLines, 0x2028 where keepsLines, 0x2029 where keepsLines: scalar = "\n"
            case 0x09, 0x0A, 0x0D, 0x2028, 0x2029: scalar = " "
            default: if isHidden(scalar) { continue }
            }
            let isSpace = scalar == " "
            if isSpace && lastIsSpace && !keepsLines { continue }
            guard count < limit else {
                isCut = true
                break
            }
            lastIsSpace = isSpace
            result.append(scalar)
            count += 1
        }
        while let last = result.last, last == " " || last == "\n" { result.removeLast() }
        if isCut { result.append("…") }
        return String(result)
    }

    /// Printable ASCII within the limit, the usual case.
    private static func isClean(_ text: String, limit: Int, keepsLines: Bool) -> Bool {
        guard text.utf8.count <= limit else { return false }
        var last: UInt8 = 0x20
        for byte in text.utf8 {
            guard byte >= 0x20 && byte < 0x7F || byte == 0x0A && keepsLines else { return false }
            if byte == 0x20 && last == 0x20 && !keepsLines { return false }
            last = byte
        }
        return last > 0x20 || text.utf8.isEmpty
    }

    static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.value < 0x20 || scalar.value >= 0x7F && scalar.value < 0xA0 { return true }
        if scalar.value < 0xA0 { return false }
        if scalar.value >= 0xFFF9 && scalar.value <= 0xFFFB { return true }
        return scalar.properties.isDefaultIgnorableCodePoint || scalar.properties.isBidiControl
            || scalar.value == 0x2028 || scalar.value == 0x2029
    }
}
