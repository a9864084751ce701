import Crypto
import Engine

/// Sealing for values that are kept elsewhere, tied to a purpose.
///
/// `1`, key id (8 bytes), salt (16), nonce (12), ciphertext, tag (16). The key of each message is derived with its
/// salt, so the number of messages is not bounded by what one key may encrypt under random nonces.
enum PurposeSeal {
    private static let format: UInt8 = 1
    private static let headLength = 25

    static func seal(_ bytes: [UInt8], purpose: String, with key: KeyEncryptionKey) throws -> [UInt8] {
        let salt = SymmetricKey(size: .bits128).bytes
        let head = [format] + idBytes(key.id) + salt
        return try head
            + AEAD.seal(
                bytes, with: messageKey(key, salt: salt, purpose: purpose),
                associatedData: associatedData(head, purpose))
    }

    static func open(
        _ sealed: [UInt8], purpose: String, with keyNamed: (String) throws(VaultFault) -> KeyEncryptionKey
    ) throws(VaultFault) -> [UInt8] {
        guard sealed.count >= headLength, sealed.first == format else {
            throw VaultFault(.cannotOpen, "not a sealed value")
        }
        let head = Array(sealed.prefix(headLength))
        let id = head[1..<9].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        let key = try keyNamed(id)
        return try AEAD.open(
            Array(sealed.dropFirst(headLength)), with: messageKey(key, salt: Array(head[9...]), purpose: purpose),
            associatedData: associatedData(head, purpose))
    }

    private static func messageKey(_ key: KeyEncryptionKey, salt: [UInt8], purpose: String) -> SymmetricKey {
        var info = AssociatedData("sallyport/vault/message-key/v1")
        info.append(purpose)
        return HKDF<SHA256>.deriveKey(inputKeyMaterial: key.sealing, salt: salt, info: info.bytes, outputByteCount: 32)
    }

    private static func associatedData(_ head: [UInt8], _ purpose: String) -> [UInt8] {
        var fields = AssociatedData("sallyport/vault/message/v1")
        fields.append(head)
        fields.append(purpose)
        return fields.bytes
    }

    private static func idBytes(_ hex: String) -> [UInt8] {
        let digits = hex.utf8.compactMap { Character(UnicodeScalar($0)).hexDigitValue }.map { UInt8($0) }
        return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }
}
