/// Segments that a server may take for "here" or "above".
enum DotSegment {
    /// Whether a segment, unescaped as often as a chain of servers might, is `.` or `..`, with or without a path
    /// parameter (`..;x`).
    static func isOne(_ segment: ArraySlice<UInt8>) -> Bool {
        var bytes = segment
        for _ in 0..<4 {
            let name = bytes.prefix { $0 != 0x3B }
            if name.elementsEqual([0x2E]) || name.elementsEqual([0x2E, 0x2E]) { return true }
            guard let decoded = decoded(bytes) else { return false }
            bytes = decoded
        }
        return false
    }

    /// Whether a value contains such a segment between slashes of either kind, escaped or not.
    static func isInside(_ value: String) -> Bool {
        // Its dots stand there as they are or escaped.
        guard value.utf8.contains(where: { $0 == 0x2E || $0 == 0x25 }) else { return false }
        var bytes = Array(value.utf8)[...]
        for _ in 0..<4 {
            let parts = bytes.split(omittingEmptySubsequences: true) { $0 == 0x2F || $0 == 0x5C }
            if parts.contains(where: isOne) { return true }
            guard let decoded = decoded(bytes) else { return false }
            bytes = decoded
        }
        return false
    }

    /// - Returns: nil when there is nothing to unescape.
    private static func decoded(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard bytes.contains(0x25) else { return nil }
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var index = bytes.startIndex
        var hasChanged = false
        while index < bytes.endIndex {
            if bytes[index] == 0x25, bytes.endIndex - index > 2,
                let high = RelativePath.hexDigit(bytes[index + 1]), let low = RelativePath.hexDigit(bytes[index + 2])
            {
                result.append(high << 4 | low)
                index += 3
                hasChanged = true
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return hasChanged ? result[...] : nil
    }
}
