/// Names known beforehand, found by their UTF-8 bytes without an allocation.
///
/// An open hash table with linear probing, at most half full. The hash is not keyed: whoever writes the names can
/// make them collide, so every probe is paid for by the caller's budget.
struct NameTable: Sendable {
    private let slots: [Int32]
    private let hashes: [UInt32]
    private let starts: [Int32]
    private let bytes: [UInt8]
    private let longest: Int

    var count: Int { hashes.count }

    /// The names must differ; the index of a name is its position.
    init(_ names: [String]) {
        var size = 4
        while size < names.count * 2 { size *= 2 }
        var slots = Array(repeating: Int32(-1), count: size)
        var hashes: [UInt32] = []
        var starts: [Int32] = [0]
        var bytes: [UInt8] = []
        for (index, name) in names.enumerated() {
            let hash = Self.hash(name.utf8.span)
            var slot = Int(hash) & (size - 1)
            while slots[slot] >= 0 { slot = (slot + 1) & (size - 1) }
            slots[slot] = Int32(index)
            hashes.append(hash)
            bytes.append(contentsOf: name.utf8)
            starts.append(Int32(bytes.count))
        }
        longest = names.map(\.utf8.count).max() ?? -1
        self.slots = slots
        self.hashes = hashes
        self.starts = starts
        self.bytes = bytes
    }

    /// The index of a name, nil when it is not in the table.
    func find(_ name: String, steps: inout Int) -> Int? {
        let span = name.utf8.span
        guard span.count <= longest else { return nil }
        let hash = Self.hash(span)
        var slot = Int(hash) & (slots.count - 1)
        while slots[slot] >= 0 {
            steps -= 1
            let index = Int(slots[slot])
            if hashes[index] == hash && isEqual(index, span) { return index }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    private func isEqual(_ index: Int, _ name: Span<UInt8>) -> Bool {
        let start = Int(starts[index])
        guard Int(starts[index + 1]) - start == name.count else { return false }
        for offset in 0..<name.count where bytes[start + offset] != name[offset] { return false }
        return true
    }

    /// FNV-1a.
    private static func hash(_ bytes: Span<UInt8>) -> UInt32 {
        var hash: UInt32 = 2_166_136_261
        for index in 0..<bytes.count { hash = (hash ^ UInt32(bytes[index])) &* 16_777_619 }
        return hash
    }
}
