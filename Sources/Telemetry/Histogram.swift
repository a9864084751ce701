/// Counts of durations by fixed bounds.
package struct Histogram: Sendable, Hashable {
    /// Upper bounds in microseconds; what is above the last is counted for itself.
    package static let bounds: [Int64] = [
        100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000,
        10_000_000, 60_000_000,
    ]

    /// How many were within each bound and above the one before it; the last is of those above all.
    package private(set) var counts = [Int](repeating: 0, count: bounds.count + 1)
    /// Microseconds in all; goes round where it would pass the largest number.
    package private(set) var sum: Int64 = 0

    package init() {}

    package var count: Int { counts.reduce(0, &+) }

    package mutating func add(microseconds: Int64) {
        counts[Self.bounds.firstIndex { microseconds <= $0 } ?? Self.bounds.count] &+= 1
        sum &+= microseconds
    }
}
