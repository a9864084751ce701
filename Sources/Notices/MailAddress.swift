/// An address for mail: `local@domain`, in the plain form that every server takes (RFC 5321 §4.1.2, without quotes).
package struct MailAddress: Sendable, Hashable {
    package let text: String

    /// - Returns: nil for what could be anything else than one address, on one line.
    package init?(_ text: String) {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, text.utf8.count <= 254, (1...64).contains(parts[0].utf8.count),
            Self.isDotted(parts[0], "!#$%&'*+-/=?^_`{|}~"), Self.isDotted(parts[1], "-")
        else { return nil }
        self.text = text
    }

    /// Words of letters, digits and some signs, with single points between them.
    private static func isDotted(_ text: Substring, _ signs: String) -> Bool {
        let words = text.split(separator: ".", omittingEmptySubsequences: false)
        return words.allSatisfy { word in
            !word.isEmpty
                && word.utf8.allSatisfy { byte in
                    switch byte {
                    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
                    default: signs.utf8.contains(byte)
                    }
                }
        }
    }
}
