import Core
import Engine
import Evidence
import Foundation
import Glibc
import JSON
import Store
import TransparencyLog

/// Makes a data directory of a backup, beside its place, and puts it there once everything was checked.
struct Restoring {
    let file: String
    let directory: String
    /// The key that the log must be signed with; nil to believe the backup.
    let key: NoteKey?
    /// Checkpoints that were kept elsewhere.
    let kept: [String]
    let acceptsLoss: Bool

    func run() async throws -> Restored {
        let place = FileManager.default
        if place.fileExists(atPath: directory) {
            guard let names = try? place.contentsOfDirectory(atPath: directory), names.isEmpty else {
                throw CommandError(
                    "'\(directory)' is not empty", hint: "Nothing is restored over anything; name a new directory.")
            }
        }
        let draft = directory + ".part-\(UInt32.random(in: 0...UInt32.max))"
        do {
            try place.createDirectory(
                atPath: draft, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw CommandError("'\(draft)' cannot be made")
        }
        defer { try? place.removeItem(atPath: draft) }
        let restored = try await fill(draft)
        try PrivateFile.synchronise(folderOf: draft + "/.")
        guard unsafe rename(draft, directory) == 0 else {
            throw CommandError("'\(directory)' cannot be made: \(unsafe String(cString: strerror(errno)))")
        }
        try PrivateFile.synchronise(folderOf: directory)
        return restored
    }

    private func fill(_ draft: String) async throws -> Restored {
        let path = draft + "/" + DataDirectory.database
        try PrivateFile.copy(file, to: path)
        let database: SQLiteDatabase
        do {
            database = try SQLiteDatabase(path: path)
        } catch {
            throw CommandError("'\(file)' is no backup: \(error.detail)")
        }
        do {
            let restored = try await check(database, draft)
            try await database.close()
            return restored
        } catch {
            try? await database.close()
            guard let fault = error as? JournalFault else { throw error }
            throw CommandError("'\(file)' cannot be restored: \(fault.detail)")
        }
    }

    private func check(_ database: SQLiteDatabase, _ draft: String) async throws -> Restored {
        var parts = try await BackupParts.read(database)
        let bytes = parts.removeValue(forKey: BackupFormat.manifest) ?? []
        let note = String(decoding: parts.removeValue(forKey: BackupFormat.note) ?? [], as: UTF8.self)
        let manifest = try BackupManifest(bytes)
        let found = try publicKey(parts)
        try BackupNote(of: bytes).check(note, found)
        try manifest.check(parts)
        // Before anything is written to the copy: what does not belong to it might act on that.
        guard try digestSQLite(draft + "/" + DataDirectory.database).hex == manifest.tables else {
            throw CommandError("the backup was changed: its tables are not those that its manifest names")
        }
        try await BackupParts.remove(from: database)
        try await Schema.migrate(database)
        var restored = try await verify(database, found, parts, manifest)
        restored.isKeyGiven = key != nil
        for name in BackupFormat.publicFiles + BackupFormat.keys {
            guard let content = parts[name] else { continue }
            try PrivateFile.create(draft + "/" + name, content)
        }
        restored.missing = BackupFormat.keys.filter { parts[$0] == nil }
        let journal = try await SQLJournal.open(database)
        restored.voided = try await voidApprovals(journal)
        restored.delegations = try await endDelegations(journal)
        try await journal.record(
            Act(
                "backup-restored", by: "operator",
                details: [
                    "made": .string(manifest.made), "sealed": JSONValue(restored.entries),
                    "lost": JSONValue(restored.lost), "voided": JSONValue(restored.voided),
                    "delegations": JSONValue(restored.delegations),
                ], at: systemTime()), durability: .now)
        return restored
    }

    /// Ends every delegation: whoever gave it may have taken it back after the backup.
    private func endDelegations(_ journal: SQLJournal) async throws -> Int {
        let now = systemTime()
        let given = try await delegations(in: journal).all(at: now)
        for delegation in given {
            try await journal.record(
                Act(
                    "delegation-ended", by: "operator",
                    details: [
                        "from": .string(delegation.from), "to": .string(delegation.to), "reason": "backup-restored",
                    ], at: now), durability: .now)
        }
        return given.count
    }

    /// Ends every call that waits or was approved: what was approved may have been made after the backup, and would be made a
    /// second time.
    private func voidApprovals(_ journal: SQLJournal) async throws -> Int {
        var count = 0
        for phase in [Call.Phase.approved, .proposed] {
            while true {
                let calls = try await journal.calls(in: phase, limit: 500)
                for var call in calls {
                    let event = CallEvent(.expired, at: max(systemTime(), call.lastEventAt))
                    try call.apply(event)
                    guard try await journal.append(Addition(call: call, events: [event], durability: .now)) else {
                        throw CommandError("the call \(call.id) cannot be ended")
                    }
                    count += 1
                }
                if calls.isEmpty { break }
            }
        }
        return count
    }

    private func publicKey(_ parts: [String: [UInt8]]) throws -> NoteKey {
        let text = String(decoding: parts[DataDirectory.logKey] ?? [], as: UTF8.self)
        guard let found = text.split(separator: "\n").first.flatMap({ NoteKey(String($0)) }) else {
            throw CommandError("the backup has no key of the log")
        }
        if let key, key.text != found.text {
            throw CommandError("the backup is of another log: its key is '\(found.text)'")
        }
        return found
    }

    private func verify(
        _ database: SQLiteDatabase, _ key: NoteKey, _ parts: [String: [UInt8]], _ manifest: BackupManifest
    ) async throws -> Restored {
        var restored = Restored()
        let state = try await LogReader(database).state()
        guard state.size == manifest.sealed, state.entries == manifest.entries else {
            throw CommandError(
                "the backup has \(state.entries) entries, \(state.size) of them sealed; its manifest names "
                    + "\(manifest.entries) and \(manifest.sealed)")
        }
        restored.entries = state.size
        restored.unsealed = max(0, state.entries - state.size)
        var notes = try kept.map { try signed($0, key) }
        let newest = notes.map(\.checkpoint.size).max() ?? 0
        if newest > state.size {
            restored.lost = newest - state.size
            guard acceptsLoss else {
                throw CommandError(
                    "a checkpoint over \(newest) entries was kept; the backup's log has \(state.size)",
                    hint: "Look for a newer backup; --accept-loss restores this one all the same.")
            }
            notes.removeAll { $0.checkpoint.size > state.size }
        }
        guard state.size > 0 else { return restored }
        guard let head = parts[DataDirectory.logHead] else { throw CommandError("the backup has no checkpoint") }
        notes.append(try signed(String(decoding: head, as: UTF8.self), key))
        var verifier = Verifier(keys: [key], kept: notes)
        for try await line in LogReader(database).wholeEvidence(origin: key.name, key: key.text) { verifier.take(line) }
        let result = verifier.finish()
        guard result.isSound else {
            throw CommandError("the backup's log does not verify: \(result.first?.detail ?? "")")
        }
        return restored
    }

    private func signed(_ note: String, _ key: NoteKey) throws -> SignedCheckpoint {
        do throws(SignedCheckpoint.Flaw) {
            return try SignedCheckpoint(note: note, keys: [key])
        } catch {
            throw CommandError("a checkpoint is not signed by the log's key '\(key.name)'")
        }
    }
}
