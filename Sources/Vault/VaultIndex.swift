import Core
import Crypto

/// Which version of every secret is the current one, under a message authentication code.
///
/// A row by itself cannot say that it is the newest: whoever can write to the database could put an older one back.
/// The index can, because every change of the vault renews its code and raises its generation. An index that is
/// older than one already seen is refused as well; only turning back the whole database while no gateway runs is
/// beyond it.
struct VaultIndex: Sendable {
    /// How often the vault has been changed.
    var generation = 0
    /// How many data keys the key-encryption key has wrapped. Random nonces allow 2^32 (NIST SP 800-38D §8.3).
    var wraps = 0
    /// A digest of the current row of each slot, by slot id.
    private(set) var entries: [String: Core.Digest] = [:]

    static let maxWraps = 1 << 32

    /// All of a row but its body; the body is tied to it by the data key, which opens nothing else.
    struct Head: Sendable, Hashable {
        var version: Int
        var created: Timestamp
        var updated: Timestamp
        var keyID: String
        var wrapped: [UInt8]
    }

    mutating func set(_ slot: String, _ head: Head) {
        entries[slot] = Self.entry(slot, head)
    }

    /// Whether this is the current row of the slot.
    func holds(_ slot: String, _ head: Head) -> Bool {
        entries[slot] == Self.entry(slot, head)
    }

    private static func entry(_ slot: String, _ head: Head) -> Core.Digest {
        var fields = AssociatedData("sallyport/vault/entry/v1")
        fields.append(slot)
        fields.append(head.version)
        fields.append(Int(head.created.microseconds))
        fields.append(Int(head.updated.microseconds))
        fields.append(head.keyID)
        fields.append(head.wrapped)
        return Core.Digest(of: fields.bytes)
    }

    mutating func remove(_ slot: String) {
        entries[slot] = nil
    }

    func contains(_ slot: String) -> Bool {
        entries[slot] != nil
    }

    /// The code over generation, wraps and all entries.
    func code(with key: SymmetricKey) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: codedBytes, using: key))
    }

    func isValid(_ code: [UInt8], with key: SymmetricKey) -> Bool {
        HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: codedBytes, using: key)
    }

    private var codedBytes: [UInt8] {
        var fields = AssociatedData("sallyport/vault/index/v1")
        fields.append(generation)
        fields.append(wraps)
        fields.append(entries.count)
        for (slot, digest) in entries.sorted(by: { $0.key < $1.key }) {
            fields.append(slot)
            fields.append(digest.hex)
        }
        return fields.bytes
    }
}
