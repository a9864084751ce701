/// Adds leaves to a tree that is kept in tiles: tells which tiles are new or have become wider.
public struct TileAppender: Sendable {
    public private(set) var frontier: Frontier
    /// The last tile of each level, lowest level first, where it is not full.
    private var open: [[TreeHash]]
    /// Tiles that have become full since the last time.
    private var full: [(tile: Tile, hashes: [TreeHash])] = []
    /// Up to which level open tiles have changed since the last time; nil where none has.
    private var changedLevel: Int?

    /// - Parameters:
    ///   - frontier: of the tree so far.
    ///   - open: the last tile of each level, as ``Tile/partial(size:)`` names them; those that are empty as well.
    /// - Returns: nil where a tile has another width than the size asks for.
    public init?(frontier: Frontier, open: [[TreeHash]]) {
        for level in 0..<Tile.levels {
            let width = frontier.size >> (8 * level) % Tile.fullWidth
            guard (level < open.count ? open[level].count : 0) == width else { return nil }
        }
        self.frontier = frontier
        self.open = open
    }

    public init() {
        frontier = Frontier()
        open = []
    }

    /// Adds a leaf.
    public mutating func append(_ leaf: TreeHash) {
        let roots = frontier.appendToTiles(leaf)
        add(leaf, level: 0)
        for (index, root) in roots.enumerated() { add(root, level: index + 1) }
    }

    private mutating func add(_ hash: TreeHash, level: Int) {
        while open.count <= level { open.append([]) }
        open[level].append(hash)
        changedLevel = max(level, changedLevel ?? 0)
        guard open[level].count == Tile.fullWidth else { return }
        let number = (frontier.size >> (8 * level)) / Tile.fullWidth - 1
        if let tile = Tile(level: level, number: number) { full.append((tile, open[level])) }
        open[level] = []
    }

    /// The tiles that changed since the last time, with all their hashes.
    public mutating func takeChanged() -> [(tile: Tile, hashes: [TreeHash])] {
        var tiles = full
        full = []
        guard let highest = changedLevel else { return tiles }
        changedLevel = nil
        for level in 0...highest where !open[level].isEmpty {
            let number = (frontier.size >> (8 * level)) / Tile.fullWidth
            if let tile = Tile(level: level, number: number, width: open[level].count) {
                tiles.append((tile, open[level]))
            }
        }
        return tiles
    }
}
