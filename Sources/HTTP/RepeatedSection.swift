/// The last header section of a connection, so that the same bytes need not be read again.
///
/// What a section says follows from its bytes alone, and a section is no beginning of a longer one: equal bytes are the
/// same section with the same meaning, which whoever keeps this has beside it.
package struct RepeatedSection: Sendable {
    /// A longer section is not kept, since idle connections keep theirs.
    private static let maxBytes = 2 << 10

    private var section: [UInt8] = []

    package init() {}

    /// The length of the kept section, where the bytes begin with it.
    package func length(in bytes: Span<UInt8>) -> Int? {
        guard !section.isEmpty, bytes.count >= section.count,
            bytes.extracting(first: section.count).isSame(as: section.span)
        else { return nil }
        return section.count
    }

    /// Keeps a section instead of the last.
    ///
    /// - Returns: false for one that is too long; then the last one stays.
    package mutating func keep(_ section: Span<UInt8>) -> Bool {
        guard section.count <= Self.maxBytes else { return false }
        self.section.removeAll(keepingCapacity: true)
        unsafe section.withUnsafeBufferPointer { unsafe self.section.append(contentsOf: $0) }
        return true
    }
}

extension Span<UInt8> {
    /// Whether both are the same bytes.
    package func isSame(as other: Span<UInt8>) -> Bool {
        guard count == other.count else { return false }
        let mine = unsafe bytes, theirs = unsafe other.bytes
        var index = 0
        while index + 8 <= count {
            // The loads check their bounds; every bit pattern is a UInt64.
            guard
                unsafe mine.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)
                    == theirs.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)
            else { return false }
            index += 8
        }
        while index < count {
            guard self[index] == other[index] else { return false }
            index += 1
        }
        return true
    }
}
