import Core

/// A text in quotation marks for a reviewer: at most 80 characters, what does not show as U+XXXX, on one line.
func quote<Text: Sequence<Unicode.Scalar>>(_ text: Text) -> String {
    var shown = ""
    var width = 0
    for scalar in text {
        let piece: String
        if scalar == "\n" || scalar == "\t" || scalar == " " {
            piece = shown.unicodeScalars.last == " " ? "" : " "
        } else if scalar.isPrintable {
            piece = String(Character(scalar))
        } else {
            piece = "<\(scalar.named)>"
        }
        width += piece.unicodeScalars.count
        if width > 76 { return "\"\(shown) …\"" }
        shown.unicodeScalars.append(contentsOf: piece.unicodeScalars)
    }
    return "\"\(shown)\""
}

func quote(_ bytes: [UInt8]) -> String {
    quote(String(decoding: bytes.prefix(400), as: UTF8.self).unicodeScalars)
}
