import ArgumentParser
import Foundation
import JSON
import TransparencyLog

struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Make a data directory of a backup.",
        discussion: """
            Takes a file that 'sallyport backup' wrote, checks that everything in it is as it was signed and that its \
            log verifies, and makes a new data directory. An existing one is not touched. What follows the backup is \
            lost; the log shows that to whoever kept a newer checkpoint. Give those that were kept elsewhere with \
            --checkpoint: then a backup that is older than they are is refused unless --accept-loss is given. Calls \
            that wait or are approved in the backup are ended, and so are delegations: they may have been made, or \
            taken back, since.

            To go on with PostgreSQL, run 'sallyport migrate' on the new directory afterwards.
            """)

    @Argument(help: "The backup.")
    var file: String
    @Option(help: ArgumentHelp("The data directory to make; it must be empty or not there.", valueName: "directory"))
    var into: String
    @Option(
        help: ArgumentHelp("The log's public key. Without one the key in the backup is believed.", valueName: "key"))
    var key: String?
    @Option(
        name: .customLong("checkpoint"),
        help: ArgumentHelp("A file with checkpoints that were kept elsewhere.", valueName: "file"))
    var checkpoints: [String] = []
    @Flag(help: "Restore although newer checkpoints are known.")
    var acceptLoss = false
    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        let known = try key.map { text in
            guard let key = NoteKey(text) else { throw CommandError("'\(clean(text))' is no public key") }
            return key
        }
        let restoring = Restoring(
            file: file, directory: URL(fileURLWithPath: into).standardizedFileURL.path, key: known,
            kept: try checkpoints.flatMap(LogFiles.checkpoints), acceptsLoss: acceptLoss)
        let restored = try await restoring.run()
        if json { return show(json: restored.json) }
        show("\(clean(restoring.directory)): the log verifies, \(restored.entries) entries")
        if restored.unsealed > 0 {
            show("\(restored.unsealed) entries behind the newest checkpoint are not sealed yet.")
        }
        if restored.lost > 0 {
            show("\(restored.lost) entries or more are lost: checkpoints that were kept are newer than the backup.")
        }
        if restored.voided > 0 {
            show("\(restored.voided) calls that waited or were approved have ended: each may have been made since.")
        }
        if restored.delegations > 0 {
            show("\(restored.delegations) delegations have ended: each may have been taken back since.")
        }
        if !restored.isKeyGiven {
            show("The key of the log was taken from the backup: only --key tells that nobody signed it anew.")
        }
        if restored.missing.isEmpty {
            show("The keys are there: set 'data' in the configuration, and serve.")
        } else {
            show("To serve, put into it: \(restored.missing.joined(separator: ", "))")
        }
        show("Witnesses and whoever keeps checkpoints have to be told: docs/operations.md.")
    }
}
