import JSON

enum PointerFormats {
    /// RFC 6901 §3.
    static func isPointer(_ text: String) -> Bool {
        JSONPointer(parsing: text) != nil
    }

    /// A number of levels up, then `#` or a pointer (draft-handrews-relative-json-pointer-01 §3).
    static func isRelativePointer(_ text: String) -> Bool {
        let digits = text.utf8.prefix(while: ASCII.isDigit)
        guard let first = digits.first, first != 0x30 || digits.count == 1 else { return false }
        let rest = String(text[digits.endIndex...])
        return rest == "#" || isPointer(rest)
    }

    /// RFC 9562 §4, in either case.
    static func isUUID(_ text: String) -> Bool {
        var count = 0
        for byte in text.utf8 {
            let isDash = count == 8 || count == 13 || count == 18 || count == 23
            guard isDash ? byte == 0x2D : ASCII.isHex(byte) else { return false }
            count += 1
        }
        return count == 36
    }
}
