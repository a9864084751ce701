import JSON
import TestSupport
import Testing
import TransparencyLog

/// A whole signed log that another implementation wrote (transparency-dev/tessera, Apache-2.0).
@Suite(.enabled(if: SharedData.isThere)) struct SampleLogTests {
    private static let directory = "vectors/tlog-tiles-sample-log/testdata/log/"

    private static func checkpoint(_ name: String) throws -> (note: SignedNote, checkpoint: Checkpoint) {
        let text = String(decoding: try SharedData.bytes(directory + name), as: UTF8.self)
        let note = try SignedNote(parsing: text)
        #expect(note.description == text)
        let checkpoint = try #require(Checkpoint(text: note.text))
        #expect(checkpoint.text == note.text)
        return (note, checkpoint)
    }

    /// The entries of a bundle: a length of two bytes before each.
    private static func entries(_ bundle: [UInt8]) throws -> [[UInt8]] {
        var entries: [[UInt8]] = []
        var rest = bundle[...]
        while !rest.isEmpty {
            try #require(rest.count >= 2)
            let length = Int(rest[rest.startIndex]) << 8 | Int(rest[rest.startIndex + 1])
            entries.append(Array(rest.dropFirst(2).prefix(length)))
            rest = rest.dropFirst(2 + length)
        }
        return entries
    }

    @Test(arguments: 1...15)
    func `entries, tiles, roots and paths are the reference's`(size: Int) throws {
        let tile = try #require(Tile.partial(size: size).first)
        let hashes = try #require(TreeHash.list(try SharedData.bytes(Self.directory + tile.path)))
        let entries = try Self.entries(try SharedData.bytes(Self.directory + tile.entriesPath))
        #expect(entries.map { TreeHash.leaf($0) } == hashes)
        let (note, checkpoint) = try Self.checkpoint("checkpoint.\(size)")
        #expect(checkpoint.size == size)
        #expect(checkpoint.origin == "example.com/log/testdata")
        #expect(note.signatures.map(\.name) == ["example.com/log/testdata"])
        let tree = TileTree(size: size) { (level, number) throws(Never) -> [TreeHash]? in
            level == 0 && number == 0 ? hashes : nil
        }
        #expect(try tree.root() == checkpoint.root)
        var appender = TileAppender()
        for entry in entries { appender.append(.leaf(entry)) }
        #expect(appender.frontier.root == checkpoint.root)
        let changed = appender.takeChanged()
        #expect(changed.map(\.tile) == [tile])
        #expect(changed.first?.hashes == hashes)
    }

    @Test func `each checkpoint is the beginning of the next`() throws {
        let (_, last) = try Self.checkpoint("checkpoint")
        let hashes = try #require(TreeHash.list(try SharedData.bytes(Self.directory + "tile/0/000.p/15")))
        let tree = TileTree(size: last.size) { (_, _) throws(Never) -> [TreeHash]? in hashes }
        for size in 1...15 {
            let (_, checkpoint) = try Self.checkpoint("checkpoint.\(size)")
            let proof = try tree.consistencyProof(from: size)
            #expect(proof.proves(checkpoint.root, isBeginningOf: last.root))
        }
        let (_, empty) = try Self.checkpoint("checkpoint.0")
        #expect(empty.root == .empty)
    }
}
