import JSON

extension Administration {
    /// Writes a backup where the command says.
    func backUp(_ arguments: Arguments) async throws -> JSONValue {
        let path = try arguments.required("output")
        let made = try await house.backUp(to: path, withKeys: arguments.object["keys"]?.bool ?? false)
        return ["file": .string(path), "entries": JSONValue(made.entries), "bytes": JSONValue(made.bytes)]
    }
}
