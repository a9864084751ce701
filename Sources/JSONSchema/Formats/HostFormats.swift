enum HostFormats {
    private static let maxLength = 253
    private static let maxLabel = 63

    /// RFC 1123 §2.1, with A-labels of RFC 5890 §2.3.2.1.
    static func isHostname(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count <= maxLength else { return false }
        return bytes.split(separator: 0x2E, omittingEmptySubsequences: false).allSatisfy { label in
            guard isLabel(label) else { return false }
            guard let encoded = encodedPart(label) else { return !hasReservedHyphens(label) }
            return decoded(encoded) != nil
        }
    }

    /// Internationalised names (RFC 5890 §2.3.2.3); the three other full stops of RFC 3490 §3.1 separate labels too.
    static func isInternationalHostname(_ text: String) -> Bool {
        let codes = text.unicodeScalars.map(\.value)
        guard codes.count <= maxLength else { return false }
        let parts = codes.split(omittingEmptySubsequences: false) { [0x2E, 0x3002, 0xFF0E, 0xFF61].contains($0) }
        var labels: [UnicodeLabel] = []
        var length = parts.count - 1
        for part in parts {
            guard let label = UnicodeLabel(Array(part)) else { return false }
            if label.isASCII {
                let bytes = part.map(UInt8.init(truncatingIfNeeded:))[...]
                guard isLabel(bytes) else { return false }
                if let encoded = encodedPart(bytes) {
                    guard let decoded = decoded(encoded) else { return false }
                    labels.append(decoded)
                } else {
                    guard !hasReservedHyphens(bytes) else { return false }
                    labels.append(label)
                }
                length += bytes.count
            } else {
                let encoded = Punycode.encode(Array(part)).count + 4
                guard label.isValid, encoded <= maxLabel else { return false }
                labels.append(label)
                length += encoded
            }
        }
        // RFC 5893 §2: one label from right to left puts the whole name under the rule.
        return length <= maxLength
            && (!labels.contains(where: \.isRightToLeft) || labels.allSatisfy(\.startsWithLetter))
    }

    private static func isLabel(_ label: ArraySlice<UInt8>) -> Bool {
        guard (1...maxLabel).contains(label.count), let first = label.first, let last = label.last else { return false }
        return ASCII.isAlphanumeric(first) && ASCII.isAlphanumeric(last)
            && label.allSatisfy { ASCII.isAlphanumeric($0) || $0 == 0x2D }
    }

    /// RFC 5890 §2.3.1: hyphens in third and fourth place stand for an encoding.
    private static func hasReservedHyphens(_ label: ArraySlice<UInt8>) -> Bool {
        label.dropFirst(2).starts(with: [0x2D, 0x2D])
    }

    private static func encodedPart(_ label: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard hasReservedHyphens(label), label.prefix(2).map({ $0 | 0x20 }) == [0x78, 0x6E] else { return nil }
        return label.dropFirst(4)
    }

    private static func decoded(_ encoded: ArraySlice<UInt8>) -> UnicodeLabel? {
        guard let label = Punycode.decode(encoded).flatMap(UnicodeLabel.init), !label.isASCII, label.isValid else {
            return nil
        }
        return label
    }

    /// Four decimal octets without leading zeros (RFC 2673 §3.2, RFC 3986 §3.2.2).
    static func isIPv4(_ bytes: ArraySlice<UInt8>) -> Bool {
        let parts = bytes.split(separator: 0x2E, omittingEmptySubsequences: false)
        return parts.count == 4
            && parts.allSatisfy { part in
                guard (1...3).contains(part.count), part.allSatisfy(ASCII.isDigit) else { return false }
                if part.count > 1 && part.first == 0x30 { return false }
                return part.reduce(0) { $0 * 10 + Int($1 - 0x30) } <= 255
            }
    }

    /// RFC 4291 §2.2, without a zone.
    static func isIPv6(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard bytes.count <= 45 else { return false }
        var groups = bytes.split(separator: 0x3A, omittingEmptySubsequences: false)
        guard groups.count >= 3 else { return false }
        var compressed = 0
        // A leading or trailing `::` leaves two empty groups.
        if groups[0].isEmpty {
            guard groups[1].isEmpty else { return false }
            groups.removeFirst()
        }
        if let last = groups.last, last.isEmpty {
            guard groups.count >= 2, groups[groups.count - 2].isEmpty else { return false }
            groups.removeLast()
        }
        var size = 0
        for (position, group) in groups.enumerated() {
            if group.isEmpty {
                compressed += 1
            } else if position == groups.count - 1, group.contains(0x2E) {
                guard isIPv4(group) else { return false }
                size += 2
            } else {
                guard group.count <= 4, group.allSatisfy(ASCII.isHex) else { return false }
                size += 1
            }
        }
        return compressed == 0 ? size == 8 : compressed == 1 && size <= 7
    }
}
