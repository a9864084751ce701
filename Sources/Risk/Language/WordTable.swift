/// Values by words. Looked up by bytes, several times as fast as a dictionary of strings: words are short, and nobody
/// chooses them to collide.
package struct WordTable<Value: Sendable>: Sendable {
    private var keys: [[UInt8]] = []
    private var values: [Value] = []
    /// Hashes with places in ``keys``, each where its hash says or in the next free slot; -1 is free. A power of two.
    private var slots: [(hash: Int32, place: Int32)] = []
    /// The bytes of the longest word; what is longer need not be looked up.
    private var longest = 0

    package init(_ words: [String: Value]) {
        var size = 16
        while size < words.count * 3 { size *= 2 }
        slots = Array(repeating: (0, -1), count: size)
        for (word, value) in words {
            let key = Array(word.utf8)
            let hash = Self.hash(key)
            var slot = Int(hash) & (size - 1)
            while slots[slot].place >= 0 { slot = (slot + 1) & (size - 1) }
            slots[slot] = (hash, Int32(keys.count))
            keys.append(key)
            longest = max(longest, key.count)
            values.append(value)
        }
    }

    package subscript(_ word: [UInt8]) -> Value? { value(of: word) }

    package subscript(_ word: String) -> Value? { value(of: word.utf8) }

    @inline(__always)
    private func value(of word: some Collection<UInt8>) -> Value? {
        guard word.count <= longest else { return nil }
        let hash = Self.hash(word)
        let mask = slots.count - 1
        var slot = Int(hash) & mask
        while true {
            let found = slots[slot]
            guard found.place >= 0 else { return nil }
            if found.hash == hash, keys[Int(found.place)].elementsEqual(word) { return values[Int(found.place)] }
            slot = (slot + 1) & mask
        }
    }

    /// FNV-1a (RFC draft-eastlake-fnv), its upper half folded down.
    @inline(__always)
    private static func hash(_ word: some Sequence<UInt8>) -> Int32 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in word { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return Int32(truncatingIfNeeded: (hash ^ hash >> 32) & 0x7FFF_FFFF)
    }
}

extension WordTable where Value == Bool {
    /// A set of words.
    package init(_ words: some Sequence<String>) {
        self.init(Dictionary(words.map { ($0, true) }) { first, _ in first })
    }

    package func contains(_ word: String) -> Bool { self[word] ?? false }
}
