import JSON

/// Names of what a backup holds beside the database.
enum BackupFormat {
    /// Says what it is, when it was made and how far the log went.
    static let manifest = "manifest.json"
    static let version = 1
    /// What nothing can be done without on another machine, and what nobody else may have.
    static let keys = [DataDirectory.vaultKey, DataDirectory.noteKey, DataDirectory.signingKey]
    static let publicFiles = [DataDirectory.logKey, DataDirectory.logHead]

    /// - Throws: ``CommandError`` where it is of another version.
    static func read(_ parts: [String: [UInt8]]) throws -> JSONValue {
        guard let bytes = parts[manifest], let value = try? JSONParser.parse(bytes),
            let version = value["version"]?.int
        else { throw CommandError("the file is no backup: it does not say what it is") }
        guard version == Self.version else {
            throw CommandError("the backup is of version \(version), which this program does not know")
        }
        return value
    }
}
