package import Core
import Engine
import Evidence
import Synchronization
package import TransparencyLog

/// Adds what is new in the journal to the log, and signs what the log then comes to.
///
/// Several processes may seal one database: a batch counts when the log has the size that it was computed for.
package final class Sealer: Sendable {
    /// How many entries one checkpoint is over that are new.
    private static let batch = 4096
    /// How many are read at once: about a millisecond's work.
    private static let step = 512

    private let database: any Database
    private let key: SigningKey
    private let now: @Sendable () -> Timestamp
    private let state = Mutex(State())

    private struct State {
        var appender: TileAppender?
        var isSealing = false
        /// How many wait for the log, so that whoever seals does not pause.
        var waiting = 0

        mutating func begin() -> Bool {
            defer { isSealing = true }
            return !isSealing
        }
    }

    /// For how long somebody waits while somebody else seals, in seconds.
    private static let patience = 30

    /// - Parameter key: its name is the log's origin.
    package init(_ database: any Database, key: SigningKey, now: @escaping @Sendable () -> Timestamp) {
        self.database = database
        self.key = key
        self.now = now
    }

    /// Looks whether the log is the one that this key has signed and goes on from the checkpoint that was kept outside.
    ///
    /// - Parameter kept: the newest checkpoint that is known from elsewhere.
    /// - Throws: ``JournalFault`` `.unreadable` when it does not: nothing must be added to such a log.
    package func check(kept: SignedNote?) async throws {
        do {
            try await checkHashes(kept: kept)
        } catch let flaw as TileTree<any Error>.Flaw {
            throw JournalFault(.unreadable, "the log's hashes are incomplete: \(flaw)")
        }
    }

    private func checkHashes(kept: SignedNote?) async throws {
        let key = key.publicKey
        try await database.read { connection in
            guard let newest = try connection.newestCheckpoint() else {
                guard kept == nil else { throw JournalFault(.unreadable, "the log is gone: it has no checkpoint") }
                return
            }
            let signed = try Self.verified(newest.note, key)
            let tree = connection.tree(newest.size)
            guard signed.size == newest.size, try tree.root() == signed.root else {
                throw JournalFault(.unreadable, "the log's hashes are not those that were signed")
            }
            let entries = try connection.query("SELECT MAX(position) FROM entries").first?.first?.int ?? 0
            guard entries >= newest.size else {
                throw JournalFault(
                    .unreadable, "the journal was cut: it has \(entries) entries, the log has \(newest.size)")
            }
            guard let kept else { return }
            let earlier = try Self.verified(kept, key)
            guard earlier.size <= newest.size, try tree.root(of: earlier.size) == earlier.root else {
                throw JournalFault(
                    .unreadable,
                    "the log was rolled back: a checkpoint of \(earlier.size) entries is known that it does not go on from"
                )
            }
        }
    }

    private static func verified(_ note: SignedNote, _ key: NoteKey) throws(JournalFault) -> Checkpoint {
        do throws(SignedCheckpoint.Flaw) {
            return try SignedCheckpoint(note: note.description, keys: [key], origin: key.name).checkpoint
        } catch {
            throw JournalFault(
                .unreadable, "a checkpoint of the log is not signed by this installation's key '\(key.name)'")
        }
    }

    /// Seals all entries that are durable.
    ///
    /// - Parameter pause: waits between two steps, so that calls on the same processor hardly notice; nil where somebody waits for
    ///   the log.
    /// - Returns: the new checkpoint; nil where nothing was new, or, with a pause, where somebody else seals.
    /// - Throws: ``JournalFault``; `.unreadable` when an entry is missing, which is then not passed over.
    @discardableResult
    package func seal(pause: (() async -> Void)? = nil) async throws -> SignedNote? {
        if pause == nil { state.withLock { $0.waiting += 1 } }
        defer { if pause == nil { state.withLock { $0.waiting -= 1 } } }
        var tries = 0
        while !state.withLock({ $0.begin() }) {
            tries += 1
            guard pause == nil, tries < Self.patience * 500 else { return nil }
            try await Task.sleep(for: .milliseconds(2))
        }
        defer { state.withLock { $0.isSealing = false } }
        var newest: SignedNote?
        while let note = try await sealBatch(pause) { newest = note }
        return newest
    }

    private func sealBatch(_ pause: (() async -> Void)?) async throws -> SignedNote? {
        var appender: TileAppender
        if let known = state.withLock({ $0.appender }) { appender = known } else { appender = try await load() }
        let size = appender.frontier.size
        let leaves = try await readLeaves(after: size, pause)
        guard !leaves.isEmpty else {
            // Somebody else may have sealed meanwhile: then this size is an old one, and nothing follows from it.
            state.withLock { $0.appender = appender }
            return nil
        }
        for (offset, leaf) in leaves.enumerated() {
            guard leaf.position == size + offset + 1 else {
                throw JournalFault(.unreadable, "entry \(size + offset + 1) is missing; the log ends before it")
            }
            appender.append(leaf.leaf)
        }
        let tiles = appender.takeChanged()
        guard
            let checkpoint = Checkpoint(
                origin: key.publicKey.name, size: appender.frontier.size, root: appender.frontier.root)
        else { throw JournalFault(.unreadable, "the log has no name") }
        let note = try checkpoint.signed(by: key)
        let text = note.description
        let at = now()
        let counts = try await database.write { connection in
            guard try connection.logSize() == size else { return false }
            for (tile, hashes) in tiles {
                try connection.execute(
                    """
                    INSERT INTO tiles (level, number, hashes)
                    VALUES (\(tile.level), \(tile.number), \(TreeHash.bytes(hashes)))
                    ON CONFLICT (level, number) DO UPDATE SET hashes = excluded.hashes
                    """)
            }
            return try connection.execute(
                """
                INSERT INTO checkpoints (size, at, note) VALUES (\(checkpoint.size), \(at), \(text))
                ON CONFLICT DO NOTHING
                """) == 1
        }
        let sealed = appender
        state.withLock { $0.appender = counts ? sealed : nil }
        return counts ? note : nil
    }

    /// The leaves of the entries behind a size, at most a batch of them.
    private func readLeaves(
        after size: Int, _ pause: (() async -> Void)?
    ) async throws -> [(position: Int, leaf: TreeHash)] {
        var leaves: [(position: Int, leaf: TreeHash)] = []
        while leaves.count < Self.batch {
            let from = size + leaves.count
            let part = try await database.read { connection in
                var part: [(position: Int, leaf: TreeHash)] = []
                part.reserveCapacity(Self.step)
                var line = EntryLine()
                try connection.forEachRow(of: JournalRow.after(from, limit: Self.step)) { row in
                    part.append((try line.write(row), line.leaf))
                }
                return part
            }
            leaves += part
            guard part.count == Self.step else { break }
            if state.withLock({ $0.waiting == 0 }) { await pause?() }
        }
        return leaves
    }

    /// The state to go on from, as it is stored.
    private func load() async throws -> TileAppender {
        try await database.read { connection in
            let size = try connection.logSize()
            var open = [[TreeHash]](repeating: [], count: 8)
            for tile in Tile.partial(size: size) {
                open[tile.level] = Array((try connection.tile(tile.level, tile.number) ?? []).prefix(tile.width))
            }
            guard let appender = TileAppender(frontier: try connection.tree(size).frontier(), open: open) else {
                throw JournalFault(.unreadable, "the log's hashes are incomplete")
            }
            return appender
        }
    }

    /// Keeps what witnesses said of a checkpoint.
    package func add(_ cosignatures: [Cosignature], to size: Int) async throws {
        try await database.write { connection in
            for one in cosignatures {
                try connection.execute(
                    """
                    INSERT INTO cosignatures (size, witness, at, line)
                    VALUES (\(size), \(one.witness.name), \(Int(clamping: one.time)), \(one.signature.line))
                    ON CONFLICT (size, witness) DO NOTHING
                    """)
            }
        }
    }
}

extension SQLConnection {
    fileprivate func logSize() throws -> Int {
        try query("SELECT MAX(size) FROM checkpoints").first?.first?.int ?? 0
    }
}
