import Core
import Engine
import Foundation
import Identity
import Logging
import NIOCore
import Report
import Settings
import Store
import Synchronization
import Telemetry
import TransparencyLog
import Vault

/// Everything behind the gate on one data directory: opened by exactly one process.
struct House: Sendable {
    let gate: Gate
    let vault: SealedVault
    let users: Users
    let issuer: LocalIssuer
    /// Signs reports and checkpoints of the log.
    let noteKey: SigningKey
    let logger: Logger
    /// The configuration in force.
    let inForce: Current<Configuration>
    let looks = Turnstile()
    /// Where orders of other processes are taken over, one state after the other.
    private let orderTurns = Turnstile()
    /// Looks and notices that nobody waits for; the house closes once they have ended.
    let background = Background()
    /// Wishes that came by webhook.
    let wishes = SeenMessages()
    /// What of the journal was searched for secrets, and what was found.
    let searched = Current(Searched())
    /// What is wrong with sources that cannot be read any more.
    let sourceProblems = Current<[Finding]>([])
    /// Hears of calls that begin to wait.
    let onProposal: Current<@Sendable (Call) -> Void>
    /// Hears of calls that are approved.
    let onApproval: Current<@Sendable (CallID, Principal?) -> Void>
    /// Makes orders of other processes known here.
    let refresh: Current<@Sendable () async throws -> Void>
    /// Adds to the log over the journal.
    let sealer: Sealer
    let log: LogReader
    let logState = LogState()
    /// What is known of how the server is.
    let pulse = Pulse()
    /// What became of calls, for figures and traces.
    let meter: CallMeter
    let pruner: Pruner
    /// How far streams of the journal were delivered.
    let deliveries: Deliveries
    /// Finds calls and acts.
    let index: Indexer
    /// Where the index is kept, if not in the database.
    private let indexFile: SQLiteDatabase?
    /// What others on the same database have to know goes through it.
    let journal: SQLJournal
    private let membership: Membership?
    private let heard: Current<@Sendable (String) -> Void>
    private let database: any Database
    private let lock: DatabaseLock

    /// Opens the data directory; makes it, with fresh keys, where there is none.
    ///
    /// - Parameters:
    ///   - group: whose loops calls will run on, where any will.
    ///   - usesEnvironment: whether the environment may hold the vault's key.
    /// - Throws: ``CommandError`` when another process owns it, naming the process.
    static func open(
        _ configuration: Configuration, group: (any EventLoopGroup)? = nil, usesEnvironment: Bool = true, logger: Logger
    ) async throws -> House {
        let directory = configuration.dataDirectory
        let path = directory + "/" + DataDirectory.database
        do {
            try FileManager.default.createDirectory(
                atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw CommandError("the data directory '\(directory)' cannot be made")
        }
        // A directory that was there before may be open to others; it holds keys, so it is closed.
        guard
            (try? FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: directory)) != nil
        else { throw CommandError("the data directory '\(directory)' cannot be closed to others") }
        let lock: DatabaseLock
        do throws(DatabaseLocked) {
            lock = try DatabaseLock.acquire(path)
        } catch {
            let owner = error.owner.map { "process \($0)" } ?? "another process"
            throw CommandError(
                "\(owner) owns '\(path)'",
                hint: "One process owns a database; stop that one first, or use another data directory.")
        }
        try refuseMissingKeys(directory, usesEnvironment: usesEnvironment)
        let report: @Sendable (JournalFault) -> Void = { fault in
            logger.error("a promised record is not on disk yet", metadata: ["cause": "\(fault.detail)"])
        }
        let heard = Current<@Sendable (String) -> Void> { _ in }
        var membership: Membership?
        let database: any Database
        if let url = configuration.database {
            let settings = PostgreSQLSettings(
                url: url, password: ProcessInfo.processInfo.environment["SALLYPORT_DATABASE_PASSWORD"])
            do {
                let shared = try PostgreSQLDatabase(settings, report: report, turns: LoopTurns.finder(group))
                try await Schema.migrate(shared)
                membership = try await Membership.join(settings, shared) { fault in
                    logger.error(
                        "the database's own messages are not heard", metadata: ["cause": "\(fault.detail)"])
                } hear: {
                    heard.value($0)
                }
                database = shared
            } catch let fault as JournalFault {
                throw CommandError("the database cannot be used: \(fault.detail)")
            }
        } else {
            database = try SQLiteDatabase(path: path, report: report, turns: LoopTurns.finder(group))
        }
        try await Schema.migrate(database)
        let dialect = database.dialect
        try await database.write { connection in
            try Users.migrate(connection, dialect: dialect)
            try VaultTables.migrate(connection, dialect: dialect)
        }
        let now: @Sendable () -> Timestamp = { systemTime() }
        let vault = SealedVault(
            database: database, key: try vaultKey(directory, usesEnvironment: usesEnvironment), logger: logger, now: now
        )
        try await vault.loadMarks()
        SafeLog.sweeper.replace(with: vault.sweeper)
        let journal = try await SQLJournal.open(database, process: membership?.id, sweeper: vault.sweeper) { call in
            logger.error("an outcome was not recorded", metadata: ["call": "\(call)"])
        }
        try await checkClock(journal, now())
        let random = RandomWords()
        let admissions = Admissions(try await stops(in: journal))
        let onProposal = Current<@Sendable (Call) -> Void> { _ in }
        let inForce = Current(configuration)
        let onApproval = Current<@Sendable (CallID, Principal?) -> Void> { _, _ in }
        let users = Users(database: database, now: now)
        let issuer = try issuer(directory)
        let refresh = Current<@Sendable () async throws -> Void> {}
        let meter = CallMeter(sampler: configuration.observe?.traces?.sampler)
        let onReply: (@Sendable (Course) -> Void)? =
            configuration.observe == nil ? nil : { @Sendable in meter.note($0) }
        let gate = Gate(
            journal: journal, vault: vault, now: now, admissions: admissions,
            delegations: try await delegations(in: journal), isActive: { try await users.isActive($0) },
            isCurrent: { principal in
                guard inForce.value.vouchesFor(principal, local: issuer.issuer) else { return false }
                // Of another issuer's users only their token tells.
                return principal.issuer == issuer.issuer
                    ? try await users.isActive(principal.user) : principal.expires > now()
            },
            actor: { principal in
                guard inForce.value.vouchesFor(principal, local: issuer.issuer) else { return nil }
                guard principal.issuer == issuer.issuer else { return principal }
                guard let user = try await users.user(principal.user), !user.isDisabled else { return nil }
                var principal = principal
                principal.roles = user.roles
                return principal
            }, onProposal: { onProposal.value($0) }, onApproval: { onApproval.value($0, $1) },
            refresh: { try await refresh.value() }, trace: { meter.trace($0) },
            onReply: onReply
        ) { time in
            let (first, second) = random.two()
            return CallID(at: time, random: (first, UInt16(truncatingIfNeeded: second)))
        }
        let noteKey = try Self.noteKey(directory)
        try LogFiles.write(key: noteKey.publicKey, directory)
        let sealer = Sealer(database, key: noteKey, now: now)
        do {
            try await sealer.check(kept: try LogFiles.head(directory))
        } catch let fault as JournalFault {
            throw CommandError(
                "the log cannot be gone on with: \(fault.detail)",
                hint: "'sallyport audit verify' names what is wrong. Nothing was changed.")
        }
        let indexFile =
            membership == nil ? try SQLiteDatabase(path: directory + "/" + DataDirectory.index) : nil
        try await Indexer.migrate(indexFile ?? database)
        return House(
            gate: gate, vault: vault, users: users, issuer: issuer, noteKey: noteKey, logger: logger,
            inForce: inForce, onProposal: onProposal, onApproval: onApproval, refresh: refresh, sealer: sealer,
            log: LogReader(database), meter: meter, pruner: Pruner(database, now: now),
            deliveries: Deliveries(database, holder: membership?.id ?? 1),
            index: Indexer(journal: database, index: indexFile ?? database),
            indexFile: indexFile, journal: journal, membership: membership, heard: heard, database: database,
            lock: lock)
    }

    /// By how much this machine's clock may be behind the newest entry, in seconds: other processes may have made it.
    private static let mostSecondsBehind = 300

    /// - Throws: ``CommandError`` where the clock is behind the journal: what is recorded from now on would be told as if it came
    ///   before, and approvals and stays of all kinds would count for longer than they may.
    private static func checkClock(_ journal: SQLJournal, _ now: Timestamp) async throws {
        guard let newest = try await journal.search(EntryFilter(limit: 1)).first?.at,
            newest > now.advanced(bySeconds: mostSecondsBehind)
        else { return }
        throw CommandError(
            "the clock says \(now), and the journal's newest entry is of \(newest)",
            hint: "Set the clock. Nothing was changed.")
    }

    /// Ends with everything on disk.
    func close() async throws {
        // First, since it is lost where what follows takes too long.
        try? await gate.returnAllotments(all: true)
        await background.end()
        await vault.saveUses()
        do {
            try await gate.recordRepeatedRefusals(isLast: true)
        } catch {
            logger.error("counts of refusals are lost", metadata: ["cause": "\(error)"])
        }
        do {
            try await gate.returnAllotments(all: true)
        } catch {
            logger.error("parts of budgets are not given back", metadata: ["cause": "\(error)"])
        }
        try await indexFile?.close()
        await membership?.leave()
        try await database.close()
        _ = lock
    }

    /// What was committed since the house was opened.
    var commitFigures: CommitFigures { database.figures }

    /// Makes ready what ``tryWriting()`` needs.
    func prepareProbe() async throws {
        try await Probe.migrate(database)
    }

    /// Writes something that means nothing, durably.
    func tryWriting() async throws {
        try await Probe(database, process: membership?.id).run()
    }

    /// Whether other processes may work on the same database.
    var isShared: Bool { membership != nil }

    /// Begins to act on what other processes say.
    func hearOthers(_ body: @escaping @Sendable (String) -> Void) {
        heard.replace(with: body)
    }

    /// What others ordered is taken from the journal.
    func takeOrders(_ flush: @escaping @Sendable () -> Void) async throws {
        try await orderTurns.run { [self] in
            try await journal.takeOrders {
                gate.admissions.replace(with: try await stops(in: journal))
                try await vault.loadMarks()
                vault.flush()
                let known = try await delegations(in: journal)
                gate.delegations.withLock { $0 = known }
                gate.divideRates(among: try await journal.processCount())
                flush()
            }
        }
    }

    /// The person behind a name and password, with the roles that the configuration in force gives them.
    func prove(_ name: String, password: String, isRemote: Bool = false) async throws -> LocalUserProof {
        switch try await users.verify(name, password: password, isRemote: isRemote) {
        case .verified(let user):
            // Roles towards the product say nothing about who decides: only the configuration does.
            let person = inForce.value.people[user.name]
            return LocalUserProof(name: user.name, roles: person?.roles ?? [], subjects: person?.subjects ?? [])
        case .refused: throw CommandError("name or password is wrong")
        case .locked(let until): throw CommandError("too many attempts; try again after \(until)")
        case .busy: throw CommandError("too many passwords are being checked; try again")
        }
    }

    /// Where there is a log, fresh keys would open nothing and sign for somebody else.
    private static func refuseMissingKeys(_ directory: String, usesEnvironment: Bool) throws {
        let names = FileManager.default
        guard names.fileExists(atPath: directory + "/" + DataDirectory.logKey) else { return }
        let isGiven = usesEnvironment && ProcessInfo.processInfo.environment["SALLYPORT_VAULT_KEY"] != nil
        for name in BackupFormat.keys where !names.fileExists(atPath: directory + "/" + name) {
            if name == DataDirectory.vaultKey, isGiven { continue }
            throw CommandError(
                "'\(directory)' has a log, and no '\(name)'",
                hint: "Put the key back that belongs to it. Nothing was changed.")
        }
    }

    private static func vaultKey(_ directory: String, usesEnvironment: Bool) throws -> KeyEncryptionKey {
        do throws(KeyFault) {
            if usesEnvironment, let text = ProcessInfo.processInfo.environment["SALLYPORT_VAULT_KEY"] {
                return try KeyEncryptionKey(text: text)
            }
            let path = directory + "/" + DataDirectory.vaultKey
            if FileManager.default.fileExists(atPath: path) { return try KeyEncryptionKey(file: path) }
            return try KeyEncryptionKey.create(at: path)
        } catch {
            throw CommandError("the vault's key cannot be used: \(error.message)")
        }
    }

    private static func noteKey(_ directory: String) throws -> SigningKey {
        let path = directory + "/" + DataDirectory.noteKey
        do throws(KeyFileFault) {
            return try NoteKeyFile.open(path)
        } catch {
            throw CommandError("the key for reports, '\(path)', cannot be used")
        }
    }

    private static func issuer(_ directory: String) throws -> LocalIssuer {
        let path = directory + "/" + DataDirectory.signingKey
        do throws(KeyFileFault) {
            if FileManager.default.fileExists(atPath: path) { return try LocalIssuer(file: path) }
            return try LocalIssuer.create(at: path)
        } catch {
            throw CommandError("the signing key '\(path)' cannot be used")
        }
    }
}

extension Configuration {
    /// Whether the configured issuers still vouch for whom a token of theirs named: as authentication judges it, but for the
    /// token itself.
    func vouchesFor(_ principal: Principal, local: String) -> Bool {
        guard
            let issuer = issuers.first(where: { ($0.keys == .local ? local : $0.issuer) == principal.issuer })
        else { return false }
        if let tenants = issuer.tenants {
            guard let tenant = principal.tenant, tenants.contains(tenant) else { return false }
        }
        return issuer.scopes.isSubset(of: principal.scopes)
    }
}

/// A person who proved to be themselves.
struct LocalUserProof: Sendable {
    let name: String
    let roles: Set<String>
    let subjects: Set<String>
}

/// The wall clock.
func systemTime() -> Timestamp {
    var time = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
}
