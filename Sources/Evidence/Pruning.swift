package import JSON

/// That entries of a class were taken out of the journal, and which: an act of it.
package struct Pruning: Sendable, Hashable {
    package static let act = "entries-pruned"

    /// The positions between which entries were taken out.
    package var range: ClosedRange<Int>
    /// How many there were.
    package var count: Int

    private static let mark = Array(#""act":"\#(act)""#.utf8)

    /// Reads an entry's line.
    ///
    /// - Returns: nil for any other entry.
    init?(line: [UInt8]) {
        // Nearly all lines are something else, which their beginning tells.
        guard line.prefix(600).contains(Self.mark),
            let entry = try? JSONParser.parse(line, options: JSONParser.Options(maxBytes: 64 << 20, allowsNull: true)),
            entry["act"]?.string == Self.act, entry["call"] == nil, entry["previous"] == nil
        else { return nil }
        self.init(details: entry["body"]?["details"])
    }

    package init?(details: JSONValue?) {
        guard let first = details?["first"]?.int, let last = details?["last"]?.int, first > 0, first <= last,
            let count = details?["count"]?.int, count > 0
        else { return nil }
        range = first...last
        self.count = count
    }
}
