/// The name of a call: 26 characters of Crockford's base 32 over 48 bits of milliseconds and 80 bits of randomness,
/// so that ids sort by time and cannot be guessed.
package struct CallID: Sendable, Hashable, CustomStringConvertible {
    package let text: String

    private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)

    package init(at time: Timestamp, random: (UInt64, UInt16)) {
        let milliseconds = UInt64(clamping: max(0, time.microseconds / 1000)) & 0xFFFF_FFFF_FFFF
        let high = milliseconds << 16 | UInt64(random.1)
        let low = random.0
        var bytes: [UInt8] = []
        bytes.reserveCapacity(26)
        // 128 bits in 26 digits: the first holds 3 bits, the others 5.
        for position in 0..<26 {
            let shift = 125 - 5 * position
            let chunk: UInt64 =
                if shift >= 64 {
                    high >> UInt64(shift - 64)
                } else if shift > 59 {
                    high << UInt64(64 - shift) | low >> UInt64(shift)
                } else if shift >= 0 {
                    low >> UInt64(shift)
                } else {
                    low << UInt64(-shift)
                }
            bytes.append(Self.alphabet[Int(chunk & 31)])
        }
        text = String(decoding: bytes, as: UTF8.self)
    }

    /// - Returns: nil for text that is no id.
    package init?(_ text: String) {
        guard text.utf8.count == 26, text.utf8.allSatisfy({ Self.alphabet.contains($0) }) else { return nil }
        self.text = text
    }

    package var description: String { text }
}
