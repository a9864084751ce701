package import Core
package import Crypto
package import Engine
package import Logging
package import Store
import Synchronization

/// Secrets in the database, each sealed under a data key of its own that the key-encryption key wraps.
///
/// Values can be put and used, never read out. What is kept in memory between calls is hidden under a random pad
/// (``OpenedRow``), so that a use costs no query and no decryption; plain bytes live while a secret is used only. Changes
/// made by another process count after at most ``recheckMicroseconds``.
package final class SealedVault: Engine.Vault {
    /// The largest secret, in bytes.
    package static let maxBytes = 64 << 10
    /// How long this process trusts its picture of the vault before it asks the database for the generation.
    package static let recheckMicroseconds: Int64 = 1_000_000

    let database: any Database
    let key: KeyEncryptionKey
    /// Keys that open what has not been wrapped anew yet, and wrap nothing.
    private let retired: [KeyEncryptionKey]
    let logger: Logger
    private let hash: KeyedHash
    private let now: @Sendable () -> Timestamp
    let state: Mutex<State>
    let marks: MarkBox
    package let sweeper: Sweeper

    /// The index with the code it was found under.
    struct Picture: Sendable {
        var index: VaultIndex
        var code: [UInt8]
    }

    struct State: Sendable {
        var picture: Picture?
        var checked = Timestamp(microseconds: .min)
        var rows: RecentlyUsed<Slot, OpenedRow>
        /// Uses that are not in the database yet.
        var uses: [Slot: Timestamp] = [:]

        func isFresh(at moment: Timestamp) -> Bool {
            let (age, overflow) = moment.microseconds.subtractingReportingOverflow(checked.microseconds)
            return !overflow && age >= 0 && age < SealedVault.recheckMicroseconds
        }
    }

    /// - Parameters:
    ///   - database: one on which ``VaultTables/migrate(_:dialect:)`` has run.
    ///   - retired: former keys, for as long as ``rewrap()`` has not run.
    ///   - now: the clock, for the times of secrets and the age of what is kept in memory.
    package init(
        database: any Database, key: KeyEncryptionKey, retired: [KeyEncryptionKey] = [], cachedRows: Int = 4096,
        logger: Logger, now: @escaping @Sendable () -> Timestamp
    ) {
        self.database = database
        self.key = key
        self.retired = retired
        hash = KeyedHash(key.keyedHash)
        self.logger = logger
        self.now = now
        state = Mutex(State(rows: RecentlyUsed(limit: cachedRows)))
        let marks = MarkBox(key.keyedHash)
        self.marks = marks
        let hash = hash
        sweeper = Sweeper(known: { marks.current }) { hash.digest(of: $0) }
    }

    /// The key for hashes that stand for redacted values.
    package var keyedHash: SymmetricKey { key.keyedHash }

    // MARK: Using

    package func find(_ name: String, for owner: SecretOwner) async throws -> (any SealedSecret)? {
        let slot = Slot(name: try Self.checked(name), owner: owner)
        guard let row = try await row(slot) else { return nil }
        return Found(vault: self, slot: slot, row: row)
    }

    package func look(for name: String, of owner: SecretOwner) throws -> SecretLook {
        let slot = Slot(name: try Self.checked(name), owner: owner)
        switch known(slot) {
        case .some(let row?): return .found(Found(vault: self, slot: slot, row: row))
        case .some(nil): return .missing
        case nil: return .unknown
        }
    }

    private struct Found: SealedSecret {
        let vault: SealedVault
        let slot: Slot
        let row: OpenedRow

        func reveal() throws -> Secret {
            vault.noteUse(of: slot, row)
            return row.secret
        }
    }

    package func digest(of bytes: [UInt8]) -> Core.Digest {
        hash.digest(of: bytes)
    }

    package func seal(_ bytes: [UInt8], purpose: String) throws -> [UInt8] {
        do {
            return try PurposeSeal.seal(bytes, purpose: purpose, with: key)
        } catch {
            throw VaultFault(.unavailable, "nothing can be sealed: \(error)")
        }
    }

    package func open(_ sealed: [UInt8], purpose: String) throws -> [UInt8] {
        try PurposeSeal.open(sealed, purpose: purpose, with: keyNamed)
    }

    func keyNamed(_ id: String) throws(VaultFault) -> KeyEncryptionKey {
        if id == key.id { return key }
        guard let old = retired.first(where: { $0.id == id }) else {
            throw VaultFault(
                .cannotOpen, "sealed under key \(id.prefix(16)), which is not configured; the key is \(key.id)")
        }
        return old
    }

    // MARK: Keeping

    /// Puts a secret, or a new version of it.
    ///
    /// - Parameter bytes: 1 to 65,536 bytes.
    /// - Returns: the version.
    /// - Throws: ``VaultFault``, ``SecretRefusal``.
    @discardableResult
    package func put(_ name: String, for owner: SecretOwner, _ bytes: [UInt8]) async throws -> Int {
        try Self.check(owner)
        guard !bytes.isEmpty else { throw SecretRefusal(.empty, "a secret needs at least one byte") }
        guard bytes.count <= Self.maxBytes else {
            throw SecretRefusal(.tooLarge, "a secret has at most \(Self.maxBytes) bytes, not \(bytes.count)")
        }
        let slot = Slot(name: try Self.checked(name), owner: owner)
        let key = key, moment = now()
        // Known before it is there, so that nothing of it is written down from now on.
        let marks = marks.add(bytes)
        return try await change(of: slot) { connection, index in
            try VaultTables.add(marks, connection)
            guard index.wraps < VaultIndex.maxWraps else {
                throw SecretRefusal(
                    .keyExhausted, "key \(key.id) has wrapped 2^32 data keys; put a new key in its place")
            }
            var former = try index.contains(slot.id) ? VaultTables.row(slot, connection) : nil
            if let row = former, !index.holds(slot.id, row.head) { former = nil }
            let row = try SealedRow.seal(
                bytes, name: name, owner: owner, version: (former?.version ?? 0) + 1,
                created: former?.created ?? moment, updated: moment, with: key)
            index.wraps += 1
            index.set(slot.id, row.head)
            try VaultTables.upsert(row, connection)
            return row.version
        }
    }

    /// - Returns: false when there was none.
    @discardableResult
    package func remove(_ name: String, for owner: SecretOwner) async throws -> Bool {
        let slot = Slot(name: try Self.checked(name), owner: owner)
        return try await change(of: slot) { connection, index in
            guard index.contains(slot.id) else { return false }
            index.remove(slot.id)
            try VaultTables.delete(slot, connection)
            return true
        }
    }

    /// What there is, by name; never the values.
    package func list() async throws -> [SecretRecord] {
        let former = state.withLock { $0.picture }
        let rows = try await read { [self] connection in
            let index = try picture(connection, former: former).index
            let rows = try VaultTables.rows(connection)
            guard
                rows.count == index.entries.count,
                rows.allSatisfy({ index.holds($0.slot, $0.row.head) })
            else { throw VaultFault(.cannotOpen, "the rows are not those of the index") }
            return rows
        }
        let uses = state.withLock { $0.uses }
        return rows.map { row, _, used in
            let unsaved = uses[Slot(name: row.name, owner: row.owner)]
            return SecretRecord(
                name: row.name, owner: row.owner, version: row.version, created: row.created, updated: row.updated,
                lastUsed: [used, unsaved].compactMap { $0 }.max(), keyID: row.keyID)
        }
    }

    /// Forgets what is kept in memory, so that the next use asks the database.
    package func flush() {
        state.withLock { state in
            state.checked = Timestamp(microseconds: .min)
            state.rows.removeAll()
        }
    }

    /// Remembers the time of a use, to about a second.
    private func noteUse(of slot: Slot, _ row: OpenedRow) {
        let moment = now()
        let (age, overflow) = moment.microseconds.subtractingReportingOverflow(row.noted.load(ordering: .relaxed))
        guard overflow || age < 0 || age >= 1_000_000 else { return }
        row.noted.store(moment.microseconds, ordering: .relaxed)
        state.withLock { state in
            guard state.uses.count < 10_000 || state.uses[slot] != nil else { return }
            state.uses[slot] = moment
        }
    }

    // MARK: The picture in memory

    /// The current row of a slot, where memory tells, or that there is none.
    private func known(_ slot: Slot) -> OpenedRow?? {
        let moment = now()
        return state.withLock { state in
            guard state.isFresh(at: moment), let picture = state.picture else { return .none }
            if let row = state.rows.find(slot) { return .some(row) }
            return picture.index.contains(slot.id) ? .none : .some(nil)
        }
    }

    /// The current row of a slot, from memory while that is fresh.
    private func row(_ slot: Slot) async throws -> OpenedRow? {
        if let known = known(slot) { return known }
        let former = state.withLock { ($0.picture, $0.rows.find(slot)) }
        let (picture, found) = try await read { [self] connection in
            let picture = try self.picture(connection, former: former.0)
            guard picture.index.contains(slot.id) else { return (picture, SealedRow?.none) }
            if let row = former.1, picture.index.generation == former.0?.index.generation { return (picture, row.row) }
            guard
                let row = try VaultTables.row(slot, connection),
                picture.index.holds(slot.id, row.head)
            else { throw VaultFault(.cannotOpen, "the row is not the one of the index") }
            return (picture, row)
        }
        remember(picture)
        guard let found else { return nil }
        let row =
            try former.1.flatMap { $0.row == found ? $0 : nil } ?? OpenedRow(found, with: try keyNamed(found.keyID))
        state.withLock { state in
            guard state.picture?.index.generation == picture.index.generation else { return }
            state.rows.insert(row, for: slot)
        }
        return row
    }

    /// The index as a transaction sees it, checked against the one seen before.
    ///
    /// It may hold what is not committed yet, so it is remembered only once the transaction is over.
    func picture(_ connection: any SQLConnection, former: Picture?) throws -> Picture {
        let stored = try VaultTables.indexRow(connection)
        if let former {
            let generation = stored?.generation ?? 0
            guard generation >= former.index.generation else {
                throw VaultFault(
                    .cannotOpen, "the vault is older than it was: \(generation) < \(former.index.generation)")
            }
            if generation == former.index.generation {
                guard former.code == stored?.code ?? [] else {
                    throw VaultFault(.cannotOpen, "the index was changed")
                }
                return former
            }
        }
        var index = VaultIndex()
        for (slot, head) in try VaultTables.heads(connection) { index.set(slot, head) }
        if let stored {
            index.generation = stored.generation
            index.wraps = stored.wraps
            guard index.isValid(stored.code, with: try keyNamed(stored.keyID).index) else {
                // Where statements of one transaction see different states, the rows may be a later change's.
                guard try VaultTables.indexRow(connection) == stored else { throw Overtaken() }
                throw VaultFault(.cannotOpen, "the rows are not those of the index")
            }
        } else {
            guard index.entries.isEmpty else { throw VaultFault(.cannotOpen, "the index is gone") }
        }
        return Picture(index: index, code: stored?.code ?? [])
    }

    /// - Parameter changed: the one slot that this change by ourselves touched; nil where any may have changed.
    func remember(_ picture: Picture, changed: Slot? = nil) {
        let moment = now()
        state.withLock { state in
            let former = state.picture?.index.generation ?? -1
            guard picture.index.generation >= former else { return }
            state.checked = max(state.checked, moment)
            guard picture.index.generation > former else { return }
            state.picture = picture
            if let changed, picture.index.generation == former + 1 {
                state.rows.remove(changed)
            } else {
                state.rows.removeAll()
            }
        }
    }

    /// Changes the vault in one transaction; a change that came in between is seen and the attempt repeated.
    func change<Result: Sendable>(
        of slot: Slot? = nil, _ body: @escaping @Sendable (any SQLConnection, inout VaultIndex) throws -> Result
    ) async throws -> Result {
        let key = key
        for _ in 0..<8 {
            let former = state.withLock { $0.picture }
            do {
                let (result, picture) = try await write { [self] connection in
                    var picture = try self.picture(connection, former: former)
                    let generation = picture.index.generation
                    if try VaultTables.indexRow(connection)?.keyID != key.id { picture.index.wraps = 0 }
                    let result = try body(connection, &picture.index)
                    picture.index.generation += 1
                    picture.code = picture.index.code(with: key.index)
                    let row = VaultTables.IndexRow(
                        generation: picture.index.generation, wraps: picture.index.wraps, keyID: key.id,
                        code: picture.code)
                    guard try VaultTables.replaceIndex(row, of: generation, connection) else { throw Overtaken() }
                    return (result, picture)
                }
                remember(picture, changed: slot)
                return result
            } catch is Overtaken {
                continue
            }
        }
        throw VaultFault(.unavailable, "the vault is being changed by too many at once")
    }

    /// Another change of the vault was committed first.
    struct Overtaken: Error {}

    func read<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Result
    ) async throws -> Result {
        do {
            return try await database.read(body)
        } catch {
            throw Self.fault(error)
        }
    }

    func write<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Result
    ) async throws -> Result {
        do {
            return try await database.write(body)
        } catch {
            throw Self.fault(error)
        }
    }

    private static func fault(_ error: any Error) -> any Error {
        switch error {
        case is VaultFault, is SecretRefusal, is Overtaken, is CancellationError: error
        default: VaultFault(.unavailable, "\(error)")
        }
    }

    // MARK: Names

    /// `[a-z0-9][a-z0-9-_.]{0,63}`
    private static func checked(_ name: String) throws(VaultFault) -> String {
        var isValid = (1...64).contains(name.utf8.count)
        var isFirst = true
        for byte in name.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): break
            case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."): isValid = isValid && !isFirst
            default: isValid = false
            }
            isFirst = false
        }
        guard isValid else {
            throw VaultFault(
                .invalidName, "a name is 1 to 64 of a-z, 0-9, '-', '_' and '.', the first a letter or digit")
        }
        return name
    }

    private static func check(_ owner: SecretOwner) throws(SecretRefusal) {
        guard case .user(let user, let tenant, _) = owner else { return }
        guard (1...512).contains(user.utf8.count), tenant.map({ (1...512).contains($0.utf8.count) }) ?? true else {
            throw SecretRefusal(.invalidOwner, "user and tenant have 1 to 512 bytes")
        }
    }
}
