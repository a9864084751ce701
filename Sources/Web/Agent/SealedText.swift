import Core
import Engine

/// Text that a client carries for us: sealed for one purpose and one principal, so that nobody else reads it, changes it
/// or brings it back.
enum SealedText {
    static func seal(
        _ bytes: [UInt8], _ purpose: String, for principal: Principal, by vault: any Vault
    ) -> String? {
        let sealed = try? vault.seal(bytes, purpose: "\(purpose)/\(principal.identityText)")
        return sealed.map { bytes in
            bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        }
    }

    /// - Returns: nil for text that was not issued here, not for this purpose or not to this principal.
    static func open(
        _ text: String, _ purpose: String, for principal: Principal, by vault: any Vault
    ) -> [UInt8]? {
        guard text.utf8.count <= 1024, let sealed = bytes(hex: text) else { return nil }
        return try? vault.open(sealed, purpose: "\(purpose)/\(principal.identityText)")
    }

    private static func bytes(hex: String) -> [UInt8]? {
        let digits = hex.utf8.map { Character(UnicodeScalar($0)).hexDigitValue }
        guard digits.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = digits[index], let low = digits[index + 1] else { return nil }
            bytes.append(UInt8(high << 4 | low))
        }
        return bytes
    }
}
