extension Unicode.Scalar {
    /// The ASCII letter that this letter of another script looks like; nil where there is none.
    ///
    /// The part of the confusables of UTS 39 that looks alike in common fonts: Cyrillic, Greek, and a few more.
    var lookalike: UInt8? {
        Self.lookalikes[value]
    }

    /// The ASCII letter or digit that this is a styled form of: mathematical, full-width, circled; nil for others.
    var unstyled: UInt8? {
        switch value {
        case 0xFF01...0xFF5E: UInt8(truncatingIfNeeded: value - 0xFF01 + 0x21)
        // Thirteen alphabets of 52 letters, in a row (holes are letters elsewhere in Unicode).
        case 0x1D400...0x1D6A3: Self.letter((value - 0x1D400) % 52)
        case 0x1D7CE...0x1D7FF: UInt8(truncatingIfNeeded: (value - 0x1D7CE) % 10 + 0x30)
        case 0x24B6...0x24E9: Self.letter((value - 0x24B6) % 52)
        case 0x1F110...0x1F129: Self.letter(value - 0x1F110)
        case 0x1F130...0x1F149: Self.letter(value - 0x1F130)
        case 0x1F150...0x1F169: Self.letter(value - 0x1F150)
        case 0x1F170...0x1F189: Self.letter(value - 0x1F170)
        default: nil
        }
    }

    private static func letter(_ index: UInt32) -> UInt8 {
        UInt8(truncatingIfNeeded: index < 26 ? index + 0x41 : index - 26 + 0x61)
    }

    private static let lookalikes: [UInt32: UInt8] = {
        var table: [UInt32: UInt8] = [:]
        let pairs: [(String, String)] = [
            ("аеорсухіјѕһԁԛԝӏьАВЕКМНОРСТХУІЈЅԌ", "aeopcyxijshdqwlbABEKMHOPCTXYIJSG"),
            ("ορνικαυϲϳΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "opvikaucjABEZHIKMNOPTYX"),
            ("օոսհցքɡıⅰⅼⅽⅾⅿ", "onuhgqgiilcdm"),
        ]
        for (from, to) in pairs {
            for (scalar, letter) in zip(from.unicodeScalars, to.utf8) { table[scalar.value] = letter }
        }
        return table
    }()
}
