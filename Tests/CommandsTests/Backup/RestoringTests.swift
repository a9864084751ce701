import Foundation
import JSON
import Settings
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
                #expect(made.entries > 1)
                let restored = try await restoring(file, office.path + "/new").run()
                #expect(restored.entries == made.entries && restored.lost == 0 && restored.voided == 0)
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
