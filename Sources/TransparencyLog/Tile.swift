/// A row of up to 256 hashes of a tree's nodes (C2SP tlog-tiles): of leaves at level 0, of complete tiles below above it.
public struct Tile: Sendable, Hashable {
    /// Between 0 and 63.
    public var level: Int
    /// Where it stands in its level, counted from 0.
    public var number: Int
    /// How many hashes it has: 256, or fewer for the last one of a level.
    public var width: Int

    /// How many hashes a full tile has.
    public static let fullWidth = 256
    /// Levels that a tree of at most 2^63 leaves can have.
    static let levels = 8

    /// - Returns: nil outside of the ranges.
    public init?(level: Int, number: Int, width: Int = Tile.fullWidth) {
        guard (0...63).contains(level), number >= 0, (1...Self.fullWidth).contains(width) else { return nil }
        self.level = level
        self.number = number
        self.width = width
    }

    /// The path below the log's prefix, such as `tile/0/x001/x234/067.p/8`.
    public var path: String { "tile/\(level)/\(Self.path(number: number, width: width))" }

    /// The path of the entries whose leaves a tile of level 0 has.
    public var entriesPath: String { "tile/entries/\(Self.path(number: number, width: width))" }

    private static func path(number: Int, width: Int) -> String {
        var parts = [digits(number % 1000)]
        var rest = number / 1000
        while rest > 0 {
            parts.append("x" + digits(rest % 1000))
            rest /= 1000
        }
        return parts.reversed().joined(separator: "/") + (width < fullWidth ? ".p/\(width)" : "")
    }

    private static func digits(_ number: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: 3 - text.utf8.count) + text
    }

    /// What a path names.
    public enum Path: Sendable, Hashable {
        case hashes(Tile)
        case entries(Tile)
    }

    /// Reads the path of a tile or of its entries.
    ///
    /// - Returns: nil for any other form, also for one that means the same.
    public static func read(path: String) -> Path? {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count >= 3, parts[0] == "tile" else { return nil }
        let isEntries = parts[1] == "entries"
        guard let level = isEntries ? 0 : decimal(parts[1]), let tile = read(level: level, Array(parts[2...])) else {
            return nil
        }
        let path: Path = isEntries ? .entries(tile) : .hashes(tile)
        return (isEntries ? tile.entriesPath : tile.path) == parts.joined(separator: "/") ? path : nil
    }

    private static func read(level: Int, _ parts: [String]) -> Tile? {
        var parts = parts
        var width = fullWidth
        if parts.count >= 2, parts[parts.count - 2].hasSuffix(".p") {
            guard let partial = decimal(parts.removeLast()), partial < fullWidth else { return nil }
            width = partial
            parts[parts.count - 1].removeLast(2)
        }
        guard parts.count <= 7 else { return nil }
        var number = 0
        for (index, part) in parts.enumerated() {
            let digits = index < parts.count - 1 ? part.dropFirst() : part[...]
            guard digits.utf8.count == 3, let value = decimal("1" + digits) else { return nil }
            let (product, isTooLarge) = number.multipliedReportingOverflow(by: 1000)
            let (sum, isLarger) = product.addingReportingOverflow(value - 1000)
            guard !isTooLarge, !isLarger else { return nil }
            number = sum
        }
        return Tile(level: level, number: number, width: width)
    }

    private static func decimal(_ text: some StringProtocol) -> Int? {
        text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(text) : nil
    }

    /// The partial tiles that a tree of this size ends with, lowest first.
    public static func partial(size: Int) -> [Tile] {
        (0..<levels).compactMap { level in
            let hashes = size >> (8 * level)
            return Tile(level: level, number: hashes / fullWidth, width: hashes % fullWidth)
        }
    }

    /// The root of the complete subtree over a full tile, or over as many of its hashes, which are a power of two.
    public static func root(of hashes: ArraySlice<TreeHash>) -> TreeHash? {
        guard hashes.count.nonzeroBitCount == 1 else { return nil }
        var row = Array(hashes)
        while row.count > 1 {
            row = stride(from: 0, to: row.count, by: 2).map { .node(row[$0], row[$0 + 1]) }
        }
        return row.first
    }
}
