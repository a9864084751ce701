import ArgumentParser
import Evidence
import Foundation
import JSON
import Settings
import Store

extension AuditCommand {
    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take the journal out, with what others need to check it.",
            discussion: """
                Reads beside a running server. The export is an entry of the journal itself, and in the export. 'evidence' is what \
                'audit verify' checks; the others are for people and other systems: JSON Lines, CSV, OCSF API Activity (JSON Lines) \
                and CEF.
                """)

        enum Format: String, CaseIterable, ExpressibleByArgument {
            case evidence, jsonl, csv, ocsf, cef
        }

        @Option(help: "What to write: \(Format.allCases.map(\.rawValue).joined(separator: ", ")).")
        var format = Format.evidence
        @Option(name: [.short, .long], help: "Where to write it; standard output otherwise.")
        var output: String?
        @Option(help: "Only entries after this position; of 'evidence' always all.")
        var after = 0
        @OptionGroup var options: ConfigurationOptions

        func validate() throws {
            if format == .evidence, after != 0 { throw ValidationError("evidence is of the whole log") }
        }

        func run() async throws {
            let reply = try await administer(
                options, "audit-export", ["format": .string(format.rawValue), "after": JSONValue(after)])
            let (origin, key) = (reply["origin"]?.string ?? "", reply["key"]?.string ?? "")
            let database = try openJournal(options)
            guard format == .evidence else { return try await exportEvents(database, origin) }
            var output = try LineOutput(output)
            var count = 0
            for try await line in LogReader(database).wholeEvidence(origin: origin, key: key) {
                if case .entry = line { count += 1 }
                try output.write(line.text)
            }
            try output.finish()
            note("\(count) entries, to be checked with the key \(key)")
        }

        private func exportEvents(_ database: any ReadableDatabase, _ origin: String) async throws {
            var follower = EventFollower(LogReader(database), after: after)
            var output = try LineOutput(output)
            if format == .csv { try output.write(Array(ExportedEvent.csvHead.utf8)) }
            var count = 0
            while let batch = try await follower.next(entries: 1000) {
                for event in batch.events {
                    count += 1
                    switch format {
                    case .csv: try output.write(Array(event.csv.utf8))
                    case .ocsf: try output.write(event.ocsf(origin: origin, version: productVersion).bytes)
                    case .cef: try output.write(Array(event.cef(version: productVersion).utf8))
                    case .jsonl, .evidence: try output.write(event.json.bytes)
                    }
                }
            }
            try output.finish()
            note("\(count) events, to entry \(follower.position)")
        }
    }

    struct Receipt: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Prove that a call is in the log, for whoever has to show it.")

        @Argument(help: "The call's id.")
        var call: String
        @Option(name: [.short, .long], help: "Where to write it; standard output otherwise.")
        var output: String?
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let reply = try await administer(options, "audit-receipt", ["call": .string(call)])
            var output = try LineOutput(output)
            for line in reply["lines"]?.array ?? [] { try output.write(Array((line.string ?? "").utf8)) }
            try output.finish()
        }
    }
}

/// The journal of a configuration, to be read only.
func openJournal(_ options: ConfigurationOptions) throws -> any ReadableDatabase {
    let configuration = try loadOrExplain(options.config)
    if let url = configuration.database {
        var settings = PostgreSQLSettings(
            url: url, password: ProcessInfo.processInfo.environment["SALLYPORT_DATABASE_PASSWORD"])
        settings.readers = 1
        return try PostgreSQLDatabase(settings)
    }
    return try SQLiteReader(path: configuration.dataDirectory + "/" + DataDirectory.database)
}
