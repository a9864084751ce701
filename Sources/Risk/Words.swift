/// Splits names into lower-case words: `getDeletedItems`, `get-deleted-items` and `get_deleted_items` are one.
func words(of name: String) -> [String] {
    var words: [String] = []
    var word = ""
    var wasLower = false
    for scalar in name.unicodeScalars {
        let isUpper = scalar.value >= 0x41 && scalar.value <= 0x5A
        let isLetter = isUpper || (scalar.value >= 0x61 && scalar.value <= 0x7A)
        let isDigit = scalar.value >= 0x30 && scalar.value <= 0x39
        if !isLetter && !isDigit || isUpper && wasLower {
            if !word.isEmpty { words.append(word) }
            word = ""
        }
        if isLetter || isDigit {
            word.unicodeScalars.append(isUpper ? UnicodeScalar(UInt8(scalar.value) + 32) : scalar)
        }
        wasLower = isLetter && !isUpper || isDigit
    }
    if !word.isEmpty { words.append(word) }
    return words
}
