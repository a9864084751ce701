package import Crypto
import JSON

/// Marks of values that must not be written down: what the vault holds or ever held. Finds them in texts without knowing them.
///
/// Of each value there is a keyed hash, its length, and 32 bits of a keyed hash of its first eight bytes, by which a text is
/// looked through in one pass. Shorter values are not looked for: they would be found by chance.
package struct KnownSecrets: Sendable {
    /// What is kept of one value.
    package struct Mark: Sendable, Hashable {
        package var digest: Digest
        package var length: Int
        package var head: UInt32

        package init(digest: Digest, length: Int, head: UInt32) {
            self.digest = digest
            self.length = length
            self.head = head
        }
    }

    package static let least = 8

    private let hash: KeyedHash
    private let factor: UInt64
    private var marks: [UInt32: Set<Mark>] = [:]
    /// The first 16 bits of every head, as a set of bits; empty where there is no mark.
    private var filter: [UInt64] = []

    package init(key: SymmetricKey) {
        hash = KeyedHash(key)
        let word = hash.digest(of: Array("sallyport/secret-marks/v1".utf8)).bytes.prefix(8)
        factor = word.reduce(0) { $0 << 8 | UInt64($1) } | 1
    }

    package var isEmpty: Bool { filter.isEmpty }

    /// The marks of a value: as it is, and as JSON writes it where that differs. None of a value that is too short to be
    /// looked for.
    package func marks(of value: [UInt8]) -> [Mark] {
        guard value.count >= Self.least else { return [] }
        let written = JSONValue.string(String(decoding: value, as: UTF8.self)).bytes.dropFirst().dropLast()
        return (written.elementsEqual(value) ? [value] : [value, Array(written)]).map { form in
            Mark(digest: digest(of: form[...]), length: form.count, head: head(form.span, 0))
        }
    }

    package mutating func insert(_ mark: Mark) {
        if filter.isEmpty { filter = [UInt64](repeating: 0, count: 1024) }
        marks[mark.head, default: []].insert(mark)
        filter[Int(mark.head >> 22)] |= 1 << UInt64(mark.head >> 16 & 63)
    }

    private func digest(of value: ArraySlice<UInt8>) -> Digest {
        hash.digest(of: Array("sallyport/secret-mark/v1\n".utf8) + value)
    }

    private func head(_ bytes: Span<UInt8>, _ start: Int) -> UInt32 {
        let raw = unsafe bytes.bytes
        // The load checks its bounds; every bit pattern is a UInt64.
        let word = unsafe raw.unsafeLoadUnaligned(fromByteOffset: start, as: UInt64.self)
        return UInt32(truncatingIfNeeded: (word &* factor) >> 32)
    }

    /// Where the values stand in a text, in their order and without overlaps.
    package func find(in bytes: [UInt8]) -> [Range<Int>] {
        guard !filter.isEmpty, bytes.count >= Self.least else { return [] }
        var found: [Range<Int>] = []
        let span = bytes.span, filter = filter.span
        var index = 0
        while index + Self.least <= bytes.count {
            let head = head(span, index)
            guard filter[Int(head >> 22)] >> UInt64(head >> 16 & 63) & 1 == 1,
                let length = length(of: head, in: bytes, at: index)
            else {
                index += 1
                continue
            }
            found.append(index..<(index + length))
            index += length
        }
        return found
    }

    /// The length of the longest value that begins at a place.
    private func length(of head: UInt32, in bytes: [UInt8], at start: Int) -> Int? {
        guard let candidates = marks[head] else { return nil }
        // One hash for each length, the longest first.
        for length in Set(candidates.map(\.length)).sorted(by: >) where start + length <= bytes.count {
            let digest = digest(of: bytes[start..<(start + length)])
            if candidates.contains(where: { $0.length == length && $0.digest == digest }) { return length }
        }
        return nil
    }
}
