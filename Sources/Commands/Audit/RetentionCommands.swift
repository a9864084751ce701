import ArgumentParser
import JSON

extension AuditCommand {
    struct Prune: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take out now what was kept long enough, as the running server does every hour.",
            discussion: """
                What is kept for how long stands in the configuration ('log: { keep: … }'). Only sealed segments whose every entry is \
                old enough are touched, and calls go as wholes. Their hashes stay: the rest still verifies, and each pruning is \
                an entry.
                """)

        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            show(message: try await administer(options, "audit-prune", [:]))
        }
    }

    struct Hold: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Keep everything from now on, whatever the configuration says (a legal hold).")

        @Option(help: "Why.")
        var reason: String
        @OptionGroup var person: PersonOptions
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            try await person.act("audit-hold", ["reason": reason], options)
        }
    }

    struct Release: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "End a legal hold.")

        @Option(help: "Why.")
        var reason: String
        @OptionGroup var person: PersonOptions
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            try await person.act("audit-release", ["reason": reason], options)
        }
    }
}
