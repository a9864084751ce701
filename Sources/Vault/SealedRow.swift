import Core
import Crypto
import Engine

/// A secret as the database holds it.
///
/// The body is encrypted under a data key that seals this one message and no other; the data key is wrapped by the
/// key-encryption key. Both ciphertexts are tied to slot, version and times, and all nonces are random (96 bits).
struct SealedRow: Sendable, Hashable {
    let name: String
    let owner: SecretOwner
    /// Counted from 1 for as long as the slot is filled.
    let version: Int
    /// When the slot was filled.
    let created: Timestamp
    /// When this version was put.
    let updated: Timestamp
    /// The key-encryption key that wraps the data key.
    let keyID: String
    let wrapped: [UInt8]
    let body: [UInt8]

    var head: VaultIndex.Head {
        VaultIndex.Head(version: version, created: created, updated: updated, keyID: keyID, wrapped: wrapped)
    }

    /// What this version of the slot is bound to, in two labels: one for the data key, one for the body.
    private func associatedData(_ part: String, _ slot: Slot) -> [UInt8] {
        Self.associatedData(part, slot: slot, version: version, created: created, updated: updated)
    }

    private static func associatedData(
        _ part: String, slot: Slot, version: Int, created: Timestamp, updated: Timestamp
    ) -> [UInt8] {
        var fields = AssociatedData("sallyport/vault/\(part)/v1")
        fields.append(slot.bytes)
        fields.append(version)
        fields.append(Int(created.microseconds))
        fields.append(Int(updated.microseconds))
        return fields.bytes
    }

    static func seal(
        _ secret: [UInt8], name: String, owner: SecretOwner, version: Int, created: Timestamp, updated: Timestamp,
        with key: KeyEncryptionKey
    ) throws -> SealedRow {
        let slot = Slot(name: name, owner: owner)
        func associated(_ part: String) -> [UInt8] {
            associatedData(part, slot: slot, version: version, created: created, updated: updated)
        }
        let dataKey = SymmetricKey(size: .bits256)
        return SealedRow(
            name: name, owner: owner, version: version, created: created, updated: updated, keyID: key.id,
            wrapped: try AEAD.seal(dataKey.bytes, with: key.wrapping, associatedData: associated("data-key")),
            body: try AEAD.seal(secret, with: dataKey, associatedData: associated("secret")))
    }

    /// - Throws: ``VaultFault`` with code `cannot-open`.
    func open(with key: KeyEncryptionKey) throws(VaultFault) -> [UInt8] {
        let slot = Slot(name: name, owner: owner)
        return try AEAD.open(body, with: try dataKey(slot, with: key), associatedData: associatedData("secret", slot))
    }

    /// The same secret, its data key wrapped by another key.
    func rewrapped(from old: KeyEncryptionKey, to new: KeyEncryptionKey) throws -> SealedRow {
        let slot = Slot(name: name, owner: owner)
        let dataKey = try dataKey(slot, with: old)
        return SealedRow(
            name: name, owner: owner, version: version, created: created, updated: updated, keyID: new.id,
            wrapped: try AEAD.seal(dataKey.bytes, with: new.wrapping, associatedData: associatedData("data-key", slot)),
            body: body)
    }

    private func dataKey(_ slot: Slot, with key: KeyEncryptionKey) throws(VaultFault) -> SymmetricKey {
        let bytes = try AEAD.open(wrapped, with: key.wrapping, associatedData: associatedData("data-key", slot))
        return SymmetricKey(data: bytes)
    }
}
