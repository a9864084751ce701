/// A property that `\p{…}` can name (ECMA-262 §22.2.1.1, tables 68 to 70).
///
/// All general categories, the binary properties that the standard library knows, and the scripts of
/// ``ScriptRanges``. `Script_Extensions` is not known.
struct UnicodeProperty: Sendable {
    private let holds: @Sendable (Unicode.Scalar) -> Bool

    func holds(for scalar: Unicode.Scalar) -> Bool {
        self.holds(scalar)
    }

    /// Reads what stands between the braces.
    ///
    /// - Returns: nil when the name is not known; names are exact, as ECMA-262 has it.
    init?(parsing text: String) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let holds: (@Sendable (Unicode.Scalar) -> Bool)?
        switch (parts.first, parts.last, parts.count) {
        case ("General_Category", let value?, 2), ("gc", let value?, 2): holds = Self.category(value)
        case ("Script", let value?, 2), ("sc", let value?, 2): holds = Self.script(value)
        case (let name?, _, 1): holds = Self.category(name) ?? Self.binary(name)
        default: holds = nil
        }
        guard let holds else { return nil }
        self.holds = holds
    }

    private static func category(_ name: String) -> (@Sendable (Unicode.Scalar) -> Bool)? {
        guard let categories = categories(name) else { return nil }
        let set = Set(categories)
        return { set.contains($0.properties.generalCategory) }
    }

    private static func script(_ name: String) -> (@Sendable (Unicode.Scalar) -> Bool)? {
        guard let ranges = ScriptRanges.ranges(of: name) else { return nil }
        return { scalar in ranges.contains { $0.contains(scalar.value) } }
    }

    private static func categories(_ name: String) -> [Unicode.GeneralCategory]? {
        switch name {
        case "Lu", "Uppercase_Letter": [.uppercaseLetter]
        case "Ll", "Lowercase_Letter": [.lowercaseLetter]
        case "Lt", "Titlecase_Letter": [.titlecaseLetter]
        case "LC", "Cased_Letter": [.uppercaseLetter, .lowercaseLetter, .titlecaseLetter]
        case "Lm", "Modifier_Letter": [.modifierLetter]
        case "Lo", "Other_Letter": [.otherLetter]
        case "L", "Letter": [.uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter]
        case "Mn", "Nonspacing_Mark": [.nonspacingMark]
        case "Mc", "Spacing_Mark": [.spacingMark]
        case "Me", "Enclosing_Mark": [.enclosingMark]
        case "M", "Mark", "Combining_Mark": [.nonspacingMark, .spacingMark, .enclosingMark]
        case "Nd", "Decimal_Number", "digit": [.decimalNumber]
        case "Nl", "Letter_Number": [.letterNumber]
        case "No", "Other_Number": [.otherNumber]
        case "N", "Number": [.decimalNumber, .letterNumber, .otherNumber]
        default: otherCategories(name)
        }
    }

    private static func otherCategories(_ name: String) -> [Unicode.GeneralCategory]? {
        switch name {
        case "Pc", "Connector_Punctuation": [.connectorPunctuation]
        case "Pd", "Dash_Punctuation": [.dashPunctuation]
        case "Ps", "Open_Punctuation": [.openPunctuation]
        case "Pe", "Close_Punctuation": [.closePunctuation]
        case "Pi", "Initial_Punctuation": [.initialPunctuation]
        case "Pf", "Final_Punctuation": [.finalPunctuation]
        case "Po", "Other_Punctuation": [.otherPunctuation]
        case "P", "Punctuation", "punct":
            [
                .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
                .finalPunctuation, .otherPunctuation,
            ]
        case "Sm", "Math_Symbol": [.mathSymbol]
        case "Sc", "Currency_Symbol": [.currencySymbol]
        case "Sk", "Modifier_Symbol": [.modifierSymbol]
        case "So", "Other_Symbol": [.otherSymbol]
        case "S", "Symbol": [.mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol]
        case "Zs", "Space_Separator": [.spaceSeparator]
        case "Zl", "Line_Separator": [.lineSeparator]
        case "Zp", "Paragraph_Separator": [.paragraphSeparator]
        case "Z", "Separator": [.spaceSeparator, .lineSeparator, .paragraphSeparator]
        case "Cc", "Control", "cntrl": [.control]
        case "Cf", "Format": [.format]
        case "Cs", "Surrogate": [.surrogate]
        case "Co", "Private_Use": [.privateUse]
        case "Cn", "Unassigned": [.unassigned]
        case "C", "Other": [.control, .format, .surrogate, .privateUse, .unassigned]
        default: nil
        }
    }

    private static func binary(_ name: String) -> (@Sendable (Unicode.Scalar) -> Bool)? {
        switch name {
        case "Any": { _ in true }
        case "ASCII": { $0.isASCII }
        case "Assigned": { $0.properties.generalCategory != .unassigned }
        case "ASCII_Hex_Digit", "AHex": { $0.properties.isASCIIHexDigit }
        case "Alphabetic", "Alpha": { $0.properties.isAlphabetic }
        case "Bidi_Control", "Bidi_C": { $0.properties.isBidiControl }
        case "Bidi_Mirrored", "Bidi_M": { $0.properties.isBidiMirrored }
        case "Case_Ignorable", "CI": { $0.properties.isCaseIgnorable }
        case "Cased": { $0.properties.isCased }
        case "Dash": { $0.properties.isDash }
        case "Default_Ignorable_Code_Point", "DI": { $0.properties.isDefaultIgnorableCodePoint }
        case "Deprecated", "Dep": { $0.properties.isDeprecated }
        case "Diacritic", "Dia": { $0.properties.isDiacritic }
        case "Emoji": { $0.properties.isEmoji }
        case "Emoji_Modifier", "EMod": { $0.properties.isEmojiModifier }
        case "Emoji_Modifier_Base", "EBase": { $0.properties.isEmojiModifierBase }
        case "Emoji_Presentation", "EPres": { $0.properties.isEmojiPresentation }
        case "Extender", "Ext": { $0.properties.isExtender }
        case "Grapheme_Base", "Gr_Base": { $0.properties.isGraphemeBase }
        case "Grapheme_Extend", "Gr_Ext": { $0.properties.isGraphemeExtend }
        case "Hex_Digit", "Hex": { $0.properties.isHexDigit }
        case "ID_Continue", "IDC": { $0.properties.isIDContinue }
        case "ID_Start", "IDS": { $0.properties.isIDStart }
        case "Ideographic", "Ideo": { $0.properties.isIdeographic }
        case "Join_Control", "Join_C": { $0.properties.isJoinControl }
        case "Lowercase", "Lower": { $0.properties.isLowercase }
        case "Math": { $0.properties.isMath }
        case "Noncharacter_Code_Point", "NChar": { $0.properties.isNoncharacterCodePoint }
        case "Pattern_White_Space", "Pat_WS": { $0.properties.isPatternWhitespace }
        case "Quotation_Mark", "QMark": { $0.properties.isQuotationMark }
        case "Radical": { $0.properties.isRadical }
        case "Sentence_Terminal", "STerm": { $0.properties.isSentenceTerminal }
        case "Soft_Dotted", "SD": { $0.properties.isSoftDotted }
        case "Unified_Ideograph", "UIdeo": { $0.properties.isUnifiedIdeograph }
        case "Uppercase", "Upper": { $0.properties.isUppercase }
        case "Variation_Selector", "VS": { $0.properties.isVariationSelector }
        case "White_Space", "space": { $0.properties.isWhitespace }
        case "XID_Continue", "XIDC": { $0.properties.isXIDContinue }
        case "XID_Start", "XIDS": { $0.properties.isXIDStart }
        default: nil
        }
    }
}
