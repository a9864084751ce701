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

    private let database: any Database
    private let key: SigningKey
    private let now: @Sendable () -> Timestamp
    private let state = Mutex(State())

    private struct State {
        var appender: TileAppender?
        var isSealing = false
    }

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
    /// - Returns: the new checkpoint; nil where nothing was new, or where somebody else seals.
    /// - Throws: ``JournalFault``; `.unreadable` when an entry is missing, which is then not passed over.
    @discardableResult
    package func seal() async throws -> SignedNote? {
        guard
            state.withLock({ state in
                defer { state.isSealing = true }
                return !state.isSealing
            })
        else { return nil }
        defer { state.withLock { $0.isSealing = false } }
        var newest: SignedNote?
        while let note = try await sealBatch() { newest = note }
        return newest
    }

    private func sealBatch() async throws -> SignedNote? {
        var appender: TileAppender
        if let known = state.withLock({ $0.appender }) { appender = known } else { appender = try await load() }
        let size = appender.frontier.size
        let leaves = try await database.read { connection in
            try connection.query(JournalRow.after(size, limit: Self.batch)).map { row in
                let row = try JournalRow(row)
                return (row.position, row.leaf)
            }
        }
        guard !leaves.isEmpty else {
            // Somebody else may have sealed meanwhile: then this size is an old one, and nothing follows from it.
            state.withLock { $0.appender = appender }
            return nil
        }
        for (offset, leaf) in leaves.enumerated() {
            guard leaf.0 == size + offset + 1 else {
                throw JournalFault(.unreadable, "entry \(size + offset + 1) is missing; the log ends before it")
            }
            appender.append(leaf.1)
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
