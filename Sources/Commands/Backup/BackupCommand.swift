import ArgumentParser
import Foundation
import JSON

struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Write everything that is needed to go on elsewhere into one file.",
        discussion: """
            Works while the server runs: calls go on, and the file holds one moment. It has the journal with its log, \
            the users, and the vault, whose secrets stay sealed. It is written by the server where one runs, and is \
            readable by its owner only. That it was made is recorded.

            Without --with-keys the file opens no secret, signs nothing and issues no token; keep the keys \
            (vault.key, note.key, signing.key) elsewhere, since nothing can be restored to serve without them. With \
            --with-keys whoever has the file has everything: every stored credential, and the power to sign logs and \
            to issue tokens. Then encrypt it.
            """)

    @Option(help: ArgumentHelp("The file to write; it must not be there yet.", valueName: "file"))
    var output: String
    @Flag(help: "Put the private keys in as well.")
    var withKeys = false
    @Flag(help: "Print JSON.")
    var json = false
    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        let path = URL(fileURLWithPath: output).standardizedFileURL.path
        let reply = try await administer(options, "backup", ["output": .string(path), "keys": .bool(withKeys)])
        if json { return show(json: reply) }
        show("\(path): \(reply["bytes"]?.int ?? 0) bytes, the log with \(reply["entries"]?.int ?? 0) entries")
        let keys = Self.names(reply["keys"]), missing = Self.names(reply["missing"])
        if !keys.isEmpty { show("Private keys are in it, so whoever has the file has what they open: \(keys)") }
        if !missing.isEmpty { show("Not in it, so keep elsewhere: \(missing)") }
    }

    private static func names(_ value: JSONValue?) -> String {
        (value?.array ?? []).compactMap(\.string).map { clean($0) }.joined(separator: ", ")
    }
}
