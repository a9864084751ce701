/// A tree whose hashes are read tile by tile: computes roots and proofs.
public struct TileTree<Failure: Error> {
    /// Why a hash cannot be had.
    public enum Flaw: Error {
        /// There is no such place in the tree.
        case outside
        /// A tile is not there, or has fewer hashes than the tree's size asks for.
        case missing(level: Int, number: Int)
        /// Reading a tile failed.
        case unreadable(Failure)
    }

    /// How many leaves there are.
    public let size: Int
    private let read: (_ level: Int, _ number: Int) throws(Failure) -> [TreeHash]?

    /// - Parameter read: the hashes of a tile, as many as there are; nil where there is none.
    public init(size: Int, read: @escaping (_ level: Int, _ number: Int) throws(Failure) -> [TreeHash]?) {
        self.size = size
        self.read = read
    }

    /// The hash of the tree's first leaves; of all without a number.
    public func root(of count: Int? = nil) throws(Flaw) -> TreeHash {
        let count = count ?? size
        guard count >= 0, count <= size else { throw .outside }
        if count == 0 { return .empty }
        var tiles: [Key: [TreeHash]] = [:]
        return try hash(of: Subtree(start: 0, end: count), &tiles)
    }

    /// What is needed to add leaves.
    public func frontier() throws(Flaw) -> Frontier {
        var tiles: [Key: [TreeHash]] = [:]
        var roots: [TreeHash] = []
        var start = 0
        for place in stride(from: Int.bitWidth - 2, through: 0, by: -1) where size >> place & 1 == 1 {
            roots.append(try hash(of: Subtree(start: start, end: start + (1 << place)), &tiles))
            start += 1 << place
        }
        guard let frontier = Frontier(size: size, roots: roots) else { throw .outside }
        return frontier
    }

    /// The hash of a leaf.
    public func leaf(_ index: Int) throws(Flaw) -> TreeHash {
        guard index >= 0, index < size else { throw .outside }
        var tiles: [Key: [TreeHash]] = [:]
        return try hash(of: Subtree(start: index, end: index + 1), &tiles)
    }

    /// - Parameter size: of the tree in which the leaf is; this one's without a number.
    public func inclusionProof(of index: Int, size: Int? = nil) throws(Flaw) -> InclusionProof {
        let size = size ?? self.size
        guard index >= 0, index < size, size <= self.size else { throw .outside }
        var tiles: [Key: [TreeHash]] = [:]
        var hashes: [TreeHash] = []
        for node in Subtree(start: 0, end: size).inclusionPath(of: index) { hashes.append(try hash(of: node, &tiles)) }
        return InclusionProof(index: index, size: size, hashes: hashes)
    }

    /// - Parameter newSize: of the later tree; this one's without a number.
    public func consistencyProof(from oldSize: Int, to newSize: Int? = nil) throws(Flaw) -> ConsistencyProof {
        let newSize = newSize ?? size
        guard oldSize >= 0, oldSize <= newSize, newSize <= size else { throw .outside }
        var hashes: [TreeHash] = []
        if oldSize > 0, oldSize < newSize {
            var tiles: [Key: [TreeHash]] = [:]
            for node in Subtree.consistencyPath(from: oldSize, to: newSize) {
                hashes.append(try hash(of: node, &tiles))
            }
        }
        return ConsistencyProof(oldSize: oldSize, newSize: newSize, hashes: hashes)
    }

    private struct Key: Hashable {
        var level: Int
        var number: Int
    }

    /// Of at least one leaf.
    private func hash(of subtree: Subtree, _ tiles: inout [Key: [TreeHash]]) throws(Flaw) -> TreeHash {
        // Complete subtrees are read; the few others are put together from those.
        guard subtree.count.nonzeroBitCount == 1, subtree.start & (subtree.count - 1) == 0 else {
            return .node(try hash(of: subtree.left, &tiles), try hash(of: subtree.right, &tiles))
        }
        let height = subtree.count.trailingZeroBitCount
        let level = height / 8
        let width = 1 << (height % 8)
        let first = subtree.start >> (8 * level)
        let key = Key(level: level, number: first / Tile.fullWidth)
        let hashes: [TreeHash]
        if let known = tiles[key] {
            hashes = known
        } else {
            do throws(Failure) {
                hashes = try read(key.level, key.number) ?? []
            } catch {
                throw .unreadable(error)
            }
            tiles[key] = hashes
        }
        let start = first % Tile.fullWidth
        guard start + width <= hashes.count, let root = Tile.root(of: hashes[start..<(start + width)]) else {
            throw .missing(level: key.level, number: key.number)
        }
        return root
    }
}

extension TileTree.Flaw: Sendable where Failure: Sendable {}
