import Core
import Evidence
import JSON
import TestSupport
import Testing
import TransparencyLog

@Suite struct VerifierTests {
    @Test(arguments: [1, 2, 255, 256, 257, 700])
    func `a sound log is found sound`(count: Int) {
        let result = SampleLog(count: count).parts().verify()
        #expect(result.isSound, "\(result.flaws)")
        #expect(result.entries == count)
        #expect(result.size == count)
        #expect(result.isWhole && result.isKeyGiven)
        #expect(result.checkpoints == SampleLog(count: count).sizes.count)
    }

    private enum Tampering: CaseIterable {
        case change, remove, swap, insert, duplicate, renumberAfterRemoval, renumberAfterInsertion
    }

    @Test(arguments: 0..<120)
    func `the first entry that is not as it was logged is named`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let count = Int.random(in: 2...600, using: &random)
        let log = SampleLog(count: count)
        var parts = log.parts()
        let position = Int.random(in: 1..<count, using: &random)
        let (bundle, entry) = try #require(parts.place(of: position))
        let way = try #require(Tampering.allCases.randomElement(using: &random))
        var expected: Flaw.Kind
        switch way {
        case .change:
            parts.bundles[bundle].entries[entry].line[Int.random(in: 60..<90, using: &random)] ^= 1
            expected = .changed
        case .remove:
            parts.bundles[bundle].entries.remove(at: entry)
            expected = .removed
        case .swap:
            guard entry + 1 < parts.bundles[bundle].entries.count else { return }
            parts.bundles[bundle].entries.swapAt(entry, entry + 1)
            expected = .reordered
        case .insert:
            parts.bundles[bundle].entries.insert(
                (position, SampleLog.row(position, "made up").line), at: entry)
            expected = .inserted
        case .duplicate:
            parts.bundles[bundle].entries.insert(parts.bundles[bundle].entries[entry], at: entry + 1)
            expected = .inserted
        case .renumberAfterRemoval, .renumberAfterInsertion:
            // As somebody who writes in the table would: so that positions have no gap.
            var rows = log.rows
            if way == .renumberAfterRemoval {
                rows.remove(at: position - 1)
                expected = .removed
            } else {
                rows.insert(SampleLog.row(position, "made up"), at: position - 1)
                rows.removeLast()
                expected = .inserted
            }
            for index in rows.indices { rows[index].position = index + 1 }
            for index in parts.bundles.indices {
                let from = parts.bundles[index].from
                parts.bundles[index].entries = rows[from..<min(from + 256, rows.count)].map { ($0.position, $0.line) }
            }
        }
        let result = parts.verify()
        #expect(!result.isSound, "\(way) at \(position) of \(count)")
        let first = try #require(result.first)
        let named = way == .duplicate ? position + 1 : position
        #expect(first.position == named, "\(way) at \(position) of \(count): \(result.flaws)")
        // What was shifted to the place of what is gone reads as one or the other.
        if way == .renumberAfterRemoval { expected = first.kind == .reordered ? .reordered : .removed }
        #expect(first.kind == expected, "\(way) at \(position) of \(count): \(result.flaws)")
    }

    @Test(arguments: 0..<60)
    func `no changed byte goes unseen`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let log = SampleLog(count: 40, every: 13)
        var lines = log.parts().lines
        // Not in the first line, whose key is not what the log is checked with.
        let line = Int.random(in: 1..<lines.count, using: &random)
        let place = Int.random(in: lines[line].indices, using: &random)
        lines[line][place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        var verifier = Verifier(keys: [SampleLog.key.publicKey])
        for line in lines { verifier.take(line) }
        let result = verifier.finish()
        #expect(!result.isSound, "line \(line + 1), byte \(place)")
    }

    @Test func `who computes the hashes anew is caught by the checkpoints`() throws {
        let log = SampleLog(count: 500)
        var parts = log.parts()
        var changed = log
        changed.rows[249] = SampleLog.row(250, "another amount")
        let other = changed.parts()
        parts.bundles = other.bundles
        let result = parts.verify()
        let first = try #require(result.first)
        #expect(first.kind == .rewritten)
        #expect(first.position == 201 && first.last == 300, "\(result.flaws)")
    }

    @Test func `checkpoints of another key count for nothing`() throws {
        let log = SampleLog(count: 50)
        var parts = log.parts()
        parts.checkpoints = [log.checkpoint(50, key: SampleLog.otherKey)]
        #expect(parts.verify().flaws.map(\.kind).contains(.unsigned))
        // Whoever trusts the key in the file learns that the file fits itself, and that no more was checked.
        parts.head.key = SampleLog.otherKey.publicKey.text
        let own = parts.verify(keys: [])
        #expect(own.isSound && !own.isKeyGiven)
    }

    @Test func `cutting off the newest entries shows by a checkpoint that was kept`() throws {
        let log = SampleLog(count: 500)
        let kept = log.checkpoint(500)
        var parts = log.parts()
        parts.checkpoints.removeLast()
        parts.bundles[1].hashes.removeLast(100)
        parts.bundles[1].entries.removeLast(100)
        #expect(parts.verify().isSound, "nothing in the file tells")
        let result = parts.verify(kept: [kept])
        let first = try #require(result.first)
        #expect(first.kind == .cutOff && first.position == 401 && first.last == 500, "\(result.flaws)")
    }

    @Test func `a log that was begun anew shows by a checkpoint that was kept`() throws {
        let kept = SampleLog(count: 300).checkpoint(300)
        var other = SampleLog(count: 400)
        other.rows[0] = SampleLog.row(1, "another history")
        let result = other.parts().verify(kept: [kept])
        #expect(!result.isSound)
        #expect(result.flaws.contains { $0.kind == .rewritten })
    }

    @Test func `entries without a checkpoint are said to be unsealed`() throws {
        var parts = SampleLog(count: 300).parts()
        parts.checkpoints = Array(parts.checkpoints.prefix(2))
        let first = try #require(parts.verify().first)
        #expect(first.kind == .unsigned && first.position == 201 && first.last == 300)
    }

    @Test func `what the log says was pruned may be missing, and nothing else`() throws {
        let log = SampleLog(count: 600, prunings: [(590, [1...256]), (595, [300...310, 320...320])])
        var pruned = Set(1...256).union(300...310).union([320])
        let result = log.parts(without: pruned).verify()
        #expect(result.isSound, "\(result.flaws)")
        #expect(result.pruned == 268 && result.entries == 332)
        // One that was pruned may be put back; in its place nothing else may go.
        pruned.remove(300)
        #expect(log.parts(without: pruned).verify().isSound)
        pruned.formUnion([311])
        let more = log.parts(without: pruned).verify()
        #expect(more.first?.kind == .removed && more.first?.position == 311 && more.first?.last == 311)
        // An act that was never logged says nothing.
        var parts = SampleLog(count: 600).parts(without: Set(1...10))
        parts.bundles[2].entries.append((600, SampleLog.pruning(600, [1...10]).line))
        #expect(parts.verify().flaws.contains { $0.kind == .removed && $0.position == 1 })
    }

    @Test func `single entries are proven by themselves`() throws {
        let log = SampleLog(count: 300)
        let leaves = log.leaves
        let tree = TileTree(size: 300) { (level, number) throws(Never) -> [TreeHash]? in
            level == 0
                ? Array(leaves.dropFirst(number * 256).prefix(256))
                : number == 0 && level == 1 ? [Tile.root(of: leaves[0..<256])!] : nil
        }
        var lines: [EvidenceLine] = [
            .head(EvidenceHead(origin: SampleLog.origin, key: SampleLog.key.publicKey.text, isWhole: false)),
            .checkpoint(log.checkpoint(300)),
        ]
        for position in [3, 17, 300] {
            lines.append(.entry(position: position, log.rows[position - 1].line))
            lines.append(.proof(try tree.inclusionProof(of: position - 1)))
        }
        func verify(_ lines: [EvidenceLine]) -> Verification {
            var verifier = Verifier(keys: [SampleLog.key.publicKey])
            for line in lines { verifier.take(line.text) }
            return verifier.finish()
        }
        let result = verify(lines)
        #expect(result.isSound && !result.isWhole && result.entries == 3, "\(result.flaws)")
        var changed = lines
        changed[4] = .entry(position: 17, SampleLog.row(17, "x").line)
        #expect(verify(changed).first?.position == 17)
        changed = lines
        changed.remove(at: 5)
        #expect(verify(changed).first?.position == 17)
        changed = lines
        changed.swapAt(2, 4)
        #expect(!verify(changed).isSound)
        changed = lines
        changed.remove(at: 1)
        #expect(!verify(changed).isSound)
    }

    @Test(arguments: [
        "", "{}", "null", "[", #"{"position":0}"#, #"{"position":-1}"#, #"{"position":99999999999999999999}"#,
        #"{"hashes":"AAAA","from":0}"#, #"{"hashes":"","from":-1}"#, #"{"checkpoint":1}"#, #"{"evidence":2}"#,
        #"{"proof":["x"],"index":0,"size":1}"#, #"{"index":0,"size":1,"proof":[1]}"#,
    ])
    func `a line of no known kind is a flaw`(line: String) {
        var verifier = Verifier(keys: [SampleLog.key.publicKey])
        for line in SampleLog(count: 3).parts().lines { verifier.take(line) }
        verifier.take(Array(line.utf8))
        #expect(!verifier.finish().isSound)
    }

    @Test(arguments: [
        "", "x", "5-", "-5", "5-4", "9,3", "3,3", "0", "600", "1-9223372036854775807", "1-99999999999999999999",
    ])
    func `a pruning that names no positions before itself says nothing`(text: String) {
        var log = SampleLog(count: 600)
        log.rows[599].user = "system"
        log.rows[599].call = nil
        log.rows[599].previous = nil
        log.rows[599].phase = nil
        log.rows[599].act = Pruning.act
        log.rows[599].body = Array(#"{"details":{"positions":"\#(text)"}}"#.utf8)
        #expect(log.parts().verify().isSound)
        #expect(!log.parts(without: [5]).verify().isSound, "\(text)")
    }

    @Test func `checkpoints before the head do not stand for entries`() throws {
        let log = SampleLog(count: 500)
        var forged = log
        forged.rows[249] = SampleLog.row(250, "another amount")
        var parts = forged.parts()
        parts.checkpoints = []
        let genuine = EvidenceLine.checkpoint(log.checkpoint(500)).text
        for kept in [[], [log.checkpoint(500)]] {
            var verifier = Verifier(
                keys: [SampleLog.key.publicKey],
                kept: kept.compactMap { try? SignedCheckpoint(note: $0, keys: [SampleLog.key.publicKey]) })
            verifier.take(genuine)
            for line in parts.lines { verifier.take(line) }
            #expect(!verifier.finish().isSound)
        }
    }

    @Test func `of nothing is not said that it is sound`() {
        #expect(!Verifier(keys: []).finish().isSound)
    }
}
