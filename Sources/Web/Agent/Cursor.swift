import Core
import Engine
import JSON

/// A place in a list, sealed for the principal it was given to.
struct Cursor {
    let index: Int
    let snapshot: String

    init(index: Int, snapshot: String) {
        self.index = index
        self.snapshot = snapshot
    }

    /// - Returns: nil for text that was not issued here or not to this principal.
    init?(_ text: String, sealedBy vault: any Vault, for principal: Principal) {
        guard text.utf8.count <= 1024, let sealed = Self.bytes(hex: text),
            let plain = try? vault.open(sealed, purpose: Self.purpose(principal))
        else { return nil }
        let parts = String(decoding: plain, as: UTF8.self).split(separator: "/", maxSplits: 1)
        guard parts.count == 2, let index = Int(parts[0]) else { return nil }
        self.index = index
        snapshot = String(parts[1])
    }

    func text(sealedBy vault: any Vault, for principal: Principal) -> String? {
        let sealed = try? vault.seal(Array("\(index)/\(snapshot)".utf8), purpose: Self.purpose(principal))
        return sealed.map { bytes in
            bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        }
    }

    private static func purpose(_ principal: Principal) -> String {
        "cursor/" + principal.identity.text
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
