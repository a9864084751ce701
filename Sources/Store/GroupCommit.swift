import Engine
import Synchronization
import Telemetry

/// Lets everybody who writes at the same time share one transaction.
///
/// Jobs wait in a queue; whoever runs ``drain(on:)`` takes all that are there and commits them as a ``Batch``. While one
/// batch is being made durable the next one gathers. Who writes from a thread that works in turns (``Turns``) shares the
/// commit with all who write in the same turn, and they all hear of it in one turn.
///
/// A promise that could not be kept goes first into the next batch, and until it is kept everybody else is refused. So is whoever
/// comes while a commit takes too long (a disk that does not answer), and whoever waits behind it; those whose records are in it
/// have to wait, since nobody can take them out.
final class GroupCommit: Sendable {
    /// What the group commit asks of a driver.
    struct Driver: Sendable {
        /// Calls ``drain(on:)`` soon, on the writing connection.
        let requestDrain: @Sendable (GroupCommit) -> Void
        /// Calls ``timeIsUp(_:)`` when the time of a timer is over.
        let setTimer: @Sendable (GroupCommit, Timer) -> Void
        /// Hears of every promise that could not be kept at once, once.
        let report: @Sendable (JournalFault) -> Void
        /// The thread that runs now, if it works in turns.
        let turns: @Sendable () -> (any Turns)?
    }

    /// Why a drain is wanted later.
    enum Timer: Sendable, CaseIterable {
        /// A promise must not wait longer for somebody else's commit.
        case promise
        /// What is owed is tried again.
        case retry
        /// Whoever waits behind a commit that takes too long is refused.
        case patience

        var milliseconds: Int {
            switch self {
            case .promise: 20
            case .retry: 1000
            case .patience: 5000
            }
        }
    }

    private struct State {
        var waiting: [Job] = []
        /// How many jobs the last batch had.
        var lastBatch = 0
        /// Promises that could not be kept so far.
        var owed: [Job] = []
        /// Why promises are owed.
        var fault: JournalFault?
        /// How many promises are not durable, wherever they are.
        var promises = 0
        /// What was committed, and how many promises could not be kept at once.
        var figures = CommitFigures()
        var isDraining = false
        /// Since when the writer is asked for a drain, or commits a batch.
        var began: ContinuousClock.Instant?
        var timers: Set<Timer> = []
        /// Whether the next drain tries what is owed even when nothing waits.
        var retries = false
        var isClosed = false

        mutating func beginDraining(at now: ContinuousClock.Instant) {
            isDraining = true
            began = now
        }
    }

    /// What follows outside the lock.
    private enum Next {
        case refuse(JournalFault), drain, setTimer(Timer), nothing, wait(begins: Bool, sets: Bool)
    }

    private static let maxBatch = 512
    /// A commit costs as much as dozens of records. So after a batch of this size the next one gathers for some
    /// microseconds: long enough for a loop to take up what has arrived meanwhile, and no time to somebody who is alone.
    private static let busyBatch = 8
    private static let gathering = 60
    private static let maxWaiting = 65_536

    private let state = Mutex(State())
    private let driver: Driver
    /// The time by which commits are measured.
    private let now: @Sendable () -> ContinuousClock.Instant

    init(driver: Driver, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
        self.driver = driver
        self.now = now
    }

    /// How many promises could not be kept at once, since the start.
    var failures: Int {
        state.withLock { $0.figures.failures }
    }

    /// What was committed since the start.
    var figures: CommitFigures {
        state.withLock { $0.figures }
    }

    /// Runs a body in a transaction that others may share.
    @discardableResult
    func write<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Result
    ) async throws -> Result {
        let slot = Slot<Result>()
        _ = try await attempt { connection in
            slot.put(try body(connection))
            return true
        }
        guard let result = slot.take() else { throw JournalFault(.unavailable, "a transaction has no result") }
        return result
    }

    /// Runs a body like ``write(_:)`` that tells whether it counts.
    func attempt(_ body: @escaping Job.Body) async throws -> Bool {
        try await unsafe withUnsafeThrowingContinuation { continuation in
            submit(Job(body, .waits(unsafe Job.Waiter(continuation)), turns: driver.turns()))
        }
    }

    /// Takes a body that is committed with the next batch, at the latest when ``Timer/promise`` is over.
    func promise(
        _ body: @escaping Job.Body, committed: @escaping @Sendable (Bool) -> Void
    ) throws(JournalFault) {
        let job = Job(body, .trusts(committed))
        let next = state.withLock { state -> Next in
            if state.isClosed { return .refuse(.closed) }
            if let fault = state.fault { return .refuse(fault) }
            if state.waiting.count >= Self.maxWaiting { return .refuse(.crowded) }
            if isStalled(state) { return .refuse(.stalled) }
            state.waiting.append(job)
            state.promises += 1
            if state.isDraining { return .nothing }
            if state.waiting.count >= Self.maxBatch {
                state.beginDraining(at: now())
                return .drain
            }
            return state.timers.insert(.promise).inserted ? .setTimer(.promise) : .nothing
        }
        switch next {
        case .refuse(let fault): throw fault
        case .drain: driver.requestDrain(self)
        case .setTimer(let timer): driver.setTimer(self, timer)
        case .nothing, .wait: break
        }
    }

    private func isStalled(_ state: borrowing State) -> Bool {
        state.began.map { now() - $0 >= .milliseconds(Timer.patience.milliseconds) } ?? false
    }

    /// Waits until every promise made so far is durable or known to be owed.
    ///
    /// - Throws: ``JournalFault`` where a commit takes too long for that.
    func awaitPromises() async throws {
        guard state.withLock({ $0.promises > 0 && $0.fault == nil }) else { return }
        do {
            try await write { _ in }
        } catch let fault as JournalFault where fault == .stalled {
            throw fault
        } catch {
            // Owed by now, and reading goes on.
        }
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
        await withCheckedContinuation { continuation in
            submit(Job({ _ in true }, .listens { _ in continuation.resume() }), evenWhenClosed: true)
        }
        if let fault = state.withLock({ $0.fault }) { throw fault }
    }

    func timeIsUp(_ timer: Timer) {
        if timer == .patience { return losePatience() }
        let isNeeded = state.withLock { state in
            state.timers.remove(timer)
            if timer == .retry { state.retries = !state.owed.isEmpty }
            guard !state.isDraining, state.retries || !state.waiting.isEmpty else { return false }
            state.beginDraining(at: now())
            return true
        }
        if isNeeded { driver.requestDrain(self) }
    }

    /// Refuses those who wait behind a commit that takes too long. What was promised stays.
    private func losePatience() {
        let (refused, waitsOn) = state.withLock { state -> ([Job], Bool) in
            state.timers.remove(.patience)
            var refused: [Job] = []
            if isStalled(state) {
                refused = state.waiting.filter(\.isRefusable)
                state.waiting.removeAll(where: \.isRefusable)
            }
            guard state.isDraining, state.waiting.contains(where: \.isRefusable) else { return (refused, false) }
            return (refused, state.timers.insert(.patience).inserted)
        }
        for job in refused { job.finish(JournalFault.stalled) }
        if waitsOn { driver.setTimer(self, .patience) }
    }

    /// Takes a job whose caller waits or listens.
    func submit(_ job: Job, evenWhenClosed: Bool = false) {
        let next = state.withLock { state -> Next in
            if state.isClosed, !evenWhenClosed { return .refuse(.closed) }
            if state.waiting.count >= Self.maxWaiting, !evenWhenClosed { return .refuse(.crowded) }
            if job.isRefusable, isStalled(state) { return .refuse(.stalled) }
            // What is owed does not refuse the job here: both are tried together.
            state.waiting.append(job)
            let begins = !state.isDraining
            if begins { state.beginDraining(at: now()) }
            // Also for the one who begins: the writer may be busy with something else that does not end.
            return .wait(begins: begins, sets: state.timers.insert(.patience).inserted)
        }
        switch next {
        case .refuse(let fault): job.finish(fault)
        case .wait(let begins, let sets):
            if sets { driver.setTimer(self, .patience) }
            if begins { drainSoon(after: job.turns) }
        case .drain, .setTimer, .nothing: break
        }
    }

    /// Asks for a drain once a thread has done what it woke up for, so that all who write until then share a commit; where
    /// many commit, once it has looked for more to do as well.
    private func drainSoon(after turns: (any Turns)?) {
        guard let turns else { return driver.requestDrain(self) }
        if state.withLock({ $0.lastBatch >= Self.busyBatch }) {
            turns.enqueue(afterMicroseconds: Self.gathering) { self.driver.requestDrain(self) }
        } else {
            turns.enqueue { self.driver.requestDrain(self) }
        }
    }

    /// Commits what waits, batch by batch, until nothing does or until who writes next has more to come. Never runs twice at
    /// a time.
    ///
    /// - Returns: how many jobs there were.
    @discardableResult
    func drain(on connection: some TransactionConnection) -> Int {
        var count = 0
        while let jobs = take() {
            count += jobs.count
            var batch = Batch(jobs)
            let start = ContinuousClock.now
            batch.commit(on: connection)
            let microseconds = (.now - start) / .microseconds(1)
            for fault in batch.reports { driver.report(fault) }
            let needsTimer = state.withLock { state in
                state.began = now()
                state.lastBatch = jobs.count
                state.owed = batch.owed
                state.fault = batch.fault
                state.promises -= batch.keptPromises
                state.figures.failures &+= batch.reports.count
                state.figures.add(jobs: jobs.count, microseconds: Int64(microseconds))
                return !batch.owed.isEmpty && !state.isClosed && state.timers.insert(.retry).inserted
            }
            if needsTimer { driver.setTimer(self, .retry) }
            // Last, so that whoever goes on finds the state as it is.
            tell(batch.finished)
            if let turns = state.withLock({ $0.waiting.last?.turns }) {
                drainSoon(after: turns)
                break
            }
        }
        return count
    }

    /// Tells jobs what became of them, all of one thread in one of its turns.
    private func tell(_ finished: [Batch.Finished]) {
        var rest = finished[...]
        while let first = rest.first {
            guard let turns = first.job.turns else {
                first.job.finish(first.error)
                rest.removeFirst()
                continue
            }
            let end = rest.firstIndex { $0.job.turns !== turns } ?? rest.endIndex
            let together = rest[..<end]
            turns.enqueue { for one in together { one.job.finish(one.error) } }
            rest = rest[end...]
        }
    }

    private func take() -> [Job]? {
        state.withLock { state in
            guard !state.waiting.isEmpty || state.retries else {
                state.isDraining = false
                state.began = nil
                return nil
            }
            state.began = now()
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
    fileprivate static let stalled = JournalFault(.unavailable, "the database does not answer: a commit takes too long")
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
        value.withLock { $0.take() }
    }
}
