import Engine
package import Evidence
import Synchronization
package import TransparencyLog

/// What the log over the journal holds, read from the database.
package struct LogReader: Sendable {
    private let database: any ReadableDatabase

    package init(_ database: any ReadableDatabase) {
        self.database = database
    }

    /// The newest checkpoint with witnesses' signatures; nil before the first.
    package func checkpoint() async throws -> SignedNote? {
        try await database.read { try $0.newestCheckpoint()?.note }
    }

    /// The newest checkpoint's size and time.
    package func state() async throws -> (size: Int, at: Int, entries: Int) {
        try await database.read { connection in
            let row = try connection.query("SELECT size, at FROM checkpoints ORDER BY size DESC LIMIT 1").first
            let entries = try connection.query("SELECT MAX(position) FROM entries").first?.first?.int ?? 0
            return (row?.first?.int ?? 0, row?.last?.int ?? 0, entries)
        }
    }

    /// The hashes of a tile, as C2SP tlog-tiles serves them; nil where there are not so many.
    package func hashes(_ tile: Tile) async throws -> [UInt8]? {
        try await database.read { connection in
            let size = try connection.newestCheckpoint()?.size ?? 0
            guard tile.isIn(size), let hashes = try connection.tile(tile.level, tile.number), hashes.count >= tile.width
            else { return nil }
            return TreeHash.bytes(hashes.prefix(tile.width))
        }
    }

    /// The log's own entries whose leaves a tile has, each behind its length in two bytes; nil where there are not so many,
    /// or some were pruned.
    package func logEntries(_ tile: Tile) async throws -> [UInt8]? {
        try await database.read { connection in
            let size = try connection.newestCheckpoint()?.size ?? 0
            guard tile.level == 0, tile.isIn(size) else { return nil }
            let first = tile.number * Tile.fullWidth + 1
            let rows = try connection.query(JournalRow.between(first, first + tile.width - 1))
            guard rows.count == tile.width else { return nil }
            var bytes: [UInt8] = []
            for row in rows { bytes += [0, 32] + EvidenceLine.logEntry(of: try JournalRow(row).line) }
            return bytes
        }
    }

    /// The size of the newest checkpoint that a witness signed; 0 before the first.
    package func size(cosignedBy witness: String) async throws -> Int {
        try await database.read { connection in
            try connection.query("SELECT MAX(size) FROM cosignatures WHERE witness = \(witness)").first?.first?.int ?? 0
        }
    }

    /// When a witness signed last, in POSIX seconds; 0 where none did.
    package func newestCosignature() async throws -> Int {
        try await database.read { try $0.query("SELECT MAX(at) FROM cosignatures").first?.first?.int ?? 0 }
    }

    /// Compares entries of some segments with their hashes: of the newest, and of others at random.
    ///
    /// - Returns: the first position of an entry that is not as it was logged. What was pruned is not looked for.
    package func firstFlaw(inSegments count: Int) async throws -> Int? {
        let segments = (try await state().size + Tile.fullWidth - 1) / Tile.fullWidth
        guard segments > 0 else { return nil }
        var chosen = Set((max(0, segments - count / 2)..<segments))
        while chosen.count < min(count, segments) { chosen.insert(Int.random(in: 0..<segments)) }
        for number in chosen.sorted() {
            let flaw = try await database.read { connection -> Int? in
                let hashes = try connection.tile(0, number) ?? []
                let from = number * Tile.fullWidth
                if hashes.isEmpty { return from + 1 }
                // A full tile is the one that the tree above it, whose root was signed, is over.
                if hashes.count == Tile.fullWidth {
                    let above = try connection.tile(1, number / Tile.fullWidth) ?? []
                    let place = number % Tile.fullWidth
                    guard above.indices.contains(place), Tile.root(of: hashes[...]) == above[place] else {
                        return from + 1
                    }
                }
                for row in try connection.query(JournalRow.between(from + 1, from + hashes.count)) {
                    let row = try JournalRow(row)
                    if row.leaf != hashes[row.position - from - 1] { return row.position }
                }
                return nil
            }
            if let flaw { return flaw }
        }
        return nil
    }

    /// Proves that the tree of the newest checkpoint goes on from an earlier size.
    package func consistencyProof(from old: Int, to size: Int) async throws -> ConsistencyProof {
        try await database.read { try $0.tree(size).consistencyProof(from: old) }
    }

    /// The entries of a call with what proves them; nil where not all are sealed yet.
    package func evidence(ofCall call: String, origin: String, key: String) async throws -> [EvidenceLine]? {
        try await database.read { connection in
            let rows = try connection.query(JournalRow.of(call: call)).map { row in try JournalRow(row) }
            return try connection.proven(rows, origin: origin, key: key)
        }
    }

    /// Entries at positions with what proves them; nil where not all are sealed yet.
    package func evidence(at positions: [Int], origin: String, key: String) async throws -> [EvidenceLine]? {
        try await database.read { connection in
            var rows: [JournalRow] = []
            for position in positions.sorted() {
                rows += try connection.query(JournalRow.between(position, position)).map { row in try JournalRow(row) }
            }
            return try connection.proven(rows, origin: origin, key: key)
        }
    }

    /// The first entry of a call; nil where there is none any more.
    package func opening(ofCall call: String) async throws -> JournalRow? {
        try await database.read { connection in
            try connection.query(JournalRow.opening(ofCall: call)).first.map { row in try JournalRow(row) }
        }
    }

    /// Entries after a position, in their order.
    package func rows(after position: Int, limit: Int) async throws -> [JournalRow] {
        try await database.read { connection in
            try connection.query(JournalRow.after(position, limit: limit)).map { row in try JournalRow(row) }
        }
    }

    /// Everything that the newest checkpoint is over, line by line: the head, all checkpoints, and the entries behind the
    /// hashes of their leaves. Throws ``JournalFault`` on the way.
    package func wholeEvidence(origin: String, key: String) -> AsyncThrowingStream<EvidenceLine, any Error> {
        let database = database
        let place = Mutex((number: -1, size: 0, lines: [EvidenceLine]()[...]))
        return AsyncThrowingStream(unfolding: {
            while true {
                if let line = place.withLock({ $0.lines.popFirst() }) { return line }
                let (number, size) = place.withLock { ($0.number, $0.size) }
                guard number >= 0 else {
                    let (size, notes) = try await database.read { connection in
                        (try connection.newestCheckpoint()?.size ?? 0, try connection.allCheckpoints())
                    }
                    let head = EvidenceLine.head(EvidenceHead(origin: origin, key: key, isWhole: true))
                    let lines = [head] + notes.map { .checkpoint($0) }
                    place.withLock { $0 = (0, size, lines[...]) }
                    continue
                }
                let from = number * Tile.fullWidth
                guard from < size else { return nil }
                let lines = try await database.read { try $0.bundle(number, below: size) }
                place.withLock { $0 = (number + 1, size, lines[...]) }
            }
        })
    }
}

extension Tile {
    /// Whether a tree of this size has the tile.
    fileprivate func isIn(_ size: Int) -> Bool {
        let hashes = level < 8 ? size >> (8 * level) : 0
        let (start, isTooLarge) = number.multipliedReportingOverflow(by: Tile.fullWidth)
        return !isTooLarge && start <= hashes - width
    }
}

extension SQLConnection {
    func newestCheckpoint() throws -> (size: Int, note: SignedNote)? {
        guard let row = try query("SELECT size, note FROM checkpoints ORDER BY size DESC LIMIT 1").first,
            let size = row.first?.int, let text = row.last?.text
        else { return nil }
        let lines = try query("SELECT line FROM cosignatures WHERE size = \(size) ORDER BY witness")
        return (size, try SignedNote.stored(text + lines.compactMap(\.first?.text).joined()))
    }

    /// All checkpoints as they were signed, with witnesses' signatures, smallest first.
    func allCheckpoints() throws -> [String] {
        var lines: [Int: String] = [:]
        for row in try query("SELECT size, line FROM cosignatures ORDER BY size, witness") {
            if let size = row.first?.int, let line = row.last?.text { lines[size, default: ""] += line }
        }
        return try query("SELECT size, note FROM checkpoints ORDER BY size").compactMap { row in
            guard let size = row.first?.int, let note = row.last?.text else { return nil }
            return note + (lines[size] ?? "")
        }
    }

    func tile(_ level: Int, _ number: Int) throws -> [TreeHash]? {
        let row = try query("SELECT hashes FROM tiles WHERE level = \(level) AND number = \(number)").first
        return row?.first?.blob.flatMap { TreeHash.list($0) }
    }

    /// The hashes and entries of a tile of level 0, as far as they are below a size.
    fileprivate func bundle(_ number: Int, below size: Int) throws -> [EvidenceLine] {
        let from = number * Tile.fullWidth
        let last = min(from + Tile.fullWidth, size)
        var lines: [EvidenceLine] = [.hashes(from: from, Array((try tile(0, number) ?? []).prefix(last - from)))]
        for row in try query(JournalRow.between(from + 1, last)) {
            let row = try JournalRow(row)
            lines.append(.entry(position: row.position, row.line))
        }
        return lines
    }

    /// The tree of the first entries. To be used while this connection is.
    func tree(_ size: Int) -> TileTree<any Error> {
        TileTree(size: size) { level, number throws(any Error) in try tile(level, number) }
    }

    fileprivate func proven(_ rows: [JournalRow], origin: String, key: String) throws -> [EvidenceLine]? {
        guard let (size, note) = try newestCheckpoint(), rows.allSatisfy({ $0.position <= size }) else { return nil }
        let tree = tree(size)
        var lines: [EvidenceLine] = [
            .head(EvidenceHead(origin: origin, key: key, isWhole: false)), .checkpoint(note.description),
        ]
        for row in rows {
            lines.append(.entry(position: row.position, row.line))
            lines.append(.proof(try tree.inclusionProof(of: row.position - 1)))
        }
        return lines
    }
}

extension SignedNote {
    fileprivate static func stored(_ text: String) throws(JournalFault) -> SignedNote {
        do throws(SignedNote.Flaw) {
            return try SignedNote(parsing: text)
        } catch {
            throw JournalFault(.unreadable, "a stored checkpoint is no signed note")
        }
    }
}
