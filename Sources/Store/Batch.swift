import Engine

/// A connection whose transactions a ``Batch`` begins and ends.
protocol TransactionConnection: SQLConnection {
    /// The first statement that failed in this transaction, also when the body kept silent about it.
    var failure: JournalFault? { get }
    /// Whether an insertion that was presumed to count did not; then the transaction has failed.
    var presumedWrongly: Bool { get }
    /// - Parameter presumes: whether ``SQLConnection/insert(_:)`` may gather rows and presume that they count.
    func begin(presumes: Bool) throws(JournalFault)
    /// Inserts the rows that were gathered. Called before the commit.
    func insertGathered() throws(JournalFault)
    func commit() throws(JournalFault)
    func rollback()
}

/// Jobs that are committed together where possible.
///
/// First all run in one transaction without savepoints, and their insertions are presumed to count. Where one does not,
/// that transaction is rolled back and all run in another that presumes nothing. When one of them throws, each runs in a
/// transaction of its own, in the same order: success costs nothing extra, failure does.
struct Batch {
    /// A job that is over, with what its caller is told.
    struct Finished: Sendable {
        let job: Job
        let error: (any Error)?
    }

    private let jobs: [Job]
    private(set) var finished: [Finished] = []
    /// Promises that could not be kept, in their order.
    private(set) var owed: [Job] = []
    /// Why promises are owed.
    private(set) var fault: JournalFault?
    /// What has to be reported of promises that could not be kept.
    private(set) var reports: [JournalFault] = []
    private(set) var keptPromises = 0

    init(_ jobs: [Job]) {
        self.jobs = jobs
        finished.reserveCapacity(jobs.count)
    }

    mutating func commit(on connection: some TransactionConnection) {
        if jobs.count > 1, !commitTogether(on: connection, presumes: true) { return }
        _ = commitTogether(on: connection, presumes: false)
    }

    /// - Returns: whether nothing was done because the connection presumed wrongly.
    private mutating func commitTogether(on connection: some TransactionConnection, presumes: Bool) -> Bool {
        do {
            try connection.begin(presumes: presumes)
        } catch {
            for job in jobs { fail(job, error) }
            return false
        }
        do {
            for job in jobs { try run(job, on: connection) }
            try connection.insertGathered()
        } catch {
            connection.rollback()
            if presumes, connection.presumedWrongly { return true }
            if jobs.count == 1, let job = jobs.first, !job.isPromise {
                fail(job, error)
            } else {
                commitOneByOne(on: connection, writeFault: nil)
            }
            return false
        }
        do {
            try connection.commit()
            for job in jobs { succeed(job) }
        } catch {
            connection.rollback()
            commitOneByOne(on: connection, writeFault: error)
        }
        return false
    }

    /// - Parameter writeFault: what everybody who waits is told without a second try. Promises are tried again.
    private mutating func commitOneByOne(on connection: some TransactionConnection, writeFault: JournalFault?) {
        /// Why nothing more is tried: the database itself refuses, or a promise is owed and the order must hold.
        var stop: JournalFault?
        for job in jobs {
            if let fault = stop ?? (job.isPromise ? nil : writeFault) {
                fail(job, fault)
                continue
            }
            do {
                try connection.begin(presumes: false)
            } catch {
                stop = error
                fail(job, error)
                continue
            }
            do {
                try run(job, on: connection)
            } catch {
                connection.rollback()
                fail(job, error)
                stop = fault
                continue
            }
            do {
                try connection.commit()
                succeed(job)
            } catch {
                connection.rollback()
                stop = error
                fail(job, error)
            }
        }
    }

    private func run(_ job: Job, on connection: some TransactionConnection) throws {
        try job.run(on: connection)
        if let failure = connection.failure { throw failure }
    }

    private mutating func succeed(_ job: Job) {
        if job.isPromise { keptPromises += 1 }
        finished.append(Finished(job: job, error: nil))
    }

    private mutating func fail(_ job: Job, _ error: any Error) {
        guard job.isPromise else {
            finished.append(Finished(job: job, error: error))
            return
        }
        let cause = (error as? JournalFault)?.detail ?? "\(error)"
        if fault == nil { fault = JournalFault(.unavailable, "an earlier record is not on disk yet: \(cause)") }
        if job.noteFailure() {
            reports.append(JournalFault(.unavailable, "a promised record is not on disk yet: \(cause)"))
        }
        owed.append(job)
    }
}
