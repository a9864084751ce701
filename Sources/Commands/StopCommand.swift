import ArgumentParser
import JSON

struct StopCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop", abstract: "Stop an agent, a user, a tool, a source or everything, at once.",
        discussion: """
            When the command returns, no call of it is admitted any more, and the calls that are still running are named. It \
            holds across restarts until 'sallyport resume'. Without arguments it lists what is stopped.
            """)

    @Argument(help: "all, agent, user, tool or source.")
    var what: String?
    @Argument(help: "Its name; none for all.")
    var name: String?
    @Option(help: "Why, for the log.")
    var reason: String?
    @OptionGroup var options: ConfigurationOptions
    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        if what != nil, reason == nil { throw ValidationError("a stop takes a --reason") }
    }

    func run() async throws {
        guard let what, let reason else { return try await list() }
        var arguments: JSONObject = ["what": .string(what), "reason": .string(reason)]
        if let name { arguments.append("name", .string(name)) }
        let reply = try await administer(options, "stop", arguments)
        if json { return show(json: reply) }
        show(message: reply)
        for call in reply["running"]?.array ?? [] { show("  running: \(clean(call.string ?? ""))") }
    }

    private func list() async throws {
        let stops = try await administer(options, "stops-list", [:])["stops"]?.array ?? []
        if json { return show(json: .array(stops)) }
        if stops.isEmpty { return show("Nothing is stopped.") }
        show(
            columns: ["WHAT", "NAME", "SINCE", "BY", "REASON"],
            stops.map { stop in ["what", "name", "since", "by", "reason"].map { stop[$0]?.string ?? "-" } })
    }
}

struct ResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Take a stop back, as yourself.")

    @Argument(help: "all, agent, user, tool or source.")
    var what: String
    @Argument(help: "Its name; none for all.")
    var name: String?
    @OptionGroup var person: PersonOptions
    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        try await person.act("resume", ["what": what, "name": name], options)
    }
}
