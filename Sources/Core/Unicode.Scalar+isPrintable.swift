extension Unicode.Scalar {
    /// Whether this shows as a character in its place, on a terminal and in a log.
    ///
    /// What does not: controls (C0, DEL and C1, which terminals obey), what hides, joins or reorders others (format and
    /// bidi characters, default ignorables), line ends beside U+000A, and what no font can show.
    package var isPrintable: Bool {
        if value < 0x7F { return value >= 0x20 }
        switch properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: return false
        default: return !properties.isDefaultIgnorableCodePoint && !properties.isBidiControl
        }
    }
}
