import ArgumentParser
import Core
import JSON

struct ApprovalsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approvals", abstract: "Calls that wait for a person.",
        subcommands: [
            List.self, Show.self, Approve.self, Reject.self, Withdraw.self, Delegate.self, Pace.self, Reconcile.self,
        ],
        defaultSubcommand: List.self)

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
                columns: ["CALL", "USER", "AGENT", "EXPIRES", "ROLES", "WHAT"],
                calls.map { call in
                    ["id", "user", "agent", "expires", "roles"].map { call[$0]?.string ?? "" }
                        + [
                            call["change"]?["title"]?.string
                                ?? "\(call["tool"]?.string ?? "") \(call["arguments"]?.text ?? "")"
                        ]
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
            if let change = reply["change"].flatMap(Change.init(json:)) {
                show(clean(change.title, limit: 1000))
                for field in change.fields {
                    let old = field.old.map { clean($0) } ?? ""
                    show(
                        "    \(clean(field.name)): \(old)\(field.old == nil ? "" : " → ")\(clean(field.new ?? "nothing"))"
                    )
                }
                for warning in change.warnings { show("    \(clean(warning))") }
            }
            for member in reply.object ?? JSONObject() where !["arguments", "change"].contains(member.key) {
                show("\(member.key): \(clean(member.value.string ?? member.value.text))")
            }
            show("arguments (from the agent):")
            for member in reply["arguments"]?.object ?? JSONObject() {
                show("    \(clean(member.key)) = \(clean(member.value.text, limit: 100_000))")
            }
        }
    }

    struct Approve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say yes to exactly this call, or to exactly these, as yourself.")

        @Argument(help: "The call's id; several decide an explicit list.")
        var calls: [String]
        @Option(name: .customLong("as"), help: "Your name as a local user.")
        var person: String
        @Option(help: "Why, for the log.")
        var reason: String?
        @Option(help: "The words that you are asked to type when you approve fast.")
        var typed: String?
        @Flag(help: "Approve alone in an emergency; takes a reason, and others are alarmed.")
        var breakGlass = false
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            var arguments = JSONObject()
            if let typed { arguments.append("typed", .string(typed)) }
            if breakGlass { arguments.append("break_glass", true) }
            try await decideCalls(calls, "approve", as: person, reason: reason, arguments, options)
        }
    }

    struct Reject: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say no to this call, or to these, as yourself.")

        @Argument(help: "The call's id; several decide an explicit list.")
        var calls: [String]
        @Option(name: .customLong("as"), help: "Your name as a local user.")
        var person: String
        @Option(help: "Why; the agent is told.")
        var reason: String?
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            try await decideCalls(calls, "reject", as: person, reason: reason, [:], options)
        }
    }

    struct Withdraw: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take back a call that was made for you and has not run.")

        @Argument(help: "The call's id.")
        var call: String
        @OptionGroup var person: PersonOptions
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            try await person.act("approvals-withdraw", ["call": call], options)
        }
    }

    struct Delegate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let somebody decide in your place for a time.")

        @Argument(help: "The local user who decides for you.")
        var to: String?
        @Option(help: "For how long, such as 8h or 7d.")
        var until: String?
        @Option(help: "Why, for the log.")
        var reason: String?
        @Option(parsing: .upToNextOption, help: "Only these of your roles.")
        var roles: [String] = []
        @Flag(help: "End it now.")
        var end = false
        @Option(name: .customLong("as"), help: "Your name as a local user.")
        var person: String?
        @OptionGroup var options: ConfigurationOptions

        func validate() throws {
            guard to != nil else { return }
            if person == nil { throw ValidationError("a delegation takes --as") }
            if !end, until == nil || reason == nil {
                throw ValidationError("a delegation takes --until and --reason")
            }
        }

        func run() async throws {
            guard let to, let person else { return try await list() }
            var arguments: JSONObject = [
                "to": .string(to), "person": .string(person),
                "password": .string(try readSecret("Password of \(person)")),
            ]
            if let until { arguments.append("until", .string(until)) }
            if let reason { arguments.append("reason", .string(reason)) }
            if !roles.isEmpty { arguments.append("roles", .array(roles.map { .string($0) })) }
            show(
                message: try await administer(
                    options, end ? "approvals-undelegate" : "approvals-delegate", arguments))
        }

        private func list() async throws {
            let all = try await administer(options, "approvals-delegations", [:])["delegations"]?.array ?? []
            if all.isEmpty { return show("Nobody decides in another's place.") }
            let columns = ["from", "to", "roles", "until", "reason"]
            show(columns: columns.map { $0.uppercased() }, all.map { one in columns.map { one[$0]?.string ?? "" } })
        }
    }
}

extension ApprovalsCommand {
    struct Reconcile: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Find out what became of a call whose outcome is unknown.",
            discussion: """
                Without a call: lists them. With one, the source is sent the same request under the same operation id, where it \
                recognises that ('idempotency-header'): if it got it, it answers as it did then; if it never did, it does it now. \
                Where it cannot be asked, look yourself and say what you found.
                """)

        @Argument(help: "The call's id.")
        var call: String?
        @Option(name: .customLong("as"), help: "Your name as a local user.")
        var person: String?
        @Flag(help: "You looked, and it happened.")
        var happened = false
        @Flag(help: "You looked, and it did not happen.")
        var didNotHappen = false
        @Option(help: "How you know, for the log.")
        var reason: String?
        @OptionGroup var options: ConfigurationOptions
        @Flag(help: "Print JSON.")
        var json = false

        func validate() throws {
            if happened, didNotHappen { throw ValidationError("it happened or it did not") }
            if happened || didNotHappen, reason == nil { throw ValidationError("what you found takes a --reason") }
            if call != nil, person == nil { throw ValidationError("a call takes --as") }
        }

        func run() async throws {
            guard let call, let person else { return try await list() }
            var arguments: JSONObject = [
                "call": .string(call), "person": .string(person),
                "password": .string(try readSecret("Password of \(person)")),
            ]
            if happened || didNotHappen { arguments.append("happened", .bool(happened)) }
            if let reason { arguments.append("reason", .string(reason)) }
            let reply = try await administer(options, "approvals-reconcile", arguments)
            if json { return show(json: reply) }
            show(message: reply)
        }

        private func list() async throws {
            let calls = try await administer(options, "approvals-unknown", [:])["calls"]?.array ?? []
            if json { return show(json: .array(calls)) }
            if calls.isEmpty { return show("No outcome is unknown.") }
            show(
                columns: ["CALL", "USER", "AGENT", "OPENED", "WHAT"],
                calls.map { call in
                    ["id", "user", "agent", "opened"].map { call[$0]?.string ?? "" }
                        + [call["change"]?["title"]?.string ?? call["tool"]?.string ?? ""]
                })
        }
    }

    struct Pace: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show how fast people decide, and how much they approve.")

        @Option(help: "How far back, such as 24h or 30d.")
        var since = "30d"
        @OptionGroup var options: ConfigurationOptions
        @Flag(help: "Print JSON.")
        var json = false

        func run() async throws {
            let reply = try await administer(options, "approvals-pace", ["since": .string(since)])
            if json { return show(json: reply) }
            if reply["people"]?.array?.isEmpty ?? true { return show("Nobody decided anything.") }
            for (title, key) in [("PERSON", "people"), ("RULE", "rules")] {
                show(
                    columns: [title, "DECIDED", "APPROVED", "MEDIAN", "SHORTEST GAP"],
                    (reply[key]?.array ?? []).map { pace in
                        let decided = pace["decided"]?.int ?? 0
                        let share = decided == 0 ? 0 : 100 * (pace["approved"]?.int ?? 0) / decided
                        return [
                            pace["name"]?.string ?? "", "\(decided)", "\(share) %",
                            "\(pace["median_seconds"]?.int ?? 0) s",
                            pace["shortest_gap_seconds"]?.int.map { "\($0) s" } ?? "-",
                        ]
                    })
            }
            if reply["partial"] == true { show("Only the latest records were looked at.") }
        }
    }
}

private func decideCalls(
    _ calls: [String], _ verdict: String, as person: String, reason: String?, _ more: JSONObject,
    _ options: ConfigurationOptions
) async throws {
    let password = try readSecret("Password of \(person)")
    var arguments: JSONObject = [
        "calls": .array(calls.map { .string($0) }), "verdict": .string(verdict), "person": .string(person),
        "password": .string(password),
    ]
    if let reason { arguments.append("reason", .string(reason)) }
    for member in more { arguments.append(member.key, member.value) }
    show(message: try await administer(options, "approvals-decide", arguments))
}
