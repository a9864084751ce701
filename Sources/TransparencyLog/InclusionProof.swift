/// Proves that an entry is in a tree (RFC 9162 §2.1.3).
public struct InclusionProof: Sendable, Hashable {
    /// Where the entry stands, counted from 0.
    public var index: Int
    /// How many entries the tree has.
    public var size: Int
    /// Hashes of nodes, lowest first.
    public var hashes: [TreeHash]

    public init(index: Int, size: Int, hashes: [TreeHash]) {
        self.index = index
        self.size = size
        self.hashes = hashes
    }

    /// The root of the tree that has this leaf at this place (RFC 9162 §2.1.3.2).
    ///
    /// - Returns: nil where there is no such place, or the number of hashes is another one.
    public func root(of leaf: TreeHash) -> TreeHash? {
        guard index >= 0, index < size else { return nil }
        var place = index
        var last = size - 1
        var hash = leaf
        for other in hashes {
            guard last != 0 else { return nil }
            if place & 1 == 1 || place == last {
                hash = .node(other, hash)
                while place & 1 == 0, place != 0 {
                    place >>= 1
                    last >>= 1
                }
            } else {
                hash = .node(hash, other)
            }
            place >>= 1
            last >>= 1
        }
        return last == 0 ? hash : nil
    }

    /// Whether the leaf is in the tree with this root.
    public func proves(_ leaf: TreeHash, in root: TreeHash) -> Bool {
        self.root(of: leaf) == root
    }
}
