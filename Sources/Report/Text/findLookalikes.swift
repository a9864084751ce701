import Core

/// The first word that is written with letters of two scripts that look alike, or with letters that are no letters.
///
/// Narrower than "mixed script" of UTS 39 §5.1: two ASCII letters and otherwise only letters that look like one, so that
/// units ("µs", "Δt") and inflected abbreviations ("URLов") are none; full-width letters are ordinary beside Chinese.
func findLookalikes(in scalars: [Unicode.Scalar]) -> TextFlaw? {
    var word = Letters()
    for (index, scalar) in scalars.enumerated() {
        let isStyled = scalar.value >= 0x1D400 && scalar.unstyled != nil
        if scalar.properties.isAlphabetic || isStyled || scalar.properties.isDefaultIgnorableCodePoint {
            word.add(scalar)
        } else {
            if let why = word.flaw { return TextFlaw(.lookalikes, "\(quote(scalars[word.start..<index])): \(why)") }
            word = Letters(start: index + 1)
        }
    }
    return word.flaw.map { TextFlaw(.lookalikes, "\(quote(scalars[word.start...])): \($0)") }
}

/// What kinds of letters a word has.
private struct Letters {
    var start = 0
    var latin = 0
    var foreign: Unicode.Scalar?
    var styled: Unicode.Scalar?
    var styledCount = 0
    var hasOther = false

    mutating func add(_ scalar: Unicode.Scalar) {
        if scalar.value < 0x80 {
            latin += 1
        } else if scalar.lookalike != nil {
            foreign = foreign ?? scalar
        } else if scalar.unstyled != nil {
            if !(0xFF00...0xFFFF).contains(scalar.value) {
                styledCount += 1
                styled = styled ?? scalar
            }
        } else if scalar.value >= 0x0250, scalar.properties.isAlphabetic {
            hasOther = true
        }
    }

    var flaw: String? {
        if let foreign, latin >= 2, !hasOther { return "\(foreign.named) looks like a Latin letter" }
        if let styled, styledCount >= 4 { return "\(styled.named) stands for a letter" }
        return nil
    }
}
