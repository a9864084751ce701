import Core
import Engine
import Foundation
import JSON
import Settings
import Store
import Synchronization
import Testing
import TransparencyLog

@testable import Commands

extension OfficeTests {
    @Suite struct RestoringTests {
        private func restoring(_ file: String, _ directory: String, kept: [String] = [], acceptsLoss: Bool = false)
            -> Restoring
        {
            Restoring(file: file, directory: directory, key: nil, kept: kept, acceptsLoss: acceptsLoss)
        }

        @Test func `a backup comes back, and says what is missing`() async throws {
            try await Office.open { office in
                try await office.run("users-add", ["name": "ana"])
                let file = office.path + "/backup"
                let made = try await office.house.backUp(to: file, withKeys: false)
                #expect(made.manifest.sealed > 1 && made.manifest.keys.isEmpty)
                let restored = try await restoring(file, office.path + "/new").run()
                #expect(restored.entries == made.manifest.sealed && restored.lost == 0 && restored.voided == 0)
                #expect(restored.missing == BackupFormat.keys)
                let names = try FileManager.default.contentsOfDirectory(atPath: office.path + "/new")
                #expect(Set(names) == [DataDirectory.database, DataDirectory.logKey, DataDirectory.logHead])
                await #expect(throws: CommandError.self, "into what is not empty nothing is restored") {
                    _ = try await restoring(file, office.path + "/new").run()
                }
                await #expect(throws: CommandError.self, "no file is replaced") {
                    _ = try await office.house.backUp(to: file, withKeys: true)
                }
                let left = try FileManager.default.contentsOfDirectory(atPath: office.path)
                #expect(!left.contains { $0.contains(".part-") })
            }
        }

        @Test func `what was kept and is newer refuses it`() async throws {
            try await Office.open { office in
                let file = office.path + "/backup"
                _ = try await office.house.backUp(to: file, withKeys: true)
                try await office.run("users-add", ["name": "ana"])
                await office.house.seal()
                let head = try #require(try LogFiles.head(office.configuration.dataDirectory)).description
                await #expect(throws: CommandError.self) {
                    _ = try await restoring(file, office.path + "/new", kept: [head]).run()
                }
                let restored = try await restoring(file, office.path + "/new", kept: [head], acceptsLoss: true).run()
                #expect(restored.lost > 0 && restored.missing.isEmpty)
            }
        }

        @Test(arguments: [false, true]) func `what was changed in it is refused`(isKeyGiven: Bool) async throws {
            try await Office.open { office in
                try await office.run("users-add", ["name": "ana"])
                let file = office.path + "/backup"
                _ = try await office.house.backUp(to: file, withKeys: true)
                // Behind the checkpoint: sealed is only what there was before the copy.
                let append: SQL = """
                    INSERT INTO entries (position, at, actor, act, body)
                    SELECT max(position) + 1, 1, 'x', 'forged', '[]' FROM entries
                    """
                let changes: [(what: String, statements: [SQL])] = [
                    ("nothing", []),
                    ("a user", ["UPDATE users SET roles = 'admin' WHERE name = 'ana'"]),
                    (
                        "another user",
                        ["INSERT INTO users SELECT 'eve', tenant, roles, password, created, 0 FROM users"]
                    ),
                    ("a forged entry", [append]),
                    (
                        "an emptied log",
                        [
                            "DROP TRIGGER entries_keep_from_delete", "DROP TRIGGER tiles_keep_from_delete",
                            "DROP TRIGGER checkpoints_keep_from_delete", "DELETE FROM entries", "DELETE FROM tiles",
                            "DELETE FROM checkpoints", "DELETE FROM backup WHERE name = 'log.checkpoint'",
                        ]
                    ),
                    ("a budget", ["INSERT INTO spent (budget, used, until_at) VALUES ('b', 0, 1)"]),
                    (
                        "a trigger",
                        ["CREATE TRIGGER t AFTER UPDATE ON users BEGIN UPDATE users SET disabled = 0; END"]
                    ),
                    ("a part", ["UPDATE backup SET content = x'00' WHERE name = 'vault.key'"]),
                    ("one part more", ["INSERT INTO backup (name, content) VALUES ('more', x'00')"]),
                    ("one part less", ["DELETE FROM backup WHERE name = 'log.checkpoint'"]),
                    (
                        "the manifest",
                        ["UPDATE backup SET content = CAST(content || x'20' AS BLOB) WHERE name = 'manifest.json'"]
                    ),
                    ("no note", ["DELETE FROM backup WHERE name = 'manifest.note'"]),
                ]
                for (number, change) in changes.enumerated() {
                    let copy = office.path + "/copy-\(number)"
                    try FileManager.default.copyItem(atPath: file, toPath: copy)
                    let database = try SQLiteDatabase(path: copy)
                    for statement in change.statements {
                        // A guard of the table may keep it from that; then others take the guard away.
                        _ = try? await database.write { try $0.execute(statement) }
                    }
                    try await database.close()
                    let restoring = Restoring(
                        file: copy, directory: office.path + "/new-\(number)",
                        key: isKeyGiven ? office.house.noteKey.publicKey : nil, kept: [], acceptsLoss: false)
                    if change.statements.isEmpty {
                        #expect(try await restoring.run().isKeyGiven == isKeyGiven)
                        continue
                    }
                    let fault = await #expect(throws: CommandError.self, "\(change.what)") {
                        _ = try await restoring.run()
                    }
                    #expect("\(fault.map { "\($0)" } ?? "")".contains("the backup"), "\(change.what)")
                    #expect(!FileManager.default.fileExists(atPath: office.path + "/new-\(number)"))
                }
            }
        }

        @Test func `keys that are not there are named, and what went in is in the manifest`() async throws {
            try await Office.open { office in
                try FileManager.default.removeItem(
                    atPath: office.configuration.dataDirectory + "/" + DataDirectory.vaultKey)
                let file = office.path + "/backup"
                let told = try await office.run("backup", ["output": .string(file), "keys": true])
                #expect(told["keys"] == ["note.key", "signing.key"] && told["missing"] == ["vault.key"])
                let database = try SQLiteDatabase(path: file)
                let parts = try await BackupParts.read(database)
                try await database.close()
                let manifest = try BackupManifest(try #require(parts[BackupFormat.manifest]))
                #expect(manifest.keys == ["note.key", "signing.key"])
                #expect(try await restoring(file, office.path + "/new").run().missing == ["vault.key"])
            }
        }

        @Test func `keys stay in no byte of the database that was restored`() async throws {
            try await Office.open { office in
                let key = try String(
                    contentsOfFile: office.configuration.dataDirectory + "/" + DataDirectory.noteKey, encoding: .utf8)
                let file = office.path + "/backup"
                _ = try await office.house.backUp(to: file, withKeys: true)
                let marker = Data(key.trimmingCharacters(in: .whitespacesAndNewlines).utf8)
                #expect(try Data(contentsOf: URL(fileURLWithPath: file)).range(of: marker) != nil)
                _ = try await restoring(file, office.path + "/new").run()
                let restored = office.path + "/new/" + DataDirectory.database
                #expect(try Data(contentsOf: URL(fileURLWithPath: restored)).range(of: marker) == nil)
                var configuration = office.configuration
                configuration.dataDirectory = office.path + "/new"
                let house = try await House.open(configuration, logger: Office.logger)
                _ = try await house.backUp(to: office.path + "/again", withKeys: false)
                try await house.close()
                let again = try Data(contentsOf: URL(fileURLWithPath: office.path + "/again"))
                #expect(again.range(of: marker) == nil)
            }
        }

        @Test func `delegations end`() async throws {
            try await Office.open { office in
                let now = office.house.gate.now()
                for (to, seconds) in [("ben", 3_600), ("cleo", -1)] {
                    try await office.house.gate.journal.record(
                        Act(
                            "delegated", by: "ana",
                            details: [
                                "to": .string(to), "reason": "away",
                                "until": JSONValue(Int(now.advanced(bySeconds: seconds).microseconds)),
                            ], at: now), durability: .now)
                }
                let file = office.path + "/backup"
                _ = try await office.house.backUp(to: file, withKeys: true)
                #expect(try await restoring(file, office.path + "/new").run().delegations == 1)
                var configuration = office.configuration
                configuration.dataDirectory = office.path + "/new"
                let house = try await House.open(configuration, logger: Office.logger)
                #expect(house.gate.delegations.withLock { $0.all(at: now) }.isEmpty)
                try await house.close()
            }
        }

        @Test func `with a log and without its keys nothing is opened`() async throws {
            try await Office.open { office in
                let file = office.path + "/backup"
                _ = try await office.house.backUp(to: file, withKeys: false)
                _ = try await restoring(file, office.path + "/new").run()
                var configuration = office.configuration
                configuration.dataDirectory = office.path + "/new"
                await #expect(throws: CommandError.self) {
                    _ = try await House.open(configuration, logger: Office.logger)
                }
                let names = try FileManager.default.contentsOfDirectory(atPath: office.path + "/new")
                #expect(!names.contains { $0.hasSuffix(".key") })
            }
        }
    }
}
