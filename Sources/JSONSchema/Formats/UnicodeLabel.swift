/// The rules for a label of an internationalised host name (RFC 5891 §4.2, RFC 5892, RFC 5893 §2).
///
/// The standard library knows neither joining types nor bidirectional classes: joiners are taken for right between
/// Arabic letters, and the letters of Hebrew and Arabic for all that run right to left.
struct UnicodeLabel {
    private let scalars: [Unicode.Scalar]

    /// - Returns: nil when a code is not a scalar.
    init?(_ codes: [UInt32]) {
        scalars = codes.compactMap(Unicode.Scalar.init)
        guard scalars.count == codes.count else { return nil }
    }

    var isASCII: Bool { scalars.allSatisfy(\.isASCII) }

    var isRightToLeft: Bool { scalars.contains(where: Self.isRightToLeft) }

    /// RFC 5893 §2, rule 1.
    var startsWithLetter: Bool { scalars.first?.properties.isAlphabetic ?? false }

    var isValid: Bool {
        guard let first = scalars.first, first != "-", scalars.last != "-" else { return false }
        if scalars.count >= 4, scalars[2] == "-", scalars[3] == "-" { return false }
        switch first.properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark: return false
        default: break
        }
        guard scalars.indices.allSatisfy(isAllowed) else { return false }
        let hasArabicDigits = scalars.contains { ("\u{660}"..."\u{669}").contains($0) }
        let hasExtendedDigits = scalars.contains { ("\u{6F0}"..."\u{6F9}").contains($0) }
        if hasArabicDigits && hasExtendedDigits { return false }
        guard isRightToLeft else { return true }
        let hasEuropeanDigits = hasExtendedDigits || scalars.contains { ("0"..."9").contains($0) }
        if hasArabicDigits && hasEuropeanDigits { return false }
        return Self.isRightToLeft(first)
            && scalars.allSatisfy { $0.properties.isAlphabetic ? Self.isRightToLeft($0) : true }
    }

    /// RFC 5892: derived by category, but for the exceptions of §2.6 and the contexts of appendix A.
    private func isAllowed(_ index: Int) -> Bool {
        let before = index > 0 ? scalars[index - 1] : nil
        let after = index + 1 < scalars.count ? scalars[index + 1] : nil
        switch scalars[index] {
        case "\u{DF}", "\u{3C2}", "\u{6FD}", "\u{6FE}", "\u{F0B}", "\u{3007}", "-": return true
        case "\u{640}", "\u{7FA}", "\u{302E}", "\u{302F}", "\u{3031}"..."\u{3035}", "\u{303B}": return false
        case "\u{B7}": return before == "l" && after == "l"
        case "\u{375}": return Self.isOf("Greek", after)
        case "\u{5F3}", "\u{5F4}": return Self.isOf("Hebrew", before)
        case "\u{30FB}":
            return scalars.contains { scalar in
                scalar != "\u{30FB}" && ["Hiragana", "Katakana", "Han"].contains { Self.isOf($0, scalar) }
            }
        case "\u{200D}": return Self.isVirama(before)
        case "\u{200C}": return Self.isVirama(before) || (Self.isOf("Arabic", before) && Self.isOf("Arabic", after))
        case let scalar:
            switch scalar.properties.generalCategory {
            case .lowercaseLetter, .otherLetter, .modifierLetter, .nonspacingMark, .spacingMark, .decimalNumber:
                return true
            default: return false
            }
        }
    }

    private static func isVirama(_ scalar: Unicode.Scalar?) -> Bool {
        scalar?.properties.canonicalCombiningClass == .virama
    }

    private static func isOf(_ script: String, _ scalar: Unicode.Scalar?) -> Bool {
        guard let scalar, let ranges = ScriptRanges.ranges(of: script) else { return false }
        return ranges.contains { $0.contains(scalar.value) }
    }

    private static func isRightToLeft(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isAlphabetic && (isOf("Hebrew", scalar) || isOf("Arabic", scalar))
    }
}
