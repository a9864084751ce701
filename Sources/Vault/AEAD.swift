import Crypto
import Engine

/// AES-256-GCM with a random nonce in front: nonce (12 bytes), ciphertext, tag (16 bytes).
enum AEAD {
    static func seal(_ message: [UInt8], with key: SymmetricKey, associatedData: [UInt8]) throws -> [UInt8] {
        let box = try AES.GCM.seal(message, using: key, nonce: AES.GCM.Nonce(), authenticating: associatedData)
        return Array(box.nonce) + Array(box.ciphertext) + Array(box.tag)
    }

    static func open(
        _ sealed: [UInt8], with key: SymmetricKey, associatedData: [UInt8]
    ) throws(VaultFault) -> [UInt8] {
        guard sealed.count >= 28, let box = try? AES.GCM.SealedBox(combined: sealed) else {
            throw VaultFault(.cannotOpen, "too short to be sealed")
        }
        do {
            return Array(try AES.GCM.open(box, using: key, authenticating: associatedData))
        } catch {
            throw VaultFault(.cannotOpen, "the key does not open it: another key, or it was changed")
        }
    }
}
