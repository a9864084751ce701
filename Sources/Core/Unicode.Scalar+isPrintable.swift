extension Unicode.Scalar {
    /// Whether this shows as a character in its place, on a terminal and in a log.
    ///
    /// What does not: controls (C0, DEL and C1, which terminals obey), what hides, joins or reorders others (format and
    /// bidi characters, default ignorables), line ends beside U+000A, and what no font can show.
    package var isPrintable: Bool {
        if value < 0x7F { return value >= 0x20 }
        switch properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: return false
        default: return !properties.isDefaultIgnorableCodePoint && !properties.isBidiControl
        }
    }
}

extension Unicode.Scalar {
    /// The scalar by its number: "U+200B".
    package var named: String {
        let digits = String(value, radix: 16, uppercase: true)
        return "U+" + String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
    }

    /// What stands for this where a person reads: itself where it shows, a space for white space, "<U+202E>" for what hides or
    /// reorders. A variation selector says how the character before it looks, and nothing stands for it.
    package var visible: String {
        if isPrintable { return String(Character(self)) }
        if value == 0xFE0E || value == 0xFE0F { return "" }
        return properties.isWhitespace ? " " : "<\(named)>"
    }

    /// Whether whoever reads a text has to be told that this is in it: it does not show, or moves what does.
    package var isHidden: Bool {
        !isPrintable && !properties.isWhitespace && value != 0xFE0E && value != 0xFE0F
    }
}
