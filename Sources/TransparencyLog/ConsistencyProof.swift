/// Proves that a tree is the beginning of a later one (RFC 9162 §2.1.4).
public struct ConsistencyProof: Sendable, Hashable {
    /// How many entries the earlier tree has.
    public var oldSize: Int
    /// How many entries the later tree has.
    public var newSize: Int
    /// Hashes of nodes, lowest first.
    public var hashes: [TreeHash]

    public init(oldSize: Int, newSize: Int, hashes: [TreeHash]) {
        self.oldSize = oldSize
        self.newSize = newSize
        self.hashes = hashes
    }

    /// Whether the tree with the old root is the beginning of the tree with the new one (RFC 9162 §2.1.4.2).
    ///
    /// Of the empty tree nothing can be proven that would not be true of every tree, so nothing is; of two trees of one size
    /// only equal roots.
    public func proves(_ old: TreeHash, isBeginningOf new: TreeHash) -> Bool {
        guard oldSize >= 0, oldSize <= newSize else { return false }
        if oldSize == newSize { return hashes.isEmpty && old == new && (oldSize > 0 || old == .empty) }
        if oldSize == 0 { return false }
        // A complete old tree is a node of the new one, and the verifier has its root.
        var path = hashes[...]
        guard let first = oldSize.nonzeroBitCount == 1 ? old : path.popFirst() else { return false }
        var place = oldSize - 1
        var last = newSize - 1
        while place & 1 == 1 {
            place >>= 1
            last >>= 1
        }
        var (oldHash, newHash) = (first, first)
        for hash in path {
            guard last != 0 else { return false }
            if place & 1 == 1 || place == last {
                oldHash = .node(hash, oldHash)
                newHash = .node(hash, newHash)
                while place & 1 == 0, place != 0 {
                    place >>= 1
                    last >>= 1
                }
            } else {
                newHash = .node(newHash, hash)
            }
            place >>= 1
            last >>= 1
        }
        return last == 0 && oldHash == old && newHash == new
    }
}
