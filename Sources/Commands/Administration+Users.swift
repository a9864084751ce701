import Core
import Engine
import Identity
import JSON
import Store

extension Administration {
    func addUser(_ arguments: Arguments) async throws -> JSONValue {
        let name = try arguments.required("name")
        let roles = Set((arguments.object["roles"]?.array ?? []).compactMap(\.string))
        try await record(
            "user-add", ["name": .string(name.boundedText), "roles": .array(roles.sorted().map { .string($0) })])
        let user = try await house.users.add(
            name, tenant: arguments["tenant"], roles: roles, password: arguments["password"])
        return ["message": .string("\(user.name) is a local user")]
    }

    func listUsers() async throws -> JSONValue {
        let users = try await house.users.list()
        return [
            "users": .array(
                users.map { user in
                    [
                        "name": .string(user.name), "tenant": user.tenant.map { .string($0) } ?? .null,
                        "roles": .array(user.roles.sorted().map { .string($0) }),
                        "has_password": .bool(user.hasPassword), "disabled": .bool(user.isDisabled),
                        "created": .string(user.created.description),
                    ]
                })
        ]
    }

    func disableUser(_ arguments: Arguments) async throws -> JSONValue {
        let name = try arguments.required("name")
        try await record("user-disable", ["name": .string(name.boundedText)])
        try await house.users.setDisabled(name, true)
        revoke()
        try await house.journal.order()
        return ["message": .string("\(name.boundedText) is disabled")]
    }

    func setPassword(_ arguments: Arguments) async throws -> JSONValue {
        let name = try arguments.required("name")
        try await record("user-password", ["name": .string(name.boundedText)])
        try await house.users.setPassword(name, try arguments.required("password"))
        try await house.journal.order()
        return ["message": .string("the password of \(name.boundedText) is set")]
    }

    func issueToken(_ arguments: Arguments) async throws -> JSONValue {
        let name = try arguments.required("user")
        let agent = try arguments.required("agent")
        guard let lifetime = seconds(arguments["lifetime"] ?? "1h"), (1...86_400).contains(lifetime) else {
            throw CommandError("the lifetime is a time from 1s to 24h")
        }
        guard let user = try await house.users.user(name) else {
            throw CommandError("there is no local user '\(name.boundedText)'", hint: "'sallyport users add' makes one.")
        }
        let token = try house.issuer.token(
            for: user, agent: agent, audience: resource, lifetimeSeconds: lifetime, at: house.gate.now())
        try await record(
            "token-issue",
            ["name": .string(name), "agent": .string(agent.boundedText), "lifetime": JSONValue(lifetime)])
        return ["token": .string(token)]
    }
}
