import Engine
import Synchronization

/// Lets everybody who writes at the same time share one transaction.
///
/// Bodies wait in a queue; whoever runs ``drain(on:)`` takes all that are there and commits them as a ``Batch``. While
/// one batch is being made durable the next one gathers; after a large one it gathers a moment longer.
///
/// A promise that could not be kept goes first into the next batch, and until it is kept everybody else is refused.
final class GroupCommit: Sendable {
    /// A body with whoever hears of it.
    struct Job: Sendable {
        let body: @Sendable (any SQLConnection) throws -> Void
        /// Hears once: nil when the body is durable, what went wrong otherwise. For a promise only ever nil.
        let finish: @Sendable ((any Error)?) -> Void
        let isPromise: Bool
        /// Whether it was reported that the promise could not be kept.
        var isReported = false
    }

    /// What the group commit asks of a driver.
    struct Driver: Sendable {
        /// Calls ``drain(on:)`` soon, on the writing connection.
        let requestDrain: @Sendable (GroupCommit) -> Void
        /// Calls ``timeIsUp(_:)`` when the time of a timer is over.
        let setTimer: @Sendable (GroupCommit, Timer) -> Void
        /// Hears of every promise that could not be kept at once, once.
        let report: @Sendable (JournalFault) -> Void
        /// Waits some microseconds on the writing thread, so that more gathers for one commit.
        let pause: @Sendable (Int) -> Void
    }

    /// Why a drain is wanted later.
    enum Timer: Sendable, CaseIterable {
        /// A promise must not wait longer for somebody else's commit.
        case promise
        /// What is owed is tried again.
        case retry

        var milliseconds: Int {
            switch self {
            case .promise: 20
            case .retry: 1000
            }
        }
    }

    private struct State {
        var waiting: [Job] = []
        /// Promises that could not be kept so far.
        var owed: [Job] = []
        /// Why promises are owed.
        var fault: JournalFault?
        /// How many promises are not durable, wherever they are.
        var promises = 0
        /// How many promises could not be kept at once.
        var failures = 0
        var isDraining = false
        var timers: Set<Timer> = []
        /// Whether the next drain tries what is owed even when nothing waits.
        var retries = false
        var isClosed = false
    }

    /// What follows outside the lock.
    private enum Next {
        case refuse(JournalFault), drain, setTimer, nothing
    }

    private static let maxBatch = 512
    /// A commit costs as much as dozens of records, so after a batch of this size the next one gathers: long enough for
    /// those it released to come back, then for as long as more keeps coming. When none does, everybody who could come
    /// waits for this commit.
    ///
    /// INVARIANT: at a rate that the disk follows by itself less than this comes in the longest time, so that one burst
    /// does not make everybody after it wait.
    private static let busyBatch = 16
    /// Microseconds before the first look at what has come, between two looks, and looks at most.
    private static let pause = 400
    private static let look = 150
    private static let maxLooks = 4

    private static let maxWaiting = 65_536

    private let state = Mutex(State())
    private let driver: Driver

    init(driver: Driver) {
        self.driver = driver
    }

    /// How many promises could not be kept at once, since the start.
    var failures: Int {
        state.withLock { $0.failures }
    }

    /// Runs a body in a transaction that others may share.
    @discardableResult
    func write<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Result
    ) async throws -> Result {
        let slot = Slot<Result>()
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            submit(
                Job(
                    body: { connection in slot.put(try body(connection)) },
                    finish: { error in
                        if let error { continuation.resume(throwing: error) } else { continuation.resume() }
                    },
                    isPromise: false))
        }
        guard let result = slot.take() else { throw JournalFault(.unavailable, "a transaction has no result") }
        return result
    }

    /// Takes a body that is committed with the next batch, at the latest when ``Timer/promise`` is over.
    func promise<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Result,
        committed: @escaping @Sendable (Result) -> Void
    ) throws(JournalFault) {
        let slot = Slot<Result>()
        let job = Job(
            body: { connection in slot.put(try body(connection)) },
            finish: { _ in slot.take().map(committed) }, isPromise: true)
        let next = state.withLock { state -> Next in
            if state.isClosed { return .refuse(.closed) }
            if let fault = state.fault { return .refuse(fault) }
            if state.waiting.count >= Self.maxWaiting { return .refuse(.crowded) }
            state.waiting.append(job)
            state.promises += 1
            if state.isDraining { return .nothing }
            if state.waiting.count >= Self.maxBatch {
                state.isDraining = true
                return .drain
            }
            return state.timers.insert(.promise).inserted ? .setTimer : .nothing
        }
        switch next {
        case .refuse(let fault): throw fault
        case .drain: driver.requestDrain(self)
        case .setTimer: driver.setTimer(self, .promise)
        case .nothing: break
        }
    }

    /// Waits until every promise made so far is durable or known to be owed.
    func awaitPromises() async {
        guard state.withLock({ $0.promises > 0 && $0.fault == nil }) else { return }
        _ = try? await write { _ in }
    }

    /// Refuses everything from now on, and waits until what was taken is done.
    ///
    /// - Throws: ``JournalFault`` when promises are lost because they could not be kept to the last.
    func close() async throws(JournalFault) {
        guard
            state.withLock({ state in
                defer { state.isClosed = true }
                return !state.isClosed
            })
        else { return }
        _ = try? await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            let last = Job(body: { _ in }, finish: { _ in continuation.resume() }, isPromise: false)
            submit(last, evenWhenClosed: true)
        }
        if let fault = state.withLock({ $0.fault }) { throw fault }
    }

    func timeIsUp(_ timer: Timer) {
        let isNeeded = state.withLock { state in
            state.timers.remove(timer)
            if timer == .retry { state.retries = !state.owed.isEmpty }
            guard !state.isDraining, state.retries || !state.waiting.isEmpty else { return false }
            state.isDraining = true
            return true
        }
        if isNeeded { driver.requestDrain(self) }
    }

    private func submit(_ job: Job, evenWhenClosed: Bool = false) {
        let next = state.withLock { state -> Next in
            if state.isClosed, !evenWhenClosed { return .refuse(.closed) }
            if state.waiting.count >= Self.maxWaiting, !evenWhenClosed { return .refuse(.crowded) }
            // What is owed does not refuse the job here: both are tried together.
            state.waiting.append(job)
            if state.isDraining { return .nothing }
            state.isDraining = true
            return .drain
        }
        switch next {
        case .refuse(let fault): job.finish(fault)
        case .drain: driver.requestDrain(self)
        case .setTimer, .nothing: break
        }
    }

    /// Commits what waits, batch by batch, until nothing does. Never runs twice at a time.
    func drain(on connection: some TransactionConnection) {
        while let jobs = take() {
            defer { if jobs.count >= Self.busyBatch { gather() } }
            var batch = Batch(jobs)
            batch.commit(on: connection)
            for fault in batch.reports { driver.report(fault) }
            let needsTimer = state.withLock { state in
                state.owed = batch.owed
                state.fault = batch.fault
                state.promises -= batch.keptPromises
                state.failures += batch.reports.count
                return !batch.owed.isEmpty && !state.isClosed && state.timers.insert(.retry).inserted
            }
            if needsTimer { driver.setTimer(self, .retry) }
            // Last, so that whoever goes on finds the state as it is.
            for (job, error) in batch.finished { job.finish(error) }
        }
    }

    private func gather() {
        driver.pause(Self.pause)
        var seen = state.withLock { $0.waiting.count }
        for _ in 0..<Self.maxLooks {
            guard seen < Self.maxBatch, !state.withLock({ $0.isClosed }) else { return }
            driver.pause(Self.look)
            let waiting = state.withLock { $0.waiting.count }
            guard waiting > seen else { return }
            seen = waiting
        }
    }

    private func take() -> [Job]? {
        state.withLock { state in
            guard !state.waiting.isEmpty || state.retries else {
                state.isDraining = false
                return nil
            }
            state.retries = false
            let count = min(state.waiting.count, Self.maxBatch)
            if state.owed.isEmpty, count == state.waiting.count {
                defer { state.waiting.removeAll(keepingCapacity: true) }
                return state.waiting
            }
            let jobs = state.owed + state.waiting.prefix(count)
            state.owed = []
            state.waiting.removeFirst(count)
            return jobs
        }
    }
}

extension JournalFault {
    static let closed = JournalFault(.unavailable, "the database is closed")
    fileprivate static let crowded = JournalFault(.unavailable, "too many transactions wait for the database")
}

/// Carries a body's result over from the thread that ran it.
private final class Slot<Value: Sendable>: Sendable {
    private let value = Mutex<Value?>(nil)

    /// Keeps the latest, since a body may be run again.
    func put(_ value: Value) {
        self.value.withLock { $0 = value }
    }

    func take() -> Value? {
        value.withLock { value in
            defer { value = nil }
            return value
        }
    }
}
