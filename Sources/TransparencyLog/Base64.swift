/// Base64 with padding (RFC 4648 §4); reads the one canonical form only.
enum Base64 {
    /// The value of each digit; 255 for what is none.
    private static let values: [UInt8] = (0..<256).map { byte in
        alphabet.firstIndex(of: UInt8(byte)).map { UInt8($0) } ?? 255
    }
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let word = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for place in 0...group.count { text.append(alphabet[word >> (18 - 6 * place) & 63]) }
            for _ in group.count..<3 { text.append(0x3D) }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// - Returns: nil for what ``encode(_:)`` would not write.
    static func decode(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        guard text.count.isMultiple(of: 4) else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 4 * 3)
        var word = 0
        var digits = 0
        for byte in text {
            if byte == 0x3D { break }
            let digit = values[Int(byte)]
            guard digit != 255 else { return nil }
            word = (word << 6 | Int(digit)) & 0xFF_FFFF
            digits += 1
            guard digits.isMultiple(of: 4) else { continue }
            bytes += [UInt8(word >> 16), UInt8(word >> 8 & 0xFF), UInt8(word & 0xFF)]
        }
        switch digits % 4 {
        case 2: bytes.append(UInt8(word >> 4 & 0xFF))
        case 3: bytes += [UInt8(word >> 10 & 0xFF), UInt8(word >> 2 & 0xFF)]
        case 1: return nil
        default: break
        }
        return encode(bytes).utf8.elementsEqual(text) ? bytes : nil
    }
}
