/// The first word that is written with letters of two scripts that look alike, or with letters that are no letters.
///
/// A word needs two ASCII letters beside the foreign one, so that units and formulas ("µs", "Δt") are none (UTS 39 §5.1
/// would call them mixed as well); full-width letters are ordinary beside Chinese and Japanese.
func findLookalikes(in scalars: [Unicode.Scalar]) -> TextFlaw? {
    var start = 0
    var latin = 0
    var foreign: Unicode.Scalar?
    var styled = 0
    func flaw(_ end: Int) -> TextFlaw? {
        let word = scalars[start..<end]
        if let foreign, latin >= 2 {
            return TextFlaw(.lookalikes, "\(quote(word)): \(named(foreign)) looks like a Latin letter")
        }
        if styled >= 4 { return TextFlaw(.lookalikes, "\(quote(word)): \(named(scalars[start])) stands for a letter") }
        return nil
    }
    for (index, scalar) in scalars.enumerated() {
        let value = scalar.value
        let isLetter =
            value < 0x80
            ? scalar.properties.isAlphabetic
            : scalar.properties.isAlphabetic || value >= 0x1D400 && scalar.unstyled != nil
        guard isLetter || scalar.properties.isDefaultIgnorableCodePoint else {
            if let flaw = flaw(index) { return flaw }
            start = index + 1
            latin = 0
            foreign = nil
            styled = 0
            continue
        }
        if value < 0x80 {
            latin += 1
        } else if scalar.lookalike != nil {
            foreign = foreign ?? scalar
        } else if value < 0xFF00 || value > 0xFFFF, scalar.unstyled != nil {
            styled += 1
        }
    }
    return flaw(scalars.count)
}
