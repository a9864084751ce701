/// Reads texts that are carried by characters that do not show.
///
/// Tags U+E0020 to U+E007E stand for ASCII ("ASCII smuggling"), variation selectors 1 to 256 for bytes.
func readCarriers(in scalars: [Unicode.Scalar]) -> [Passage] {
    var tags: [UInt8] = []
    var selectors: [UInt8] = []
    for scalar in scalars {
        switch scalar.value {
        case 0xE0020...0xE007E: tags.append(UInt8(truncatingIfNeeded: scalar.value - 0xE0000))
        case 0xFE00...0xFE0F: selectors.append(UInt8(truncatingIfNeeded: scalar.value - 0xFE00))
        case 0xE0100...0xE01EF: selectors.append(UInt8(truncatingIfNeeded: scalar.value - 0xE0100 + 16))
        default: break
        }
    }
    var passages: [Passage] = []
    if tags.count >= 8 { passages.append(Passage(plain: tags, form: "tag characters")) }
    if isProse(selectors) { passages.append(Passage(plain: selectors, form: "variation selectors")) }
    return passages
}

/// Whether bytes read as a sentence: three words of ASCII or more.
func isProse(_ bytes: [UInt8]) -> Bool {
    guard bytes.count >= 10 else { return false }
    var letters = 0
    var gaps = 0
    for byte in bytes {
        switch byte {
        case 0x41...0x5A, 0x61...0x7A: letters += 1
        case 0x20, 0x0A: gaps += 1
        case 0x21...0x7E, 0x09, 0x0D: break
        default: return false
        }
    }
    return gaps >= 2 && letters >= bytes.count / 2
}
