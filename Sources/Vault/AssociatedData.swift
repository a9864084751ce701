import Core
import Engine

/// What a ciphertext is tied to. Every field is preceded by its length, so that no two lists of fields share bytes.
struct AssociatedData: Sendable {
    private(set) var bytes: [UInt8] = []

    /// - Parameter label: what the ciphertext is for; ciphertexts under different labels never open as each other.
    init(_ label: String) {
        bytes.reserveCapacity(256)
        append(label)
    }

    mutating func append(_ text: String) {
        append(UInt64(text.utf8.count))
        bytes.append(contentsOf: text.utf8)
    }

    mutating func append(_ field: [UInt8]) {
        append(UInt64(field.count))
        bytes += field
    }

    mutating func append(_ number: UInt64) {
        unsafe withUnsafeBytes(of: number.bigEndian) { unsafe bytes.append(contentsOf: $0) }
    }

    mutating func append(_ number: Int) {
        append(UInt64(bitPattern: Int64(number)))
    }
}

/// The place of a secret: its name and exact owner.
///
/// Two slots are equal when name and owner are the same bytes. Swift's equality of strings, under which different
/// bytes can be equal, is never asked.
struct Slot: Sendable, Hashable {
    /// The fields of name and owner with their lengths.
    let bytes: [UInt8]

    /// In one piece: arrays hash each byte by itself.
    func hash(into hasher: inout Hasher) {
        unsafe bytes.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
    }

    init(name: String, owner: SecretOwner) {
        var fields = AssociatedData("sallyport/vault/slot/v1")
        fields.append(name)
        switch owner {
        case .source: fields.append("source")
        case .user(let user, let tenant, let issuer):
            fields.append("user")
            fields.append(issuer)
            fields.append(user)
            fields.append(tenant == nil ? 0 : 1)
            fields.append(tenant ?? "")
        }
        bytes = fields.bytes
    }

    /// The key of the slot's row: a digest, because names of users may be long and of any script.
    var id: String {
        Digest(of: bytes).hex
    }
}
