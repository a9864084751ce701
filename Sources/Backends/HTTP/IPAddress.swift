/// An IP address as a number, read from text in one form only.
///
/// Resolvers of the C library accept `127.1`, `0x7f000001`, `017700000001` and zone suffixes; a guard that reads an
/// address differently from the code that connects can be passed by. Here every octet is decimal, without leading
/// zeros, and all four are present.
package enum IPAddress: Sendable, Hashable {
    case v4(UInt32)
    case v6(high: UInt64, low: UInt64)

    /// Reads a dotted quad or an IPv6 address of RFC 4291 §2.2 without brackets or zone; `nil` for anything else.
    package init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        if bytes.contains(0x3A) {
            guard let groups = Self.groups(bytes) else { return nil }
            self = .v6(groups: groups)
        } else {
            guard let quad = Self.quad(bytes[...]) else { return nil }
            self = .v4(quad)
        }
    }

    /// From the bytes of the address in network order: 4 or 16 of them, `nil` for any other count.
    package init?(networkBytes bytes: [UInt8]) {
        switch bytes.count {
        case 4: self = .v4(bytes.reduce(0) { $0 << 8 | UInt32($1) })
        case 16:
            self = .v6(
                high: bytes[..<8].reduce(0) { $0 << 8 | UInt64($1) },
                low: bytes[8...].reduce(0) { $0 << 8 | UInt64($1) })
        default: return nil
        }
    }

    /// The bytes of the address in network order, 4 or 16.
    package var networkBytes: [UInt8] {
        switch self {
        case .v4(let quad): (0..<4).map { UInt8(truncatingIfNeeded: quad >> (24 - 8 * UInt32($0))) }
        case .v6(let high, let low):
            (0..<8).map { UInt8(truncatingIfNeeded: high >> (56 - 8 * UInt64($0))) }
                + (0..<8).map { UInt8(truncatingIfNeeded: low >> (56 - 8 * UInt64($0))) }
        }
    }

    private static func v6(groups: [UInt16]) -> IPAddress {
        .v6(
            high: groups[..<4].reduce(0) { $0 << 16 | UInt64($1) },
            low: groups[4...].reduce(0) { $0 << 16 | UInt64($1) })
    }

    private static func quad(_ bytes: ArraySlice<UInt8>) -> UInt32? {
        let octets = bytes.split(separator: 0x2E, omittingEmptySubsequences: false)
        guard octets.count == 4 else { return nil }
        var quad: UInt32 = 0
        for octet in octets {
            guard let value = decimal(octet), value <= 255 else { return nil }
            quad = quad << 8 | UInt32(value)
        }
        return quad
    }

    /// A decimal number of at most three digits without leading zeros.
    static func decimal(_ digits: ArraySlice<UInt8>) -> Int? {
        guard (1...3).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        guard digits.count == 1 || digits.first != 0x30 else { return nil }
        return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    /// The eight groups of an IPv6 address, `::` filled in.
    private static func groups(_ bytes: [UInt8]) -> [UInt16]? {
        guard bytes.count <= 45 else { return nil }
        var head: [UInt16] = []
        var tail: [UInt16] = []
        var hasGap = false
        var index = 0
        if bytes.starts(with: [0x3A, 0x3A]) {
            hasGap = true
            index = 2
        }
        while index < bytes.count {
            let end = bytes[index...].firstIndex(of: 0x3A) ?? bytes.count
            let part = bytes[index..<end]
            if part.contains(0x2E) {
                guard end == bytes.count, let quad = quad(part) else { return nil }
                let pair = [UInt16(truncatingIfNeeded: quad >> 16), UInt16(truncatingIfNeeded: quad)]
                if hasGap { tail += pair } else { head += pair }
                break
            }
            guard let group = hexadecimal(part) else { return nil }
            if hasGap { tail.append(group) } else { head.append(group) }
            guard end < bytes.count else { break }
            index = end + 1
            guard index < bytes.count else { return nil }
            if bytes[index] == 0x3A {
                guard !hasGap else { return nil }
                hasGap = true
                index += 1
            }
        }
        let count = head.count + tail.count
        // A gap stands for at least one group; RFC 5952 §4.2.2 does not write it for one, but it may be read.
        guard hasGap ? count <= 7 : count == 8 else { return nil }
        return head + Array(repeating: 0, count: 8 - count) + tail
    }

    private static func hexadecimal(_ digits: ArraySlice<UInt8>) -> UInt16? {
        guard (1...4).contains(digits.count) else { return nil }
        var value: UInt16 = 0
        for digit in digits {
            let nibble: UInt8
            switch digit {
            case 0x30...0x39: nibble = digit - 0x30
            case 0x41...0x46: nibble = digit - 0x41 + 10
            case 0x61...0x66: nibble = digit - 0x61 + 10
            default: return nil
            }
            value = value << 4 | UInt16(nibble)
        }
        return value
    }
}

extension IPAddress: CustomStringConvertible {
    /// The canonical text: a dotted quad, or the form of RFC 5952.
    package var description: String {
        switch self {
        case .v4(let quad):
            return [quad >> 24, quad >> 16, quad >> 8, quad].map { String($0 & 0xFF) }.joined(separator: ".")
        case .v6(let high, let low):
            let groups = [
                high >> 48, high >> 32, high >> 16, high, low >> 48, low >> 32, low >> 16, low,
            ].map { $0 & 0xFFFF }
            let gap = Self.longestZeroRun(groups)
            let parts = groups.map { String($0, radix: 16) }
            guard let gap else { return parts.joined(separator: ":") }
            return parts[..<gap.lowerBound].joined(separator: ":") + "::"
                + parts[gap.upperBound...].joined(separator: ":")
        }
    }

    /// The first longest run of two or more zero groups.
    private static func longestZeroRun(_ groups: [UInt64]) -> Range<Int>? {
        var best: Range<Int>?
        var start = 0
        while start < groups.count {
            guard groups[start] == 0 else {
                start += 1
                continue
            }
            let end = groups[start...].firstIndex { $0 != 0 } ?? groups.count
            if end - start >= 2, end - start > (best?.count ?? 0) { best = start..<end }
            start = end
        }
        return best
    }
}
