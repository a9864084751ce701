import Core
import Engine
import Foundation
import Identity
import JSON
import Settings
import Store
import TransparencyLog
import Vault

extension House {
    /// Writes everything that is needed to go on elsewhere into one file, while calls run.
    ///
    /// The file appears under its name as a whole, or not at all.
    /// - Parameters:
    ///   - path: must not be there yet.
    ///   - withKeys: whether the private keys go along.
    /// - Returns: how many entries the log in it has, and its size in bytes.
    func backUp(to path: String, withKeys: Bool) async throws -> (entries: Int, bytes: Int) {
        guard path.hasPrefix("/"), !path.hasSuffix("/") else { throw CommandError("'\(path)' names no file") }
        guard !FileManager.default.fileExists(atPath: path) else {
            throw CommandError("'\(path)' is there already", hint: "A backup replaces no file; give it another name.")
        }
        let moment = gate.now()
        // Recorded and sealed first, so that the backup itself tells of it.
        try await gate.journal.record(
            Act(
                "backup-made", by: "operator", details: ["file": .string(path), "keys": .bool(withKeys)], at: moment),
            durability: .now)
        await seal()
        let temporary = path + ".part-" + gate.newCallID(moment).text
        defer {
            for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: temporary + end) }
        }
        try await copyJournal(to: temporary)
        let entries = try await addParts(to: temporary, withKeys: withKeys, at: moment)
        let bytes = try PrivateFile.put(temporary, inPlace: path)
        return (entries, bytes)
    }

    private func copyJournal(to path: String) async throws {
        let configuration = inForce.value
        guard let url = configuration.database else {
            try copySQLite(configuration.dataDirectory + "/" + DataDirectory.database, to: path)
            return
        }
        let snapshot = try PostgreSQLSnapshot(
            PostgreSQLSettings(url: url, password: ProcessInfo.processInfo.environment["SALLYPORT_DATABASE_PASSWORD"]))
        let copy = try SQLiteDatabase(path: path)
        do {
            try await Schema.migrate(copy)
            let dialect = copy.dialect
            try await copy.write { connection in
                try Users.migrate(connection, dialect: dialect)
                try VaultTables.migrate(connection, dialect: dialect)
            }
            try await copyDatabase(snapshot, to: copy, extra: VaultTables.copied + Users.copied) { _, _ in }
        } catch {
            await snapshot.close()
            try? await copy.close()
            throw error
        }
        await snapshot.close()
        try await copy.close()
    }

    private func addParts(to path: String, withKeys: Bool, at moment: Timestamp) async throws -> Int {
        let copy = try SQLiteDatabase(path: path)
        do {
            let state = try await LogReader(copy).state()
            var parts: [(name: String, content: [UInt8])] = [
                (DataDirectory.logKey, Array((noteKey.publicKey.text + "\n").utf8)),
                (
                    BackupFormat.manifest,
                    JSONValue.object([
                        "version": JSONValue(BackupFormat.version), "made": .string(moment.description),
                        "product": .string(productVersion), "origin": .string(noteKey.publicKey.name),
                        "sealed": JSONValue(state.size), "entries": JSONValue(state.entries),
                        "keys": .bool(withKeys),
                    ]).bytes
                ),
            ]
            if let note = try await LogReader(copy).checkpoint() {
                parts.append((DataDirectory.logHead, Array(note.description.utf8)))
            }
            if withKeys { parts += try keyFiles() }
            try await BackupParts.write(parts, to: copy)
            try await copy.close()
            return state.size
        } catch {
            try? await copy.close()
            throw error
        }
    }

    /// The private keys that stand in the data directory; a vault key from the environment is not among them.
    private func keyFiles() throws -> [(name: String, content: [UInt8])] {
        let directory = inForce.value.dataDirectory
        return try BackupFormat.keys.compactMap { name in
            let path = directory + "/" + name
            guard FileManager.default.fileExists(atPath: path) else { return nil }
            do throws(KeyFileFault) {
                return (name, try KeyFile.read(path, limit: 65_536))
            } catch {
                throw CommandError("'\(path)' cannot be read")
            }
        }
    }
}
