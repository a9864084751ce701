import Core
import Engine
import JSON
import Store
import Vault

extension Administration {
    private func owner(_ arguments: Arguments) -> SecretOwner {
        arguments["user"].map { user in
            .user(user, tenant: arguments["tenant"], issuer: arguments["issuer"] ?? SecretOwner.localIssuer)
        } ?? .source
    }

    private func details(_ arguments: Arguments) -> JSONObject {
        var details = arguments.object
        details["secret"] = nil
        return details
    }

    func putSecret(_ arguments: Arguments) async throws -> JSONValue {
        let name = try arguments.required("name")
        let owner = owner(arguments)
        // The act is recorded first: a secret that is there without a record of it would be a hole in the log.
        try await record("vault-put", details(arguments))
        let version = try await house.vault.put(name, for: owner, Array(try arguments.required("secret").utf8))
        // Other processes read the vault anew before they admit another call.
        try await house.journal.order()
        return ["message": .string("\(name): version \(version) for \(owner.text)")]
    }

    func listSecrets() async throws -> JSONValue {
        let secrets = try await house.vault.list()
        return [
            "secrets": .array(
                secrets.map { secret in
                    [
                        "name": .string(secret.name), "owner": .string(secret.owner.text),
                        "version": JSONValue(secret.version), "created": .string(secret.created.description),
                        "updated": .string(secret.updated.description),
                        "last_used": secret.lastUsed.map { .string($0.description) } ?? .null,
                    ]
                })
        ]
    }

    func removeSecret(_ arguments: Arguments) async throws -> JSONValue {
        let name = try arguments.required("name")
        let owner = owner(arguments)
        try await record("vault-remove", details(arguments))
        guard try await house.vault.remove(name, for: owner) else {
            throw CommandError("there is no secret '\(name.boundedText)' for \(owner.text)")
        }
        try await house.journal.order()
        return ["message": .string("\(name): removed for \(owner.text)")]
    }
}

extension SecretOwner {
    /// The owner in words.
    var text: String {
        switch self {
        case .source: "the source"
        case .user(let user, let tenant, let issuer):
            user + (tenant.map { " of \($0)" } ?? "")
                + (issuer == SecretOwner.localIssuer ? "" : " as named by \(issuer)")
        }
    }
}
