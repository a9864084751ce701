import ArgumentParser
import JSON

struct VaultCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vault", abstract: "Credentials: put in and used, never read out.",
        subcommands: [Put.self, List.self, Remove.self], defaultSubcommand: List.self)

    struct Owner: ParsableArguments {
        @Option(help: "The user whose own credential it is; without it, the source's.")
        var user: String?
        @Option(help: "The user's tenant.")
        var tenant: String?
        @Option(help: "The issuer that names the user so; without it, local users.")
        var issuer: String?

        var json: JSONObject {
            var object = JSONObject()
            if let user { object.append("user", .string(user)) }
            if let tenant { object.append("tenant", .string(tenant)) }
            if let issuer { object.append("issuer", .string(issuer)) }
            return object
        }
    }

    struct Put: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Put a secret in; it is read from standard input.")

        @Argument(help: "The secret's name.")
        var name: String
        @OptionGroup var owner: Owner
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            var arguments = owner.json
            arguments.append("name", .string(name))
            arguments.append("secret", .string(try readSecret("Secret")))
            let reply = try await administer(options, "vault-put", arguments)
            show(message: reply)
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List names, owners and ages; never values.")

        @OptionGroup var options: ConfigurationOptions
        @Flag(help: "Print JSON.")
        var json = false

        func run() async throws {
            let secrets = try await administer(options, "vault-list", [:])["secrets"]?.array ?? []
            if json { return show(json: .array(secrets)) }
            show(
                columns: ["NAME", "OWNER", "VERSION", "UPDATED", "LAST USED"],
                secrets.map { secret in
                    ["name", "owner", "version", "updated", "last_used"].map {
                        secret[$0]?.string ?? secret[$0]?.text ?? "-"
                    }
                })
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Remove a secret.")

        @Argument(help: "The secret's name.")
        var name: String
        @OptionGroup var owner: Owner
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            var arguments = owner.json
            arguments.append("name", .string(name))
            let reply = try await administer(options, "vault-remove", arguments)
            show(message: reply)
        }
    }
}
