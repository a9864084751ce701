import Core
import Crypto
import Engine
import Synchronization

/// A row that was opened once, ready to be used more than once.
///
/// The secret is kept apart from a pad of random bytes that hides it, so that plain bytes exist while it is used only. Who
/// can read all of the process's memory finds both, as they would find a key.
final class OpenedRow: Sendable {
    let row: SealedRow
    /// When a use was noted last, in microseconds.
    let noted = Atomic<Int64>(.min)
    private let hidden: [UInt8]
    private let pad: [UInt8]

    /// - Throws: ``VaultFault`` with code `cannot-open`.
    init(_ row: SealedRow, with key: KeyEncryptionKey) throws(VaultFault) {
        self.row = row
        let secret = try row.open(with: key)
        pad = SymmetricKey(size: SymmetricKeySize(bitCount: 8 * max(1, secret.count))).bytes
        hidden = zip(secret, pad).map { $0 ^ $1 }
    }

    var secret: Secret {
        var bytes = hidden
        for index in bytes.indices { bytes[index] ^= pad[index] }
        return Secret(bytes)
    }
}
