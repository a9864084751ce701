import Core
import Evidence
import JSON
import TestSupport
import TransparencyLog

/// A log of made-up entries, as its evidence file has it.
struct SampleLog {
    static let origin = "log.example/1"
    static let key = signingKey(7)
    static let otherKey = signingKey(8)

    private static func signingKey(_ byte: UInt8) -> SigningKey {
        guard let key = SigningKey(name: origin, seed: [UInt8](repeating: byte, count: 32)) else {
            preconditionFailure()
        }
        return key
    }

    var rows: [JournalRow]
    /// Sizes of the checkpoints.
    var sizes: [Int]

    init(count: Int, every interval: Int = 100, prunings: [(at: Int, [ClosedRange<Int>])] = []) {
        rows = (1...max(1, count)).map { Self.row($0) }
        for (position, ranges) in prunings { rows[position - 1] = Self.pruning(position, ranges) }
        sizes = Array(stride(from: interval, to: count, by: interval)) + [count]
    }

    static func row(_ position: Int, _ text: String = "") -> JournalRow {
        JournalRow(
            position: position, at: Timestamp(microseconds: Int64(position)), call: "call\(position)", previous: 0,
            phase: "admitted", user: "alice", agent: "agent", tool: "list_orders", digest: nil,
            body: Array(#"[{"event":"opened","text":"\#(text)\#(position)"}]"#.utf8))
    }

    static func pruning(_ position: Int, _ ranges: [ClosedRange<Int>]) -> JournalRow {
        let text = Pruning(positions: ranges.flatMap { $0 }).text
        return JournalRow(
            position: position, at: Timestamp(microseconds: Int64(position)), user: "system", act: Pruning.act,
            body: Array(#"{"at":1,"act":"entries-pruned","details":{"positions":"\#(text)"}}"#.utf8))
    }

    var leaves: [TreeHash] { rows.map(\.leaf) }

    func checkpoint(_ size: Int, key: SigningKey = SampleLog.key, of leaves: [TreeHash]? = nil) -> String {
        var frontier = Frontier()
        for leaf in (leaves ?? self.leaves).prefix(size) { frontier.append(leaf) }
        let checkpoint = Checkpoint(origin: Self.origin, size: size, root: frontier.root)
        return (try? checkpoint?.signed(by: key).description) ?? ""
    }

    /// The parts of the evidence, which tests change.
    func parts(without pruned: Set<Int> = []) -> Parts {
        let leaves = leaves
        var bundles: [Parts.Bundle] = []
        for start in stride(from: 0, to: rows.count, by: 256) {
            let end = min(start + 256, rows.count)
            bundles.append(
                Parts.Bundle(
                    from: start, hashes: Array(leaves[start..<end]),
                    entries: rows[start..<end].filter { !pruned.contains($0.position) }.map { ($0.position, $0.line) }))
        }
        return Parts(
            head: EvidenceHead(origin: Self.origin, key: Self.key.publicKey.text, isWhole: true),
            checkpoints: sizes.map { checkpoint($0) }, bundles: bundles)
    }

    struct Parts {
        struct Bundle {
            var from: Int
            var hashes: [TreeHash]
            var entries: [(position: Int, line: [UInt8])]
        }

        var head: EvidenceHead
        var checkpoints: [String]
        var bundles: [Bundle]

        var lines: [[UInt8]] {
            var lines: [EvidenceLine] = [.head(head)]
            lines += checkpoints.map { .checkpoint($0) }
            for bundle in bundles {
                lines.append(.hashes(from: bundle.from, bundle.hashes))
                lines += bundle.entries.map { .entry(position: $0.position, $0.line) }
            }
            return lines.map(\.text)
        }

        func verify(
            keys: [NoteKey] = [SampleLog.key.publicKey], witnesses: [WitnessKey] = [], kept: [String] = []
        ) -> Verification {
            var verifier = Verifier(
                keys: keys, witnesses: witnesses,
                kept: kept.compactMap { try? SignedCheckpoint(note: $0, keys: [SampleLog.key.publicKey]) })
            for line in lines { verifier.take(line) }
            return verifier.finish()
        }

        /// Where an entry stands.
        func place(of position: Int) -> (bundle: Int, entry: Int)? {
            for (index, bundle) in bundles.enumerated() {
                if let entry = bundle.entries.firstIndex(where: { $0.position == position }) { return (index, entry) }
            }
            return nil
        }
    }
}
