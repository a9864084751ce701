import ArgumentParser
import JSON

/// `sallyport undo`
struct UndoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "undo",
        abstract: "Take a call back, where its tool declares how.",
        discussion: """
            Makes the call that the tool's 'undo' declares: a call of its own, as the user of the first, by the agent \
            'sallyport-undo', with its own decision, approval and records. Where policy asks, repeat the command once people \
            agreed. However often it is asked for, it happens once.
            """)

    @Argument(help: "The call's id.")
    var call: String
    @Option(
        name: .customLong("as"), help: "Your name as a local user: the call's user, or somebody who could approve it.")
    var person: String
    @OptionGroup var options: ConfigurationOptions
    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        let reply = try await administer(
            options, "undo",
            [
                "call": .string(call), "person": .string(person),
                "password": .string(try readSecret("Password of \(person)")),
            ])
        if json { return show(json: reply) }
        show(message: reply)
    }
}
