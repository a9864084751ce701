import ArgumentParser
import Foundation
import Testing

@testable import Commands

@Suite struct HelpTests {
    /// The command and all below it, with their names.
    private func commands(
        _ command: any ParsableCommand.Type, _ name: [String]
    ) -> [(name: [String], type: any ParsableCommand.Type)] {
        [(name, command)]
            + command.configuration.subcommands.flatMap { commands($0, name + [$0._commandName]) }
    }

    @Test func `what the command line says of itself is as recorded`() throws {
        let sections = commands(Sallyport.self, ["sallyport"]).map { name, type in
            "# " + name.joined(separator: " ") + "\n\n" + Sallyport.helpMessage(for: type, columns: 100) + "\n"
        }
        let text = sections.joined(separator: "\n")
        let golden = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/help.txt")
        if ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] == "1" {
            try FileManager.default.createDirectory(
                at: golden.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: golden)
        }
        let recorded = try #require(
            try? String(contentsOf: golden, encoding: .utf8), "RECORD_SNAPSHOTS=1 writes the file")
        #expect(text == recorded)
    }
}
