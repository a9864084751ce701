import Core
import Engine

/// A place in a list, sealed for the principal it was given to.
struct Cursor {
    let index: Int
    let snapshot: String

    init(index: Int, snapshot: String) {
        self.index = index
        self.snapshot = snapshot
    }

    /// - Returns: nil for text that was not issued here or not to this principal.
    init?(_ text: String, sealedBy vault: any Vault, for principal: Principal) {
        guard let plain = SealedText.open(text, "cursor", for: principal, by: vault) else { return nil }
        let parts = String(decoding: plain, as: UTF8.self).split(separator: "/", maxSplits: 1)
        guard parts.count == 2, let index = Int(parts[0]) else { return nil }
        self.index = index
        snapshot = String(parts[1])
    }

    func text(sealedBy vault: any Vault, for principal: Principal) -> String? {
        SealedText.seal(Array("\(index)/\(snapshot)".utf8), "cursor", for: principal, by: vault)
    }
}
