import JSON

/// That entries of a class were taken out of the journal, and exactly which: an act of it.
package struct Pruning: Sendable, Hashable {
    package static let act = "entries-pruned"

    /// The positions that were taken out, as ranges that ascend.
    package var ranges: [ClosedRange<Int>]

    private static let mark = Array(#""act":"\#(act)""#.utf8)
    private static let mostRanges = 10_000

    /// - Parameter positions: in any order.
    package init(positions: some Sequence<Int>) {
        ranges = []
        for position in positions.sorted() {
            if let last = ranges.last, position <= last.upperBound + 1 {
                ranges[ranges.count - 1] = last.lowerBound...max(last.upperBound, position)
            } else {
                ranges.append(position...position)
            }
        }
    }

    /// Reads an entry's line.
    ///
    /// - Returns: nil for any other entry, and where a position does not stand before the act's own.
    init?(line: [UInt8]) {
        // Nearly all lines are something else, which their beginning tells.
        guard Self.isMarked(line.span),
            let entry = try? JSONParser.parse(line, options: JSONParser.Options(maxBytes: 64 << 20, allowsNull: true)),
            entry["act"]?.string == Self.act, entry["call"] == nil, entry["previous"] == nil,
            let position = entry["position"]?.int, let text = entry["body"]?["details"]?["positions"]?.string
        else { return nil }
        self.init(text: text, before: position)
    }

    /// Whether the mark stands in the beginning of a line: every line that is checked is looked through, so this has to be fast.
    private static func isMarked(_ line: Span<UInt8>) -> Bool {
        let mark = mark.span
        let end = min(line.count, 600) - mark.count
        guard end >= 0 else { return false }
        var place = 0
        while place <= end {
            var matched = 0
            while matched < mark.count, line[place + matched] == mark[matched] { matched += 1 }
            if matched == mark.count { return true }
            place += 1
        }
        return false
    }

    /// Reads `3-5,9`.
    init?(text: String, before end: Int) {
        ranges = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
            guard ranges.count < Self.mostRanges, (1...2).contains(ends.count), let first = ends[0],
                let last = ends[ends.count - 1], first > ranges.last?.upperBound ?? 0, first <= last, last < end
            else { return nil }
            ranges.append(first...last)
        }
    }

    /// As the act says it, such as `3-5,9`.
    package var text: String {
        ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }.joined(separator: ",")
    }
}
