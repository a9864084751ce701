/// Base64 as RFC 4648 §4 writes it: the standard alphabet, padded, nothing else, one text for each value.
enum Base64 {
    /// - Returns: nil when the text is not canonical base64.
    static func decode(_ text: String) -> [UInt8]? {
        let bytes = Array(text.utf8)
        guard bytes.count % 4 == 0 else { return nil }
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count / 4 * 3)
        var index = 0
        while index < bytes.count {
            let isLast = index + 4 == bytes.count
            var padding = 0
            if isLast && bytes[index + 3] == 0x3D { padding = bytes[index + 2] == 0x3D ? 2 : 1 }
            var group: UInt32 = 0
            for offset in 0..<4 {
                var digit: UInt32 = 0
                if offset < 4 - padding {
                    guard let value = self.digit(bytes[index + offset]) else { return nil }
                    digit = value
                }
                group = group << 6 | digit
            }
            // Bits that the padding cuts off must be zero.
            if padding == 1 && group & 0xFF != 0 || padding == 2 && group & 0xFFFF != 0 { return nil }
            result.append(UInt8(truncatingIfNeeded: group >> 16))
            if padding < 2 { result.append(UInt8(truncatingIfNeeded: group >> 8)) }
            if padding < 1 { result.append(UInt8(truncatingIfNeeded: group)) }
            index += 4
        }
        return result
    }

    private static func digit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case 0x41...0x5A: UInt32(byte - 0x41)
        case 0x61...0x7A: UInt32(byte - 0x61 + 26)
        case 0x30...0x39: UInt32(byte - 0x30 + 52)
        case 0x2B: 62
        case 0x2F: 63
        default: nil
        }
    }
}
