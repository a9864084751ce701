import ArgumentParser
import Core
import Evidence
import Foundation
import JSON
import Report
import Store
import TransparencyLog

struct IncidentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "incident",
        abstract: "What an agent, a user, a tool or a record had to do with, as one signed archive.",
        subcommands: [Gather.self, Verify.self], defaultSubcommand: Gather.self)

    struct Gather: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Gather it: records, people, money, approvals, timeline, proofs.",
            discussion: """
                Writes a tar archive: incident.html for whoever is no engineer, incident.json, events.jsonl, evidence.jsonl with a \
                proof for every entry, and manifest.txt with the digests of all (sha256sum -c), signed in manifest.note. Gathering is \
                an entry of the journal, and so is the signature. Nothing in it was not in the journal: secrets stay redacted.
                """)

        @Option(help: "Of this agent.")
        var agent: String?
        @Option(help: "Of this user.")
        var user: String?
        @Option(help: "Of this tool.")
        var tool: String?
        @Option(help: ArgumentHelp("Of this record, as its source names it.", valueName: "id"))
        var record: String?
        @Option(help: "From when: 7d, a date or a moment (RFC 3339); 30 days otherwise.")
        var since: String?
        @Option(help: "Until when; now otherwise.")
        var until: String?
        @Option(help: "How many calls at most, the newest; 20,000 at most.")
        var limit = 5_000
        @Option(name: [.short, .long], help: "Where to write the archive; without it a summary is printed.")
        var output: String?
        @Flag(help: "Print the summary as JSON.")
        var json = false
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            var arguments: JSONObject = ["limit": JSONValue(limit)]
            for (name, value) in [("agent", agent), ("user", user), ("tool", tool), ("record", record)] {
                guard let value else { continue }
                arguments.append(name, .string(value))
            }
            for (name, value) in [("since", since), ("until", until)] {
                if let value { arguments.append(name, .string(value)) }
            }
            let reply = try await administer(options, "incident-gather", arguments)
            guard let positions = reply["positions"]?.array?.compactMap(\.int), let origin = reply["origin"]?.string,
                let key = reply["key"]?.string, let details = reply["details"],
                let frame = IncidentPack.Frame(details, origin: origin, positions: positions.dropLast())
            else { throw CommandError("the server answered in another form") }
            guard
                let lines = try await LogReader(try openJournal(options)).evidence(
                    at: positions, origin: origin, key: key)
            else { throw CommandError("not all entries are in the log yet", hint: "Try again in a moment.") }
            guard let output else {
                let incident = frame.incident(IncidentPack.events(of: try IncidentPack.rows(of: lines)))
                if json {
                    show(json: frame.summary(incident))
                } else {
                    show(renderText(incident, inColour: isatty(STDOUT_FILENO) == 1))
                }
                return
            }
            let pack = try await IncidentPack(frame, lines) { digest in
                try await administer(options, "incident-sign", ["digest": .string(digest)])["note"]?.string ?? ""
            }
            try PrivateFile.replace(output, with: Data(pack.bytes))
            note("\(output): \(positions.count) entries, signed by \(clean(key))")
        }
    }

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check an archive: signature, digests, proofs, and that its page follows from its entries.",
            discussion: """
                Works offline. Exit status: 0 when everything fits; 1 when something does not or cannot be read.
                """)

        @Argument(help: "The archive.")
        var file: String
        @Option(
            name: .customLong("key"),
            help: ArgumentHelp("The log's public key. Without one it is taken from the archive.", valueName: "key"))
        var keys: [String] = []
        @Flag(help: "Print JSON.")
        var json = false

        func run() async throws {
            guard let data = FileManager.default.contents(atPath: file) else {
                throw CommandError("'\(file)' cannot be read")
            }
            let keys = try keys.map { text in
                guard let key = NoteKey(text) else { throw CommandError("'\(clean(text))' is no public key") }
                return key
            }
            let result = try IncidentPack([UInt8](data)).verify(keys)
            if json { return show(json: result.json) }
            show(
                "sound: \(result.entries) entries of the log \(clean(result.origin ?? "")); the page follows from them")
            if !result.isKeyGiven {
                show("the key was not given: it was taken from the archive, which fits itself, and no more is said")
            }
        }
    }
}
