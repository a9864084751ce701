import TestSupport
import Testing
import TransparencyLog

@Suite struct TreeTests {
    /// As RFC 9162 §2.1.1 defines it, by recursion.
    private static func root(_ leaves: ArraySlice<TreeHash>) -> TreeHash {
        guard leaves.count > 1 else { return leaves.first ?? .empty }
        var width = 1
        while width * 2 < leaves.count { width *= 2 }
        return .node(root(leaves.prefix(width)), root(leaves.dropFirst(width)))
    }

    private static func leaves(_ count: Int) -> [TreeHash] {
        (0..<count).map { .leaf(Array("entry \($0)".utf8)) }
    }

    /// A tree that was added to in several steps, with what was stored of it.
    private static func store(_ leaves: [TreeHash], steps: [Int]) -> (TileAppender, [[Int]: [TreeHash]]) {
        var appender = TileAppender()
        var tiles: [[Int]: [TreeHash]] = [:]
        for (index, leaf) in leaves.enumerated() {
            appender.append(leaf)
            guard steps.contains(index) || index == leaves.count - 1 else { continue }
            for (tile, hashes) in appender.takeChanged() { tiles[[tile.level, tile.number]] = hashes }
        }
        return (appender, tiles)
    }

    @Test(arguments: [0, 1, 2, 3, 7, 8, 255, 256, 257, 511, 512, 700, 65_536, 65_800])
    func `roots are what the definition says`(size: Int) throws {
        let leaves = Self.leaves(size)
        var random = SplitMix64(seed: UInt64(size))
        let steps = (0..<20).map { _ in Int.random(in: 0...max(1, size), using: &random) }
        let (appender, tiles) = Self.store(leaves, steps: steps)
        let expected = Self.root(leaves[...])
        #expect(appender.frontier.root == expected)
        let tree = TileTree(size: size) { (level, number) throws(Never) in tiles[[level, number]] }
        #expect(try tree.root() == expected)
        #expect(try tree.frontier() == appender.frontier)
        for tile in Tile.partial(size: size) { #expect(tiles[[tile.level, tile.number]]?.count == tile.width) }
        for _ in 0..<(size > 1000 ? 4 : 20) where size > 0 {
            let index = Int.random(in: 0..<size, using: &random)
            let part = Int.random(in: (index + 1)...size, using: &random)
            let partRoot = Self.root(leaves[..<part])
            #expect(try tree.root(of: part) == partRoot)
            let proof = try tree.inclusionProof(of: index, size: part)
            #expect(proof.proves(leaves[index], in: partRoot))
            #expect(try tree.leaf(index) == leaves[index])
            let consistency = try tree.consistencyProof(from: part)
            #expect(consistency.proves(partRoot, isBeginningOf: expected))
        }
    }

    @Test func `a changed proof proves nothing`() throws {
        let leaves = Self.leaves(300)
        let (_, tiles) = Self.store(leaves, steps: [])
        let tree = TileTree(size: 300) { (level, number) throws(Never) in tiles[[level, number]] }
        let root = try tree.root()
        var random = SplitMix64(seed: 7)
        for _ in 0..<200 {
            let index = Int.random(in: 0..<300, using: &random)
            var proof = try tree.inclusionProof(of: index)
            switch Int.random(in: 0..<5, using: &random) {
            case 0: proof.index = (proof.index + Int.random(in: 1..<300, using: &random)) % 300
            case 1: proof.hashes.removeLast()
            case 2: proof.hashes.append(root)
            case 3: proof.hashes[Int.random(in: proof.hashes.indices, using: &random)] = root
            default: proof.size -= index == 299 ? 1 : 300 - index
            }
            #expect(!proof.proves(leaves[index], in: root), "index \(index) \(proof)")
        }
    }

    @Test func `of an incomplete store is said what is missing`() {
        let tree = TileTree(size: 300) { (level, number) throws(Never) -> [TreeHash]? in
            level == 0 && number == 0 ? Self.leaves(256) : nil
        }
        #expect(throws: (any Error).self) { try tree.root() }
        #expect(throws: (any Error).self) { try tree.inclusionProof(of: 300) }
        #expect(throws: (any Error).self) { try tree.inclusionProof(of: -1) }
        #expect(throws: (any Error).self) { try tree.consistencyProof(from: 301) }
    }

    @Test func `an appender goes on only from the tiles that belong to the size`() throws {
        let leaves = Self.leaves(1000)
        let (first, tiles) = Self.store(Array(leaves.prefix(600)), steps: [])
        let open = (0..<8).map { level in
            Tile.partial(size: 600).first { $0.level == level }.flatMap { tiles[[level, $0.number]] } ?? []
        }
        var second = try #require(TileAppender(frontier: first.frontier, open: open))
        for leaf in leaves.dropFirst(600) { second.append(leaf) }
        #expect(second.frontier.root == Self.root(leaves[...]))
        #expect(TileAppender(frontier: first.frontier, open: []) == nil)
        #expect(TileAppender(frontier: first.frontier, open: [Array(open[0].dropLast())] + open.dropFirst()) == nil)
    }

    @Test func `a whole subtree can be added where it fits`() {
        let leaves = Self.leaves(12)
        var frontier = Frontier()
        let added = [8, 16, 3].map { frontier.append(Self.root(leaves[0..<8]), leaves: $0) }
        #expect(added == [true, false, false])
        frontier.append(Self.root(leaves[8..<12]), leaves: 4)
        #expect(frontier.root == Self.root(leaves[...]))
    }
}
