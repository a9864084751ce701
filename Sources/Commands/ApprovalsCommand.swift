import ArgumentParser
import JSON

struct ApprovalsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approvals", abstract: "Calls that wait for a person.",
        subcommands: [List.self, Show.self, Approve.self, Reject.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List what waits.")

        @OptionGroup var options: ConfigurationOptions
        @Flag(help: "Print JSON.")
        var json = false

        func run() async throws {
            let reply = try await administer(options, "approvals-list", [:])
            let calls = reply["calls"]?.array ?? []
            if json { return show(json: .array(calls)) }
            if calls.isEmpty { return show("Nothing waits.") }
            show(
                columns: ["CALL", "TOOL", "USER", "AGENT", "EXPIRES", "ROLES", "ARGUMENTS"],
                calls.map { call in
                    ["id", "tool", "user", "agent", "expires", "roles"].map { call[$0]?.string ?? "" }
                        + [call["arguments"]?.text ?? ""]
                })
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show one call with all that is known of it.")

        @Argument(help: "The call's id.")
        var call: String
        @OptionGroup var options: ConfigurationOptions
        @Flag(help: "Print JSON.")
        var json = false

        func run() async throws {
            let reply = try await administer(options, "approvals-show", ["call": .string(call)])
            if json { return show(json: reply) }
            for member in reply.object ?? JSONObject() where member.key != "arguments" {
                show("\(member.key): \(clean(member.value.string ?? member.value.text))")
            }
            show("arguments (from the agent):")
            for member in reply["arguments"]?.object ?? JSONObject() {
                show("    \(clean(member.key)) = \(clean(member.value.text, limit: 100_000))")
            }
        }
    }

    struct Approve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Say yes to exactly this call, as yourself.")

        @Argument(help: "The call's id.")
        var call: String
        @Option(name: .customLong("as"), help: "Your name as a local user.")
        var person: String
        @Option(help: "Why, for the log.")
        var reason: String?
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            try await decideCall(call, "approve", as: person, reason: reason, options)
        }
    }

    struct Reject: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Say no to this call, as yourself.")

        @Argument(help: "The call's id.")
        var call: String
        @Option(name: .customLong("as"), help: "Your name as a local user.")
        var person: String
        @Option(help: "Why; the agent is told.")
        var reason: String?
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            try await decideCall(call, "reject", as: person, reason: reason, options)
        }
    }
}

private func decideCall(
    _ call: String, _ verdict: String, as person: String, reason: String?, _ options: ConfigurationOptions
) async throws {
    let password = try readSecret("Password of \(person)")
    var arguments: JSONObject = [
        "call": .string(call), "verdict": .string(verdict), "person": .string(person), "password": .string(password),
    ]
    if let reason { arguments.append("reason", .string(reason)) }
    let reply = try await administer(options, "approvals-decide", arguments)
    show(message: reply)
}
