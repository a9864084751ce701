/// Foreign text made fit for a sentence: quoted, short, without characters that act on a terminal or a page.
enum Shown {
    static let maxCharacters = 64

    /// At most 64 scalars in quotation marks; control, format and bidirectional characters become `?`.
    static func text(_ text: String) -> String {
        "\"\(plain(text))\""
    }

    /// The same without quotation marks.
    static func plain(_ text: String) -> String {
        var shown = ""
        for (position, scalar) in text.unicodeScalars.enumerated() {
            if position == maxCharacters {
                shown.unicodeScalars.append("…")
                break
            }
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned, .surrogate:
                shown.unicodeScalars.append("?")
            default: shown.unicodeScalars.append(scalar)
            }
        }
        return shown
    }
}
