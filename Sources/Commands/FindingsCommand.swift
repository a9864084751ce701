import ArgumentParser
import JSON

struct FindingsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "findings", abstract: "What should change, whose it is, and what became of it.",
        subcommands: [List.self, Show.self, Assign.self, Accept.self, Withdraw.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List findings as the last look saw them.",
            discussion: "'sallyport report' takes a look; a running server takes one on a schedule.")

        @Option(help: "Only those that are open, accepted, fixed or reopened; all but fixed otherwise.")
        var state: String?
        @OptionGroup var options: ConfigurationOptions
        @Flag(help: "Print JSON.")
        var json = false

        func run() async throws {
            let reply = try await administer(options, "findings-list", state.map { ["state": .string($0)] } ?? [:])
            let findings = reply["findings"]?.array ?? []
            if json { return show(json: .array(findings)) }
            guard reply["looked"]?.string != nil else {
                return show("Nobody looked yet: 'sallyport report' does.")
            }
            show(
                columns: ["SEVERITY", "STATE", "FINDING", "OWNER", "DUE", "UNTIL", "EVIDENCE"],
                findings.map { finding in
                    ["severity", "state", "id", "owner", "due", "until", "evidence"].map { finding[$0]?.string ?? "-" }
                })
            note("As of \(clean(reply["looked"]?.string ?? "")).")
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show one finding with its history.")

        @Argument(help: "The finding's id, such as stale-credential:crm.")
        var finding: String
        @OptionGroup var options: ConfigurationOptions
        @Flag(help: "Print JSON.")
        var json = false

        func run() async throws {
            let reply = try await administer(options, "findings-show", ["finding": .string(finding)])
            if json { return show(json: reply) }
            for member in reply.object ?? JSONObject() where member.key != "steps" && !member.value.isNull {
                show("\(member.key): \(clean(member.value.string ?? member.value.text))")
            }
            for step in reply["steps"]?.array ?? [] {
                show(
                    clean("    \(step["at"]?.string ?? "")  \(step["by"]?.string ?? "")  \(step["what"]?.string ?? "")")
                )
            }
        }
    }

    struct Assign: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Say whose a finding is, and by when.")

        @Argument(help: "The finding's id.")
        var finding: String
        @Option(help: "Who deals with it.")
        var owner: String?
        @Option(help: "The day by which it is to be dealt with, such as 2027-01-31.")
        var due: String?
        @OptionGroup var person: PersonOptions
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            try await person.act("findings-assign", ["finding": finding, "owner": owner, "due": due], options)
        }
    }

    struct Accept: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take a finding as it is, for a reason and a time. The score stays as it is.")

        @Argument(help: "The finding's id.")
        var finding: String
        @Option(help: "Why.")
        var reason: String
        @Option(help: "The last day on which it holds, such as 2027-01-31; a year at most.")
        var until: String
        @OptionGroup var person: PersonOptions
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            try await person.act("findings-accept", ["finding": finding, "reason": reason, "until": until], options)
        }
    }

    struct Withdraw: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Take an acceptance back.")

        @Argument(help: "The finding's id.")
        var finding: String
        @Option(help: "Why.")
        var reason: String
        @OptionGroup var person: PersonOptions
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            try await person.act("findings-withdraw", ["finding": finding, "reason": reason], options)
        }
    }
}

/// Who acts, for commands that a person stands behind.
struct PersonOptions: ParsableArguments {
    @Option(name: .customLong("as"), help: "Your name as a local user; the password is read from standard input.")
    var person: String

    /// Asks for the password and has the command done in the person's name.
    func act(_ command: String, _ texts: KeyValuePairs<String, String?>, _ options: ConfigurationOptions) async throws {
        var arguments = JSONObject()
        for (key, text) in texts { if let text { arguments.append(key, .string(text)) } }
        try await act(command, arguments, options)
    }

    func act(_ command: String, _ arguments: JSONObject, _ options: ConfigurationOptions) async throws {
        var arguments = arguments
        arguments.append("person", .string(person))
        arguments.append("password", .string(try readSecret("Password of \(person)")))
        show(message: try await administer(options, command, arguments))
    }
}
