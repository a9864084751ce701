/// A range of leaves as a node of some tree covers it (RFC 9162 §2.1.1 names them `D[start:end]`).
struct Subtree: Sendable, Hashable {
    var start: Int
    var end: Int

    var count: Int { end - start }

    /// Where the node's children part: the largest power of two that is smaller than the number of leaves. At least two leaves.
    var middle: Int { start + (1 << (Int.bitWidth - 1 - (count - 1).leadingZeroBitCount)) }

    var left: Subtree { Subtree(start: start, end: middle) }
    var right: Subtree { Subtree(start: middle, end: end) }

    /// The nodes whose hashes prove that a leaf is part of this subtree, lowest first (RFC 9162 §2.1.3.1).
    func inclusionPath(of index: Int) -> [Subtree] {
        var path: [Subtree] = []
        var rest = self
        while rest.count > 1 {
            let (left, right) = (rest.left, rest.right)
            let isLeft = index < rest.middle
            path.append(isLeft ? right : left)
            rest = isLeft ? left : right
        }
        return path.reversed()
    }

    /// The nodes whose hashes prove that a tree of the first leaves is the beginning of this one, lowest first
    /// (RFC 9162 §2.1.4.1). The size is at least 1 and less than the count.
    static func consistencyPath(from old: Int, to new: Int) -> [Subtree] {
        var path: [Subtree] = []
        var rest = Subtree(start: 0, end: new)
        // Whether the old tree's root, which the verifier has, is the node itself.
        var isWhole = true
        while rest.end != old {
            let (left, right) = (rest.left, rest.right)
            if old <= rest.middle {
                path.append(right)
                rest = left
            } else {
                path.append(left)
                rest = right
                isWhole = false
            }
        }
        if !isWhole { path.append(rest) }
        return path.reversed()
    }
}
