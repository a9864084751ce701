/// Names of what a backup holds beside the database.
enum BackupFormat {
    static let manifest = "manifest.json"
    /// The manifest's signed note.
    static let note = "manifest.note"
    /// What nothing can be done without on another machine, and what nobody else may have.
    static let keys = [DataDirectory.vaultKey, DataDirectory.noteKey, DataDirectory.signingKey]
    static let publicFiles = [DataDirectory.logKey, DataDirectory.logHead]
}
