import Core
import Crypto
import Store
import Synchronization

/// The marks of values that the vault holds or ever held, in memory.
final class MarkBox: Sendable {
    private let known: Mutex<KnownSecrets>

    init(_ key: SymmetricKey) {
        known = Mutex(KnownSecrets(key: key))
    }

    var current: KnownSecrets { known.withLock { $0 } }

    func add(_ marks: [KnownSecrets.Mark]) {
        known.withLock { known in
            for mark in marks { known.insert(mark) }
        }
    }

    /// Marks a value in every form in which it may stand in a text, and of `user:password` the password alone as well.
    ///
    /// - Returns: the marks, to be kept.
    func add(_ value: [UInt8]) -> [KnownSecrets.Mark] {
        var forms = encodedForms(of: value)
        if let colon = value.firstIndex(of: 0x3A) { forms.formUnion(encodedForms(of: Array(value[(colon + 1)...]))) }
        let marks = known.withLock { known in forms.flatMap { known.marks(of: $0) } }
        add(marks)
        return marks
    }
}

extension SealedVault {
    /// Takes the marks of all values over that there ever were, and makes those of values that were put before there were marks.
    package func loadMarks() async throws {
        let (stored, rows) = try await read { connection in
            (try VaultTables.marks(connection), try VaultTables.rows(connection).map(\.row))
        }
        marks.add(stored)
        let digests = Set(stored.map(\.digest))
        var fresh: [KnownSecrets.Mark] = []
        for row in rows {
            // What does not open is a finding elsewhere.
            guard let value = try? row.open(with: try keyNamed(row.keyID)) else { continue }
            fresh += marks.add(value).filter { !digests.contains($0.digest) }
        }
        guard !fresh.isEmpty else { return }
        let missing = fresh
        try await write { try VaultTables.add(missing, $0) }
    }
}
