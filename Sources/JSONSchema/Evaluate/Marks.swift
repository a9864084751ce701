/// Which members or items of one value have been evaluated, by position (2020-12 core §11).
struct Marks: Sendable {
    private var isAll = false
    private var low: UInt64 = 0
    /// Positions from 64, allocated only for values of that size.
    private var high: [UInt64] = []

    mutating func insertAll() {
        isAll = true
    }

    mutating func insert(_ position: Int) {
        if position < 64 {
            low |= 1 << UInt64(position)
            return
        }
        let word = position / 64 - 1
        while high.count <= word { high.append(0) }
        high[word] |= 1 << UInt64(position % 64)
    }

    func contains(_ position: Int) -> Bool {
        if isAll { return true }
        if position < 64 { return low & (1 << UInt64(position)) != 0 }
        let word = position / 64 - 1
        return word < high.count && high[word] & (1 << UInt64(position % 64)) != 0
    }

    mutating func formUnion(_ other: Marks) {
        isAll = isAll || other.isAll
        low |= other.low
        while high.count < other.high.count { high.append(0) }
        for (word, bits) in other.high.enumerated() { high[word] |= bits }
    }
}
