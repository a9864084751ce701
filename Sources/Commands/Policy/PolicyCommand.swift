import ArgumentParser
import Core
import JSON
import Policy
import Risk
import Settings

struct PolicyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy", abstract: "Ask the policy, and see what another one would do.",
        subcommands: [Explain.self, Diff.self, Reach.self, Replay.self, Suggest.self])

    struct Explain: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Why a recorded call, or a call that might be made, is allowed, asked or denied.")

        @Argument(help: "The id of a recorded call, or a tool's name.")
        var subject: String

        @OptionGroup var options: ConfigurationOptions

        @Option(help: "For a tool: the user.")
        var user = "somebody"

        @Option(help: "For a tool: the agent.")
        var agent = "some-agent"

        @Option(help: "For a tool: the tenant.")
        var tenant: String?

        @Option(name: .customLong("role"), help: "For a tool: a role of the user. May be repeated.")
        var roles: [String] = []

        @Option(help: "For a tool: the arguments as JSON. Without them the answer is what listing would say.")
        var arguments: String?

        @Flag(help: "Print JSON.")
        var json = false

        func run() async throws {
            if CallID(subject) != nil {
                let reply = try await administer(options, "call-explain", ["call": .string(subject)])
                if json { show(json: reply) } else { show(clean(reply["explanation"]?.string ?? "", limit: 4000)) }
                return
            }
            let configuration = try loadOrExplain(options.config)
            guard let tool = configuration.tools.first(where: { $0.name == subject }) else {
                throw CommandError("no source has a tool '\(subject)'", hint: "'sallyport tools' lists them.")
            }
            guard tool.bucket != .never, tool.scope.isDeclared else {
                let why = tool.bucket == .never ? "it is a never tool" : "it has no scope"
                if json {
                    show(json: ["effect": "deny", "because": [], "explanation": .string("not callable: \(why)")])
                } else {
                    show("deny (certain)\nnot callable: \(why)")
                }
                return
            }
            let known = try arguments.map { text in
                guard let object = try JSONParser.parse(text).object else {
                    throw CommandError("the arguments must be a JSON object")
                }
                return Known.known(object)
            }
            let facts = Facts(
                user: user, agent: agent, tenant: tenant, roles: Set(roles), tool: tool.facts,
                arguments: known ?? .unknown, minuteOfDay: .unknown)
            let decision = decide(configuration.policy, facts)
            if json {
                show(json: [
                    "effect": .string(decision.effect.rawValue), "certain": .bool(decision.isCertain),
                    "because": .array(decision.because.map { .string($0) }),
                    "explanation": .string(decision.explanation),
                ])
            } else {
                show("\(decision.effect.rawValue) (\(decision.isCertain ? "certain" : "depends on arguments or time"))")
                show(clean(decision.explanation, limit: 4000))
            }
        }
    }
}
