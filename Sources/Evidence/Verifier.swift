import JSON
package import TransparencyLog

/// Checks evidence line by line, with nothing but public keys.
///
/// The hashes of leaves are checked against signed checkpoints; entries are checked against the hashes, which tells which
/// one is not as it was.
package struct Verifier: Sendable {
    private let keys: [NoteKey]
    private let witnesses: [WitnessKey]
    /// Checkpoints that were kept outside.
    private let kept: [SignedCheckpoint]

    private var head: EvidenceHead?
    private var lineNumber = 0
    private var checkpoints: [Int: (checkpoint: Checkpoint, note: SignedNote)] = [:]
    /// Sizes of checkpoints that the tree did not reach yet, ascending.
    private var due: [Int] = []
    private var frontier = Frontier()
    private var from = 0
    private var hashes: [TreeHash] = []
    private var lines: [(position: Int, line: [UInt8])] = []
    private var missing: [ClosedRange<Int>] = []
    private var prunings: [ClosedRange<Int>] = []
    private var unproven: (position: Int, line: [UInt8])?
    private var lastPosition = 0
    private var flaws: [Flaw] = []
    private var flawCount = 0
    private var lastFitting = 0
    private var firstUnfitting: Int?
    private var entryCount = 0
    private var checkpointCount = 0
    private var cosignatures: [Cosignature] = []

    private static let mostFlaws = 1000

    /// - Parameters:
    ///   - keys: the log's keys. Without one the key in the file is used, which says no more than that the file fits itself.
    ///   - witnesses: whose signatures are looked for.
    ///   - kept: checkpoints that were kept outside; the log must go on from each.
    package init(keys: [NoteKey], witnesses: [WitnessKey] = [], kept: [SignedCheckpoint] = []) {
        self.keys = keys
        self.witnesses = witnesses
        self.kept = kept
    }

    /// Takes the next line, without its end.
    package mutating func take(_ bytes: [UInt8]) {
        lineNumber += 1
        guard let line = EvidenceLine(bytes) else {
            add(Flaw(.malformed, "line \(lineNumber) is none that evidence has"))
            return
        }
        take(line)
    }

    package mutating func take(_ line: EvidenceLine) {
        // What stands before the head would be judged before it is known of what it is.
        if head == nil {
            guard case .head = line else { return add(Flaw(.malformed, "the first line is no head of evidence")) }
        }
        switch line {
        case .head(let head):
            guard self.head == nil else { return add(Flaw(.malformed, "there is a second head")) }
            self.head = head
            begin()
        case .checkpoint(let note): take(note: note)
        case .hashes(let from, let hashes): take(hashes, from: from)
        case .entry(let position, let line): take(entry: line, position)
        case .proof(let proof): take(proof)
        }
    }

    private var isWhole: Bool { head?.isWhole ?? false }

    private var logKeys: [NoteKey] { keys.isEmpty ? [head.flatMap { NoteKey($0.key) }].compactMap(\.self) : keys }

    private mutating func begin() {
        for one in kept { take(one) }
    }

    private mutating func take(note text: String) {
        do throws(SignedCheckpoint.Flaw) {
            take(try SignedCheckpoint(note: text, keys: logKeys, origin: head?.origin))
        } catch {
            let line = text.split(separator: "\n").dropFirst().first.map { " of size \($0.prefix(20))" } ?? ""
            let reason =
                switch error {
                case .note(.unsigned): "is not signed by the log's key"
                case .note(.invalidSignature(let name)): "was changed: the signature of '\(name)' does not fit"
                case .note(.malformed), .malformed: "is none"
                case .otherOrigin(let origin): "is of another log, '\(origin)'"
                }
            add(Flaw(.unsigned, "a checkpoint\(line) \(reason)"))
        }
    }

    private mutating func take(_ signed: SignedCheckpoint) {
        let size = signed.checkpoint.size
        if let known = checkpoints[size], known.checkpoint.root != signed.checkpoint.root {
            add(Flaw(.rewritten, at: size, "two checkpoints of size \(size) have different roots: the log was split"))
            return
        }
        if let head, signed.checkpoint.origin != head.origin {
            add(Flaw(.unsigned, "a checkpoint of size \(size) is of another log, '\(signed.checkpoint.origin)'"))
            return
        }
        do throws(SignedNote.Flaw) {
            for one in try Cosignature.verified(in: signed.note, by: witnesses) where !cosignatures.contains(one) {
                cosignatures.append(one)
            }
        } catch {
            add(Flaw(.unsigned, "a witness's signature below the checkpoint of size \(size) does not fit"))
        }
        let isNew = checkpoints[size] == nil
        checkpoints[size] = (signed.checkpoint, signed.note)
        guard isNew, isWhole else { return }
        if size < frontier.size {
            add(Flaw(.malformed, "the checkpoint of size \(size) comes after the entries that it is over"))
        } else if size == frontier.size {
            check(size)
        } else {
            let place = due.firstIndex { $0 > size } ?? due.endIndex
            due.insert(size, at: place)
        }
    }

    private mutating func take(_ hashes: [TreeHash], from: Int) {
        closeBundle()
        guard isWhole, from == frontier.size, !hashes.isEmpty else {
            add(Flaw(.malformed, "line \(lineNumber): hashes from \(from) where \(frontier.size) is next"))
            return
        }
        self.from = from
        self.hashes = hashes
        for hash in hashes {
            frontier.append(hash)
            if due.first == frontier.size {
                due.removeFirst()
                check(frontier.size)
            }
        }
    }

    /// Compares the tree so far with the checkpoint of its size.
    private mutating func check(_ size: Int) {
        guard let checkpoint = checkpoints[size]?.checkpoint else { return }
        checkpointCount += 1
        if checkpoint.root == frontier.root {
            if firstUnfitting == nil { lastFitting = size }
        } else if firstUnfitting == nil {
            firstUnfitting = size
        }
    }

    private mutating func take(entry line: [UInt8], _ position: Int) {
        entryCount += 1
        if isWhole {
            lines.append((position, line))
            // A bundle has no more; what goes on is compared as what was inserted.
            if lines.count > 4 * Tile.fullWidth { closeBundle() }
            return
        }
        if let unproven { add(Flaw(.inserted, at: unproven.position, "no proof comes with the entry")) }
        if position <= lastPosition { add(Flaw(.reordered, at: position, "it comes after \(lastPosition)")) }
        lastPosition = position
        unproven = (position, line)
    }

    private mutating func take(_ proof: InclusionProof) {
        guard let entry = unproven else {
            add(Flaw(.malformed, "line \(lineNumber) proves nothing"))
            return
        }
        unproven = nil
        guard let checkpoint = checkpoints[proof.size]?.checkpoint else {
            add(Flaw(.unsigned, at: entry.position, "no checkpoint of size \(proof.size) comes with its proof"))
            return
        }
        guard proof.index == entry.position - 1, proof.proves(EvidenceLine.leaf(of: entry.line), in: checkpoint.root)
        else {
            add(Flaw(.changed, at: entry.position, "the entry is not the one that the log has there"))
            return
        }
        lastFitting = max(lastFitting, proof.size)
    }

    /// Compares the entries of a bundle with its hashes.
    private mutating func closeBundle() {
        defer {
            hashes = []
            lines = []
        }
        guard !hashes.isEmpty || !lines.isEmpty else { return }
        let comparison = compareBundle(from: hashes.isEmpty ? frontier.size : from, hashes, lines)
        if let flaw = comparison.flaw { add(flaw) }
        for position in comparison.missing {
            if let last = missing.last, last.upperBound == position - 1 {
                missing[missing.count - 1] = last.lowerBound...position
            } else {
                missing.append(position...position)
            }
        }
        for (_, line) in lines {
            // Only what was logged tells of pruning.
            if let pruning = Pruning(line: line), hashes.contains(EvidenceLine.leaf(of: line)) {
                prunings += pruning.ranges
            }
        }
    }

    private mutating func add(_ flaw: Flaw) {
        flawCount += 1
        if flaws.count < Self.mostFlaws { flaws.append(flaw) }
    }

    /// What came of it.
    package consuming func finish() -> Verification {
        closeBundle()
        if let unproven { add(Flaw(.inserted, at: unproven.position, "no proof comes with the entry")) }
        if head == nil { add(Flaw(.malformed, "there is no head of evidence")) }
        let pruned = removePruned()
        for range in missing {
            add(
                Flaw(.removed, at: range.lowerBound, to: range.upperBound, "nothing in the log says that it was pruned")
            )
        }
        if let size = firstUnfitting {
            let detail =
                lastFitting == 0
                ? "the checkpoint of size \(size) is over other entries"
                : "the checkpoint of size \(lastFitting) fits, that of size \(size) does not"
            add(Flaw(.rewritten, at: lastFitting + 1, to: size, detail))
        }
        if isWhole, let size = due.last {
            add(
                Flaw(
                    .cutOff, at: frontier.size + 1, to: size,
                    "a checkpoint has \(size) entries, and only \(frontier.size) are there"))
        }
        // Every checkpoint of a whole log was compared with the tree, or something was said of it.
        if isWhole, flaws.isEmpty, checkpointCount != checkpoints.count {
            add(Flaw(.malformed, "a checkpoint was not compared"))
        }
        if checkpoints.isEmpty { add(Flaw(.unsigned, "no checkpoint comes with the entries")) }
        let latest = checkpoints.keys.max()
        if isWhole, frontier.size > latest ?? 0 {
            add(Flaw(.unsigned, at: (latest ?? 0) + 1, to: frontier.size, "no checkpoint is over these entries"))
        }
        return Verification(
            origin: head?.origin, keys: logKeys.map(\.text), isKeyGiven: !keys.isEmpty, isWhole: isWhole,
            entries: entryCount, pruned: pruned, checkpoints: isWhole ? checkpointCount : checkpoints.count,
            size: latest ?? 0, keptSizes: kept.map(\.checkpoint.size).sorted(), cosignatures: cosignatures,
            flaws: flaws.sorted { $0.order < $1.order }, flawCount: flawCount)
    }

    /// Takes what was pruned out of what is missing.
    ///
    /// - Returns: how many entries were pruned.
    private mutating func removePruned() -> Int {
        var count = 0
        var left: [ClosedRange<Int>] = []
        let covers = merged(prunings)
        for range in missing {
            var start = range.lowerBound
            for cover in covers where cover.overlaps(start...range.upperBound) {
                if cover.lowerBound > start { left.append(start...(cover.lowerBound - 1)) }
                count += min(cover.upperBound, range.upperBound) - max(cover.lowerBound, start) + 1
                start = cover.upperBound + 1
                if start > range.upperBound { break }
            }
            if start <= range.upperBound { left.append(start...range.upperBound) }
        }
        missing = left
        return count
    }

    private func merged(_ ranges: [ClosedRange<Int>]) -> [ClosedRange<Int>] {
        var result: [ClosedRange<Int>] = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = result.last, range.lowerBound <= last.upperBound {
                result[result.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
            } else {
                result.append(range)
            }
        }
        return result
    }
}
