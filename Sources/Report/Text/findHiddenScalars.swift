import Core

/// Characters that do not show in their place, one flaw for each kind.
func findHiddenScalars(in scalars: [Unicode.Scalar]) -> [TextFlaw] {
    var first: [TextFlaw.Kind: Int] = [:]
    var count: [TextFlaw.Kind: Int] = [:]
    let isRightToLeft = scalars.contains { (0x0590...0x08FF).contains($0.value) }
    for index in scalars.indices {
        guard let kind = hiddenKind(scalars, index, isRightToLeft) else { continue }
        count[kind, default: 0] += 1
        if first[kind] == nil { first[kind] = index }
    }
    return TextFlaw.Kind.allCases.compactMap { kind in
        guard let index = first[kind], let count = count[kind] else { return nil }
        let more = count > 1 ? " and \(count - 1) more" : ""
        if kind == .invisibleCharacters, let carried = readCarriers(in: scalars).first {
            return TextFlaw(kind, "\(scalars[index].named)\(more), which spell \(quote(carried.bytes))")
        }
        let around = scalars[max(0, index - 20)..<min(scalars.count, index + 40)]
        return TextFlaw(kind, "\(scalars[index].named)\(more) in \(quote(around))")
    }
}

private func hiddenKind(_ scalars: [Unicode.Scalar], _ index: Int, _ isRightToLeft: Bool) -> TextFlaw.Kind? {
    let scalar = scalars[index]
    let value = scalar.value
    if value >= 0x20 && value < 0x7F || value == 0x0A || value == 0x09 { return nil }
    if value < 0x20 || value < 0xA0 {
        let isLineEnd = value == 0x0D && index + 1 < scalars.count && scalars[index + 1] == "\n"
        return isLineEnd ? nil : .controlCharacters
    }
    if value == 0x2028 || value == 0x2029 { return .controlCharacters }
    let properties = scalar.properties
    if properties.isBidiControl {
        // Marks belong to the typing of right-to-left scripts; embeddings, overrides and isolates reorder.
        let isMark = value == 0x200E || value == 0x200F || value == 0x061C
        return isMark && isRightToLeft ? nil : .directionChanges
    }
    // Prepended signs of Arabic and Syriac numbers are format characters that show.
    let isFormat = properties.generalCategory == .format && !(0x0600...0x08FF).contains(value)
    guard isFormat || properties.isDefaultIgnorableCodePoint else { return nil }
    return hasPurpose(scalars, index) ? nil : .invisibleCharacters
}

/// Whether an invisible character does what it is for: joins emoji or letters of a script that needs it, or varies.
private func hasPurpose(_ scalars: [Unicode.Scalar], _ index: Int) -> Bool {
    guard index > 0 else { return false }
    let before = scalars[index - 1]
    switch scalars[index].value {
    case 0x200C, 0x200D:
        guard index + 1 < scalars.count else { return false }
        let after = scalars[index + 1]
        if joins(before), joins(after) { return true }
        let isEmoji = before.properties.isEmoji || before.value == 0xFE0F
        return scalars[index].value == 0x200D && isEmoji && before.value > 0x7F && after.properties.isEmoji
            && after.value > 0x7F
    case 0xFE0E, 0xFE0F:
        return before.properties.isEmoji
    case 0xE0100...0xE01EF:
        return before.properties.isIdeographic
    case 0xE0020...0xE007F:
        // The flag of a region: a black flag, at most six tags, the end (UTS 51).
        for back in 1...7 where index >= back {
            if scalars[index - back].value == 0x1F3F4 {
                return scalars[index...].prefix(8 - back).contains { $0.value == 0xE007F }
            }
            if !(0xE0020...0xE007E).contains(scalars[index - back].value) { return false }
        }
        return false
    default:
        return false
    }
}

/// Whether a letter belongs to a script in which joiners change how it looks: Arabic and its neighbours, Indic, Khmer,
/// Mongolian.
private func joins(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x0600...0x08FF, 0x0900...0x0DFF, 0x0F00...0x109F, 0x1780...0x18AF, 0xFB50...0xFDFF, 0xFE70...0xFEFC: true
    default: false
    }
}
