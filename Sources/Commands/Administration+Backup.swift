import JSON

extension Administration {
    /// Writes a backup where the command says.
    func backUp(_ arguments: Arguments) async throws -> JSONValue {
        let path = try arguments.required("output")
        let (manifest, bytes) = try await house.backUp(to: path, withKeys: arguments.object["keys"]?.bool ?? false)
        return [
            "file": .string(path), "entries": JSONValue(manifest.sealed), "bytes": JSONValue(bytes),
            "keys": .array(manifest.keys.map { .string($0) }),
            "missing": .array(BackupFormat.keys.filter { !manifest.keys.contains($0) }.map { .string($0) }),
        ]
    }
}
