/// The roots of the complete subtrees that a tree consists of, largest first: all that is needed to add leaves and to know
/// the root.
public struct Frontier: Sendable, Hashable {
    /// How many leaves there are.
    public private(set) var size = 0
    private var roots: [TreeHash] = []

    public init() {}

    /// - Parameters:
    ///   - size: how many leaves there are.
    ///   - roots: one for each bit of the size, the largest subtree first.
    /// - Returns: nil where their number is another one.
    public init?(size: Int, roots: [TreeHash]) {
        guard size >= 0, roots.count == size.nonzeroBitCount else { return nil }
        self.size = size
        self.roots = roots
    }

    /// Adds a leaf.
    public mutating func append(_ leaf: TreeHash) {
        append(leaf, leaves: 1)
    }

    /// Adds a leaf.
    ///
    /// - Returns: the hashes that stand in tiles above the lowest level because of it: roots of the complete subtrees of 256, 65,536,
    ///   and so on, leaves that end with it, the smallest first. Nearly always none.
    mutating func appendToTiles(_ leaf: TreeHash) -> [TreeHash] {
        guard size < Int.max else { return [] }
        var full: [TreeHash] = []
        join(leaf, leaves: 1) { root, width in
            if width.trailingZeroBitCount % 8 == 0 { full.append(root) }
        }
        return full
    }

    /// Adds a complete subtree.
    ///
    /// - Parameter leaves: how many it has; a power of two that divides the present size, or nothing is added.
    /// - Returns: whether it was added.
    @discardableResult
    public mutating func append(_ root: TreeHash, leaves: Int) -> Bool {
        guard leaves > 0, leaves.nonzeroBitCount == 1, size & (leaves - 1) == 0, size <= Int.max - leaves else {
            return false
        }
        join(root, leaves: leaves) { _, _ in }
        return true
    }

    /// Adds a complete subtree, and tells of each larger one that it completes: its root, and how many leaves it has.
    private mutating func join(_ root: TreeHash, leaves: Int, _ completed: (TreeHash, Int) -> Void) {
        var root = root
        var width = leaves
        while size & width != 0, let left = roots.popLast() {
            root = .node(left, root)
            width <<= 1
            completed(root, width)
        }
        roots.append(root)
        size += leaves
    }

    /// The hash of the whole tree.
    public var root: TreeHash {
        guard var hash = roots.last else { return .empty }
        for left in roots.dropLast().reversed() { hash = .node(left, hash) }
        return hash
    }
}
