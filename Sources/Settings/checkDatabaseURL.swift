/// What is wrong with the address of a database.
package struct DatabaseURLProblem: Sendable, Hashable {
    package var code: String
    package var message: String
    package var hint: String
}

/// Looks at the address of a database that several processes share, as libpq reads it (PostgreSQL 15 §34.1.1.2): no password
/// stands in it, and what goes to another machine is encrypted and goes to the right one.
///
/// Only parameters that are known here may stand in it, since others could name another host or lift the encryption.
///
/// - Returns: nil where nothing is wrong.
package func checkDatabaseURL(_ text: String) -> DatabaseURLProblem? {
    let form = "Write postgresql://user@host/name?sslmode=verify-full; without the key, SQLite is used."
    guard
        let rest = ["postgresql://", "postgres://"].lazy.compactMap({ prefix in
            text.hasPrefix(prefix) ? text.dropFirst(prefix.count) : nil
        }).first, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), !text.contains("#")
    else {
        return DatabaseURLProblem(code: "bad-url", message: "this is no PostgreSQL database", hint: form)
    }
    let authority = rest.prefix { !"/?".contains($0) }
    let parts = authority.split(separator: "@", omittingEmptySubsequences: false)
    let query = rest.firstIndex(of: "?").map { rest[rest.index(after: $0)...] } ?? ""
    let parameters = query.split(separator: "&", omittingEmptySubsequences: false).map {
        $0.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    }
    let names = query.isEmpty ? [] : parameters.map { $0.first ?? "" }
    guard parts.count < 2 || !parts[0].contains(":"), !names.contains(where: { $0.lowercased() == "password" }) else {
        return DatabaseURLProblem(
            code: "secret-in-configuration", message: "a password stands in the URL",
            hint: "Put it into the environment (SALLYPORT_DATABASE_PASSWORD) or into ~/.pgpass.")
    }
    if let name = names.first(where: { !allowedParameters.contains($0) }) {
        return DatabaseURLProblem(
            code: "bad-url", message: "the parameter '\(name.prefix(40))' may not stand in the URL of a database",
            hint: "Known here: \(allowedParameters.joined(separator: ", ")).")
    }
    guard Set(names).count == names.count else {
        return DatabaseURLProblem(
            code: "bad-url", message: "a parameter of the database stands there twice", hint: "Write each once.")
    }
    let hosts = (parts.last ?? "").split(separator: ",", omittingEmptySubsequences: false)
    guard parts.count <= 2, hosts.allSatisfy({ !$0.isEmpty && !$0.hasPrefix(":") }) else {
        return DatabaseURLProblem(
            code: "bad-url", message: "the database has no host",
            hint: "Name it; the folder of a socket is written %2Fvar%2Frun%2Fpostgresql.")
    }
    let isEncrypted = parameters.contains(["sslmode", "verify-full"])
    guard isEncrypted || hosts.allSatisfy(isOnThisMachine) else {
        return DatabaseURLProblem(
            code: "open-database", message: "a database on another machine is not reached in the clear",
            hint: "Add sslmode=verify-full, and sslrootcert where the certificate is not a public one.")
    }
    return nil
}

private let allowedParameters = [
    "sslmode", "sslrootcert", "sslcert", "sslkey", "sslcrl", "target_session_attrs", "application_name",
    "connect_timeout", "options", "channel_binding",
]

private func isOnThisMachine(_ host: Substring) -> Bool {
    ["127.0.0.1", "localhost", "[::1]"].contains { host == $0 || host.hasPrefix($0 + ":") }
        || host.lowercased().hasPrefix("%2f")
}
