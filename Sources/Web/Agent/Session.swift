import Core
import Engine
import MCP

/// What a legacy client said with `initialize` that it can do, in its own session id: nothing is kept here for it.
///
/// A client that does not send it back, or sends another's, can do nothing as far as we know, and is served all the same:
/// a session proves nobody's identity.
struct Session {
    let abilities: ClientAbilities

    init(_ abilities: ClientAbilities) {
        self.abilities = abilities
    }

    init?(_ id: String, sealedBy vault: any Vault, for principal: Principal) {
        guard let plain = SealedText.open(id, "session", for: principal, by: vault) else { return nil }
        var abilities = ClientAbilities()
        for word in String(decoding: plain, as: UTF8.self).split(separator: " ") {
            switch word {
            case "links": abilities.opensLinks = true
            case "forms": abilities.showsForms = true
            default: return nil
            }
        }
        self.abilities = abilities
    }

    /// - Returns: nil where there is nothing to remember.
    func id(sealedBy vault: any Vault, for principal: Principal) -> String? {
        let words = (abilities.opensLinks ? ["links"] : []) + (abilities.showsForms ? ["forms"] : [])
        guard !words.isEmpty else { return nil }
        return SealedText.seal(Array(words.joined(separator: " ").utf8), "session", for: principal, by: vault)
    }
}
