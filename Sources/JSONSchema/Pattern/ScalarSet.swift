/// A set of code points: ranges, properties, or everything but them.
struct ScalarSet: Sendable {
    /// ASCII as bits, with the negation applied.
    private(set) var low: UInt64 = 0
    private(set) var high: UInt64 = 0
    /// Sorted, apart from each other.
    private let ranges: [ClosedRange<UInt32>]
    private let properties: [(property: UnicodeProperty, isNegated: Bool)]
    private let isNegated: Bool

    init(_ builder: Builder) {
        ranges = Self.merged(builder.ranges)
        properties = builder.properties
        isNegated = builder.isNegated
        for code in UInt32(0)..<128 where isMember(code) {
            if code < 64 { low |= 1 << UInt64(code) } else { high |= 1 << UInt64(code - 64) }
        }
    }

    @inline(__always)
    func contains(_ scalar: Unicode.Scalar) -> Bool {
        let code = scalar.value
        if code < 64 { return low & (1 << UInt64(code)) != 0 }
        if code < 128 { return high & (1 << UInt64(code - 64)) != 0 }
        return isMember(code)
    }

    private func isMember(_ code: UInt32) -> Bool {
        var from = 0
        var to = ranges.count
        while from < to {
            let middle = (from + to) / 2
            let range = ranges[middle]
            if range.upperBound < code {
                from = middle + 1
            } else if range.lowerBound > code {
                to = middle
            } else {
                return !isNegated
            }
        }
        if !properties.isEmpty, let scalar = Unicode.Scalar(code) {
            for term in properties where term.property.holds(for: scalar) != term.isNegated { return !isNegated }
        }
        return isNegated
    }

    private static func merged(_ ranges: [ClosedRange<UInt32>]) -> [ClosedRange<UInt32>] {
        var merged: [ClosedRange<UInt32>] = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = merged.last, range.lowerBound <= last.upperBound &+ 1 {
                merged[merged.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
            } else {
                merged.append(range)
            }
        }
        return merged
    }
}

extension ScalarSet {
    /// The terms of a set while its source is being read.
    struct Builder {
        var ranges: [ClosedRange<UInt32>] = []
        var properties: [(property: UnicodeProperty, isNegated: Bool)] = []
        var isNegated = false

        static let lastCode: UInt32 = 0x10FFFF
        static let digits: [ClosedRange<UInt32>] = [0x30...0x39]
        static let wordCharacters: [ClosedRange<UInt32>] = [0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A]
        /// WhiteSpace and LineTerminator of ECMA-262 §12.2 and §12.3.
        static let spaces: [ClosedRange<UInt32>] = [
            0x09...0x0D, 0x20...0x20, 0xA0...0xA0, 0x1680...0x1680, 0x2000...0x200A, 0x2028...0x2029,
            0x202F...0x202F, 0x205F...0x205F, 0x3000...0x3000, 0xFEFF...0xFEFF,
        ]
        static let lineTerminators: [ClosedRange<UInt32>] = [0x0A...0x0A, 0x0D...0x0D, 0x2028...0x2029]

        init() {}

        init(_ ranges: [ClosedRange<UInt32>], isNegated: Bool = false) {
            self.ranges = ranges
            self.isNegated = isNegated
        }

        init(code: UInt32) {
            ranges = [code...code]
        }

        /// Adds everything outside of sorted ranges.
        mutating func insertComplement(of others: [ClosedRange<UInt32>]) {
            var next: UInt32 = 0
            for range in others {
                if range.lowerBound > next { ranges.append(next...(range.lowerBound - 1)) }
                next = range.upperBound + 1
            }
            if next <= Self.lastCode { ranges.append(next...Self.lastCode) }
        }
    }
}
