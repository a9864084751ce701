/// Names in the data directory.
enum DataDirectory {
    static let database = "sallyport.db"
    static let lock = "sallyport.lock"
    static let socket = "sallyport.sock"
    static let vaultKey = "vault.key"
    static let noteKey = "note.key"
    static let signingKey = "signing.key"
}
