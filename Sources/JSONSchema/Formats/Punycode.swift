/// Punycode (RFC 3492) of one label, without its prefix.
enum Punycode {
    private static let base = 36
    private static let firstBias = 72
    private static let firstCode = 128

    /// - Returns: nil for what no encoder writes: other forms of the same label included.
    static func decode(_ bytes: ArraySlice<UInt8>) -> [UInt32]? {
        let lowered = bytes.map { $0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0 }
        guard let codes = codes(lowered[...]), encode(codes) == lowered else { return nil }
        return codes
    }

    private static func codes(_ bytes: ArraySlice<UInt8>) -> [UInt32]? {
        var codes: [UInt32] = []
        var rest = bytes
        if let hyphen = bytes.lastIndex(of: 0x2D) {
            codes = bytes[..<hyphen].map(UInt32.init)
            rest = bytes[(hyphen + 1)...]
        }
        var code = firstCode
        var position = 0
        var bias = firstBias
        while !rest.isEmpty {
            let before = position
            var weight = 1
            var k = base
            while true {
                guard let digit = rest.popFirst().flatMap(digitValue) else { return nil }
                position += digit * weight
                guard position < 1 << 32 else { return nil }
                if digit < threshold(k, bias) { break }
                weight *= base - threshold(k, bias)
                guard weight < 1 << 32 else { return nil }
                k += base
            }
            bias = adapted(position - before, count: codes.count + 1, isFirst: before == 0)
            code += position / (codes.count + 1)
            position %= codes.count + 1
            guard code <= 0x10FFFF else { return nil }
            codes.insert(UInt32(code), at: position)
            position += 1
        }
        return codes
    }

    static func encode(_ codes: [UInt32]) -> [UInt8] {
        var bytes = codes.filter { $0 < 0x80 }.map(UInt8.init(truncatingIfNeeded:))
        let basic = bytes.count
        if basic > 0 { bytes.append(0x2D) }
        var code = firstCode
        var delta = 0
        var bias = firstBias
        var handled = basic
        while handled < codes.count, let next = codes.filter({ $0 >= code }).min() {
            delta += (Int(next) - code) * (handled + 1)
            code = Int(next)
            for other in codes {
                if other < code { delta += 1 }
                guard other == code else { continue }
                var rest = delta
                var k = base
                while rest >= threshold(k, bias) {
                    let threshold = threshold(k, bias)
                    bytes.append(digit(threshold + (rest - threshold) % (base - threshold)))
                    rest = (rest - threshold) / (base - threshold)
                    k += base
                }
                bytes.append(digit(rest))
                bias = adapted(delta, count: handled + 1, isFirst: handled == basic)
                delta = 0
                handled += 1
            }
            delta += 1
            code += 1
        }
        return bytes
    }

    private static func threshold(_ k: Int, _ bias: Int) -> Int {
        k <= bias ? 1 : k >= bias + 26 ? 26 : k - bias
    }

    private static func adapted(_ delta: Int, count: Int, isFirst: Bool) -> Int {
        var delta = isFirst ? delta / 700 : delta / 2
        delta += delta / count
        var k = 0
        while delta > 455 {
            delta /= 35
            k += base
        }
        return k + 36 * delta / (delta + 38)
    }

    private static func digitValue(_ byte: UInt8) -> Int? {
        if ASCII.isLetter(byte) { return Int(byte | 0x20) - 0x61 }
        return ASCII.isDigit(byte) ? Int(byte) - 0x30 + 26 : nil
    }

    private static func digit(_ value: Int) -> UInt8 {
        UInt8(truncatingIfNeeded: value < 26 ? value + 0x61 : value - 26 + 0x30)
    }
}
