/// The last header section of a connection with what was read from it, so that the same bytes need not be read again.
///
/// What a section says follows from its bytes alone, and a section is no beginning of a longer one: equal bytes are the
/// same section with the same meaning.
package struct RepeatedHead<Value> {
    /// A longer section is not kept, since idle connections keep theirs.
    @usableFromInline static var maxBytes: Int { 2 << 10 }

    @usableFromInline var section: [UInt8] = []
    @usableFromInline var value: Value?

    @inlinable
    package init() {}

    /// The value of the kept section, and its length, where the bytes begin with it.
    @inlinable
    package func find(in bytes: Span<UInt8>) -> (value: Value, end: Int)? {
        guard let value, bytes.count >= section.count, bytes.extracting(first: section.count).isSame(as: section.span)
        else { return nil }
        return (value, section.count)
    }

    /// Keeps a section instead of the last.
    @inlinable
    package mutating func keep(_ value: Value, of section: Span<UInt8>) {
        guard section.count <= Self.maxBytes else { return }
        self.value = value
        self.section.removeAll(keepingCapacity: true)
        unsafe section.withUnsafeBufferPointer { unsafe self.section.append(contentsOf: $0) }
    }
}

extension RepeatedHead: Sendable where Value: Sendable {}

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
