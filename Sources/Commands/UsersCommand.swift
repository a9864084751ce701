import ArgumentParser
import JSON

struct UsersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "users", abstract: "Local users: whom 'token' can vouch for, and who may decide.",
        subcommands: [Add.self, List.self, Disable.self, Password.self], defaultSubcommand: List.self)

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add a user; with --password one is read from standard input, so that they can decide calls.")

        @Argument(help: "The user's name.")
        var name: String
        @Option(help: "The user's tenant.")
        var tenant: String?
        @Option(name: .customLong("role"), help: "A role of the user towards the product. May be repeated.")
        var roles: [String] = []
        @Flag(help: "Read a password.")
        var password = false
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            var arguments: JSONObject = ["name": .string(name), "roles": .array(roles.map { .string($0) })]
            if let tenant { arguments.append("tenant", .string(tenant)) }
            if password { arguments.append("password", .string(try readSecret("Password of \(name)"))) }
            let reply = try await administer(options, "users-add", arguments)
            show(message: reply)
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List users.")

        @OptionGroup var options: ConfigurationOptions
        @Flag(help: "Print JSON.")
        var json = false

        func run() async throws {
            let users = try await administer(options, "users-list", [:])["users"]?.array ?? []
            if json { return show(json: .array(users)) }
            show(
                columns: ["NAME", "TENANT", "ROLES", "PASSWORD", "STATE"],
                users.map { user in
                    [
                        user["name"]?.string ?? "", user["tenant"]?.string ?? "-",
                        (user["roles"]?.array ?? []).compactMap(\.string).joined(separator: ","),
                        user["has_password"]?.bool == true ? "yes" : "no",
                        user["disabled"]?.bool == true ? "disabled" : "active",
                    ]
                })
        }
    }

    struct Disable: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Disable a user at once.")

        @Argument(help: "The user's name.")
        var name: String
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let reply = try await administer(options, "users-disable", ["name": .string(name)])
            show(message: reply)
        }
    }

    struct Password: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Set a user's password, read from standard input.")

        @Argument(help: "The user's name.")
        var name: String
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let password = try readSecret("New password of \(name)")
            let reply = try await administer(
                options, "users-password", ["name": .string(name), "password": .string(password)])
            show(message: reply)
        }
    }
}

struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Issue a short-lived token for a local user and an agent that acts for them.")

    @Argument(help: "The user's name.")
    var user: String
    @Option(help: "The agent that will use the token.")
    var agent: String
    @Option(help: "How long it holds, at most 24h.")
    var lifetime = "1h"
    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        let reply = try await administer(
            options, "token-issue",
            ["user": .string(user), "agent": .string(agent), "lifetime": .string(lifetime)])
        show(clean(reply["token"]?.string ?? "", limit: 65_536))
    }
}
