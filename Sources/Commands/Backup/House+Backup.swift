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
    /// - Returns: what is in it, and its size in bytes.
    func backUp(to path: String, withKeys: Bool) async throws -> (manifest: BackupManifest, bytes: Int) {
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
        let manifest = try await addParts(to: temporary, withKeys: withKeys, at: moment)
        let bytes = try PrivateFile.put(temporary, inPlace: path)
        return (manifest, bytes)
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

    private func addParts(to path: String, withKeys: Bool, at moment: Timestamp) async throws -> BackupManifest {
        let copy = try SQLiteDatabase(path: path)
        do {
            let state = try await LogReader(copy).state()
            var parts: [(name: String, content: [UInt8])] = [
                (DataDirectory.logKey, Array((noteKey.publicKey.text + "\n").utf8))
            ]
            if let note = try await LogReader(copy).checkpoint() {
                parts.append((DataDirectory.logHead, Array(note.description.utf8)))
            }
            let keys = withKeys ? try keyFiles() : []
            parts += keys
            let manifest = BackupManifest(
                made: moment.description, product: productVersion, origin: noteKey.publicKey.name, sealed: state.size,
                entries: state.entries, keys: keys.map(\.name), tables: try digestSQLite(path).hex,
                parts: Dictionary(parts.map { ($0.name, Digest(of: $0.content).hex) }) { first, _ in first })
            let bytes = manifest.json.bytes
            parts.append((BackupFormat.manifest, bytes))
            parts.append((BackupFormat.note, Array(try BackupNote(of: bytes).signed(by: noteKey).description.utf8)))
            try await BackupParts.write(parts, to: copy)
            try await copy.close()
            return manifest
        } catch {
            try? await copy.close()
            throw error
        }
    }

    /// The private keys that stand in the data directory. Where the vault's key comes from the environment, a file of its
    /// name is another key, and is left out.
    private func keyFiles() throws -> [(name: String, content: [UInt8])] {
        let directory = inForce.value.dataDirectory
        return try BackupFormat.keys.compactMap { name in
            if name == DataDirectory.vaultKey, ProcessInfo.processInfo.environment["SALLYPORT_VAULT_KEY"] != nil {
                return nil
            }
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
