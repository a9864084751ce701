/// Names in the data directory.
enum DataDirectory {
    static let database = "sallyport.db"
    /// The index for searching, which is made anew where it is lost.
    static let index = "search.db"
    static let lock = "sallyport.lock"
    static let socket = "sallyport.sock"
    static let vaultKey = "vault.key"
    static let noteKey = "note.key"
    /// The public key of the log, for whoever checks it.
    static let logKey = "log.pub"
    static let logHead = "log.checkpoint"
    static let signingKey = "signing.key"
}
