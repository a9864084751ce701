/// Whether a text may name a user, an agent, a tenant or a role.
///
/// It has 1 to 256 bytes, is in Unicode normal form C and holds nothing that cannot be seen. In normal form, texts of
/// different bytes are never equal to Swift, so a role written with U+212A KELVIN SIGN cannot pass for one with a K
/// wherever a policy compares.
func isIdentifier(_ text: String) -> Bool {
    guard (1...256).contains(text.utf8.count) else { return false }
    if text.utf8.allSatisfy({ $0 > 0x1F && $0 < 0x7F }) { return true }
    let isVisible = text.unicodeScalars.allSatisfy { scalar in
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned: false
        default: true
        }
    }
    guard isVisible else { return false }
    var span = text.utf8Span
    return span.checkForNFC(quickCheck: false)
}
