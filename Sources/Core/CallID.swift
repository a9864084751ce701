/// The name of a call: 26 characters of Crockford's base 32 over 48 bits of milliseconds and 80 bits of randomness,
/// so that ids sort by time and cannot be guessed.
package struct CallID: Sendable, CustomStringConvertible {
    package let text: String
    /// The last twelve digits, which are random.
    private let tail: UInt64

    private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
    private static let tailMask: UInt64 = 1 << 60 - 1

    package init(at time: Timestamp, random: (UInt64, UInt16)) {
        let milliseconds = UInt64(clamping: max(0, time.microseconds / 1000)) & 0xFFFF_FFFF_FFFF
        let high = milliseconds << 16 | UInt64(random.1)
        let low = random.0
        text = unsafe String(unsafeUninitializedCapacity: 26) { digits in
            // 128 bits in 26 digits: the first holds 3 bits, the others 5.
            for position in 0..<26 {
                let shift = 125 - 5 * position
                let chunk: UInt64 =
                    if shift >= 64 {
                        high >> UInt64(shift - 64)
                    } else if shift > 59 {
                        high << UInt64(64 - shift) | low >> UInt64(shift)
                    } else {
                        low >> UInt64(shift)
                    }
                unsafe digits[position] = Self.alphabet[Int(chunk & 31)]
            }
            return 26
        }
        tail = low & Self.tailMask
    }

    /// - Returns: nil for text that is no id.
    package init?(_ text: String) {
        guard text.utf8.count == 26 else { return nil }
        var tail: UInt64 = 0
        for byte in text.utf8 {
            guard let digit = Self.alphabet.firstIndex(of: byte) else { return nil }
            tail = tail << 5 | UInt64(digit)
        }
        self.text = text
        self.tail = tail & Self.tailMask
    }

    package var description: String { text }
}

extension CallID: Hashable {
    package static func == (left: CallID, right: CallID) -> Bool {
        left.tail == right.tail && left.text == right.text
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(tail)
    }
}
