import Core
import Engine
import Store
import Testing

/// The journals that the suite runs over.
enum JournalKind: String, CaseIterable, CustomTestStringConvertible {
    case memory, sqlite, postgreSQL

    /// Those that are there.
    static var allCases: [JournalKind] {
        PostgreSQLServer.isThere ? [.memory, .sqlite, .postgreSQL] : [.memory, .sqlite]
    }

    var testDescription: String { rawValue }

    /// A journal that is empty, with what has to live as long as it.
    func with(_ body: (JournalConformance) async throws -> Void) async throws {
        switch self {
        case .memory: try await body(JournalConformance(journal: MemoryJournal()))
        case .sqlite:
            let directory = try TemporaryDirectory()
            let database = try SQLiteDatabase(path: directory.database)
            try await body(JournalConformance(journal: try await SQLJournal.open(database)))
            try await database.close()
            withExtendedLifetime(directory) {}
        case .postgreSQL:
            let database = try PostgreSQLDatabase(try await PostgreSQLServer.schema())
            try await body(JournalConformance(journal: try await SQLJournal.open(database)))
            try await database.close()
        }
    }
}

@Suite struct JournalConformanceTests {
    @Test(arguments: JournalKind.allCases)
    func `additions count once and in the order of versions`(_ kind: JournalKind) async throws {
        try await kind.with { try await $0.appendsAndVersions() }
    }

    @Test(arguments: JournalKind.allCases)
    func `an unknown outcome is reconciled once`(_ kind: JournalKind) async throws {
        try await kind.with { try await $0.anUnknownOutcomeIsReconciledOnce() }
    }

    @Test(arguments: JournalKind.allCases)
    func `budgets are taken with the admission or not at all`(_ kind: JournalKind) async throws {
        try await kind.with { try await $0.budgetsAreTakenWithTheAdmissionOrNotAtAll() }
    }

    @Test(arguments: JournalKind.allCases)
    func `budgets are corrected with the outcome`(_ kind: JournalKind) async throws {
        try await kind.with { try await $0.budgetsAreCorrectedWithTheOutcome() }
    }

    @Test(arguments: JournalKind.allCases)
    func `what is left of parts is given back`(_ kind: JournalKind) async throws {
        try await kind.with { try await $0.whatIsLeftOfPartsIsGivenBack() }
    }

    @Test(arguments: JournalKind.allCases)
    func `budgets are not passed under concurrency`(_ kind: JournalKind) async throws {
        try await kind.with { try await $0.budgetsAreNotPassedUnderConcurrency() }
    }

    @Test(arguments: JournalKind.allCases)
    func `what was spent is forgotten with its time`(_ kind: JournalKind) async throws {
        try await kind.with { try await $0.whatWasSpentIsForgottenWithItsTime() }
    }

    @Test(arguments: JournalKind.allCases)
    func `what was promised is seen by who reads later`(_ kind: JournalKind) async throws {
        try await kind.with { try await $0.promisesAreSeenByWhoReadsLater() }
    }

    @Test(arguments: JournalKind.allCases)
    func `a promise on a stale version has no effect`(_ kind: JournalKind) async throws {
        try await kind.with { try await $0.promiseOnAStaleVersionHasNoEffect() }
    }

    @Test(arguments: JournalKind.allCases)
    func `of fifty at once exactly one adds`(_ kind: JournalKind) async throws {
        try await kind.with { try await $0.compareAndSetUnderConcurrency() }
    }

    @Test(arguments: JournalKind.allCases)
    func `one proposal is open for each digest`(_ kind: JournalKind) async throws {
        try await kind.with { try await $0.oneOpenProposalForEachDigest() }
    }

    @Test(arguments: JournalKind.allCases)
    func `the latest call of a digest is the one proposed last`(_ kind: JournalKind) async throws {
        try await kind.with { try await $0.latestCallOfADigest() }
    }

    @Test(arguments: JournalKind.allCases)
    func `an idempotency key belongs to one principal and one call`(_ kind: JournalKind) async throws {
        try await kind.with { try await $0.idempotencyKeys() }
    }

    @Test(arguments: JournalKind.allCases)
    func `a promised call is recorded though its key is taken`(_ kind: JournalKind) async throws {
        try await kind.with { try await $0.promisedCallIsRecordedWithoutATakenKey() }
    }

    @Test(arguments: JournalKind.allCases)
    func `calls are listed by phase`(_ kind: JournalKind) async throws {
        try await kind.with { try await $0.phases() }
    }

    @Test(arguments: JournalKind.allCases)
    func `search honours every filter and pages`(_ kind: JournalKind) async throws {
        try await kind.with { try await $0.search() }
    }

    @Test(arguments: JournalKind.allCases)
    func `search finds requests that were refused before they were calls`(_ kind: JournalKind) async throws {
        try await kind.with { try await $0.refusedRequests() }
    }

    @Test(arguments: JournalKind.allCases)
    func `proposals are counted for each principal while they wait`(_ kind: JournalKind) async throws {
        try await kind.with { try await $0.proposalsOfAPrincipal() }
    }

    @Test(arguments: JournalKind.allCases)
    func `kept values last until their time`(_ kind: JournalKind) async throws {
        try await kind.with { try await $0.keptValues() }
    }

    @Test(arguments: JournalKind.allCases)
    func `positions have no gaps under concurrency`(_ kind: JournalKind) async throws {
        try await kind.with { try await $0.positionsUnderConcurrency() }
    }
}

/// The suite has to fail where a journal does wrong.
@Suite struct JournalConformanceControl {
    @Test(arguments: BrokenJournal.Fault.allCases)
    func `a broken journal does not pass`(_ fault: BrokenJournal.Fault) async {
        let conformance = JournalConformance(journal: BrokenJournal(fault))
        await withKnownIssue {
            switch fault {
            case .ignoresVersions: try await conformance.compareAndSetUnderConcurrency()
            case .ignoresOpenProposals: try await conformance.oneOpenProposalForEachDigest()
            case .sharesKeys: try await conformance.idempotencyKeys()
            case .keepsForever: try await conformance.keptValues()
            case .losesActs: try await conformance.search()
            case .hidesRefusals: try await conformance.refusedRequests()
            case .countsEverybody: try await conformance.proposalsOfAPrincipal()
            case .overspends: try await conformance.budgetsAreTakenWithTheAdmissionOrNotAtAll()
            case .keepsParts: try await conformance.whatIsLeftOfPartsIsGivenBack()
            case .losesPromises: try await conformance.promisesAreSeenByWhoReadsLater()
            }
        }
    }

    @Test(arguments: JournalKind.allCases)
    func `acts are found by what they are about`(_ kind: JournalKind) async throws {
        try await kind.with { try await $0.actsAreFoundByWhatTheyAreAbout() }
    }
}
