import Engine
import Synchronization
import Testing

@testable import Store

/// The batches by themselves, over a connection that keeps a log.
@Suite struct GroupCommitTests {
    /// What a transaction holds is numbers; a commit moves them over.
    final class LoggingConnection: TransactionConnection {
        var failure: JournalFault?
        var presumedWrongly = false
        /// Rows that do not count; presumed to while they are gathered.
        var refusedRows: Set<String> = []
        var presumes = false
        var gathered: [String] = []
        var log: [String] = []
        var onCommit: () -> Void = {}
        var refusedBegins = 0
        var refusedCommits = 0

        func execute(_ statement: SQL) throws -> Int {
            log.append(statement.text)
            if statement.text.hasPrefix("bad") {
                failure = JournalFault(.unavailable, statement.text)
                throw JournalFault(.unavailable, statement.text)
            }
            return 1
        }

        func query(_ statement: SQL) throws -> [[SQLValue]] { [] }

        func insert(_ row: Insertion) throws -> Bool {
            let text = row.values.first?.text ?? ""
            if presumes {
                gathered.append(text)
                return true
            }
            log.append("insert \(text)")
            return !refusedRows.contains(text)
        }

        func insertGathered() throws(JournalFault) {
            guard !gathered.isEmpty else { return }
            log.append("insert \(gathered.joined(separator: "+"))")
            defer { gathered = [] }
            guard refusedRows.isDisjoint(with: gathered) else {
                presumedWrongly = true
                failure = JournalFault(.unavailable, "presumed")
                throw JournalFault(.unavailable, "presumed")
            }
        }

        func begin(presumes: Bool) throws(JournalFault) {
            failure = nil
            presumedWrongly = false
            self.presumes = presumes
            log.append("begin")
            if refusedBegins > 0 {
                refusedBegins -= 1
                throw JournalFault(.unavailable, "begin")
            }
        }

        func commit() throws(JournalFault) {
            log.append("commit")
            onCommit()
            if refusedCommits > 0 {
                refusedCommits -= 1
                throw JournalFault(.unavailable, "commit")
            }
        }

        func rollback() {
            gathered = []
            log.append("rollback")
        }
    }

    private func job(_ text: SQL, isPromise: Bool = false, turns: (any Turns)? = nil) -> Job {
        Job({ try $0.execute(text) == 1 }, isPromise ? .trusts { _ in } : .listens { _ in }, turns: turns)
    }

    private static let letters = Insertion.Kind("letters (letter)", columnCount: 1)

    /// What jobs were told about their rows, the last time they ran.
    private final class Counts: Sendable {
        private let letters = Mutex<[String: Bool]>([:])

        func note(_ letter: String, _ counts: Bool) { letters.withLock { $0[letter] = counts } }

        var all: [String: Bool] { letters.withLock { $0 } }
    }

    /// A job that inserts one row.
    private func insertion(_ letter: String, _ counts: Counts) -> Job {
        Job(
            { connection in
                let does = try connection.insert(Insertion(Self.letters, [.text(letter)]))
                counts.note(letter, does)
                return does
            }, .listens { _ in })
    }

    private func outcomes(_ batch: Batch) -> [String] {
        batch.finished.map { ($0.error as? JournalFault)?.detail ?? "done" }
    }

    @Test func `all share one transaction`() {
        let connection = LoggingConnection()
        var batch = Batch([job("a"), job("b", isPromise: true), job("c")])
        batch.commit(on: connection)
        #expect(connection.log == ["begin", "a", "b", "c", "commit"])
        #expect(outcomes(batch) == ["done", "done", "done"])
        #expect(batch.keptPromises == 1)
    }

    @Test func `rows are inserted together`() {
        let connection = LoggingConnection()
        let counts = Counts()
        var batch = Batch([insertion("a", counts), insertion("b", counts)])
        batch.commit(on: connection)
        #expect(connection.log == ["begin", "insert a+b", "commit"])
        #expect(counts.all == ["a": true, "b": true])
    }

    @Test func `a single row is not presumed to count`() {
        let connection = LoggingConnection()
        connection.refusedRows = ["a"]
        let counts = Counts()
        var batch = Batch([insertion("a", counts)])
        batch.commit(on: connection)
        #expect(connection.log == ["begin", "insert a", "commit"])
        #expect(counts.all == ["a": false])
    }

    @Test func `where a row does not count, all run again in one transaction that presumes nothing`() {
        let connection = LoggingConnection()
        connection.refusedRows = ["b"]
        let counts = Counts()
        var batch = Batch([insertion("a", counts), insertion("b", counts), insertion("c", counts)])
        batch.commit(on: connection)
        #expect(
            connection.log == [
                "begin", "insert a+b+c", "rollback", "begin", "insert a", "insert b", "insert c", "commit",
            ])
        #expect(outcomes(batch) == ["done", "done", "done"])
        #expect(counts.all == ["a": true, "b": false, "c": true])
    }

    @Test func `a body that throws does not disturb the others`() {
        let connection = LoggingConnection()
        var batch = Batch([job("a"), job("bad"), job("c")])
        batch.commit(on: connection)
        #expect(
            connection.log == [
                "begin", "a", "bad", "rollback", "begin", "a", "commit", "begin", "bad", "rollback", "begin", "c",
                "commit",
            ])
        #expect(outcomes(batch) == ["done", "bad", "done"])
    }

    @Test func `a failure that a body keeps silent about counts`() {
        let connection = LoggingConnection()
        let silent = Job({ (try? $0.execute("bad")) != nil }, .listens { _ in })
        var batch = Batch([silent, job("b")])
        batch.commit(on: connection)
        #expect(outcomes(batch) == ["bad", "done"])
    }

    @Test func `when the commit fails nobody who waits is told otherwise`() {
        let connection = LoggingConnection()
        connection.refusedCommits = 1
        var batch = Batch([job("a"), job("p", isPromise: true), job("c")])
        batch.commit(on: connection)
        #expect(connection.log == ["begin", "a", "p", "c", "commit", "rollback", "begin", "p", "commit"])
        #expect(outcomes(batch) == ["commit", "done", "commit"])
        #expect(batch.owed.isEmpty && batch.fault == nil && batch.reports.isEmpty)
    }

    @Test func `when nothing can begin everybody hears of it once`() {
        let connection = LoggingConnection()
        connection.refusedBegins = 1
        var batch = Batch([job("a"), job("p", isPromise: true)])
        batch.commit(on: connection)
        #expect(connection.log == ["begin"])
        #expect(outcomes(batch) == ["begin"])
        #expect(batch.owed.count == 1 && batch.reports.count == 1)
        #expect(batch.fault?.code == .unavailable)
    }

    @Test func `what is owed goes first and holds up the rest`() {
        let connection = LoggingConnection()
        var batch = Batch([job("bad", isPromise: true), job("b"), job("c", isPromise: true)])
        batch.commit(on: connection)
        #expect(connection.log == ["begin", "bad", "rollback", "begin", "bad", "rollback"])
        #expect(batch.owed.count == 2)
        #expect(outcomes(batch).count == 1 && outcomes(batch) != ["done"])
        var again = Batch(batch.owed)
        again.commit(on: connection)
        #expect(again.reports.isEmpty, "reported once")
    }

    @Test func `a transaction that cannot begin ends the trying one by one`() {
        let connection = LoggingConnection()
        let stuck = Job(
            { connection in
                guard let connection = connection as? LoggingConnection else { return true }
                connection.refusedBegins = 9
                throw JournalFault(.unavailable, "stuck")
            }, .listens { _ in })
        var batch = Batch([stuck, job("b"), job("c")])
        batch.commit(on: connection)
        #expect(connection.log == ["begin", "rollback", "begin"])
        #expect(outcomes(batch) == ["begin", "begin", "begin"])
    }

    /// A group commit with what it asked of its driver.
    ///
    /// - Parameter tellsPatience: whether timers count with which waiting ends.
    private func commits(
        tellsPatience: Bool = false, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) -> (commits: GroupCommit, asked: @Sendable () -> [String]) {
        let asked = Box()
        let commits = GroupCommit(
            driver: GroupCommit.Driver(
                requestDrain: { _ in asked.append("drain") },
                setTimer: { _, timer in if timer != .patience || tellsPatience { asked.append("\(timer)") } },
                report: { _ in asked.append("report") }, turns: { nil }), now: now)
        return (commits, { asked.take() })
    }

    private final class Counter: Sendable {
        let value = Atomic(0)
    }

    @Test func `nobody waits behind a commit that takes too long`() async throws {
        let start = ContinuousClock.now
        let seconds = Counter()
        let (commits, _) = commits(now: { start + .seconds(seconds.value.load(ordering: .relaxed)) })
        let submitted = Counter()
        try promise("p", to: commits)
        let count = 520
        let waiting = Task {
            await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<count {
                    group.addTask {
                        let outcome = try? await unsafe withUnsafeThrowingContinuation { continuation in
                            commits.submit(Job({ _ in true }, .waits(unsafe Job.Waiter(continuation))))
                            submitted.value.add(1, ordering: .relaxed)
                        }
                        return outcome != nil
                    }
                }
                return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
        }
        while submitted.value.load(ordering: .relaxed) < count { await Task.yield() }
        let connection = LoggingConnection()
        var refused: [String] = []
        connection.onCommit = {
            connection.onCommit = {}
            // While the first batch is on its way to the disk.
            seconds.value.store(4, ordering: .relaxed)
            commits.timeIsUp(.patience)
            seconds.value.store(5, ordering: .relaxed)
            commits.timeIsUp(.patience)
            commits.submit(Job({ _ in true }, .listens { _ in }))
            do {
                try commits.promise({ _ in true }) { _ in }
            } catch {
                refused.append((error as? JournalFault)?.detail ?? "\(error)")
            }
        }
        commits.drain(on: connection)
        #expect(
            await waiting.value == 511, "those whose records were on their way have them; the others were told at once")
        #expect(refused == ["the database does not answer: a commit takes too long"])
        #expect(connection.log.contains("p"), "what was promised before is kept")
        #expect(connection.log.filter { $0 == "commit" }.count == 2)
    }

    @Test func `who waits behind a commit asks for a look at it, once`() throws {
        let (commits, asked) = commits(tellsPatience: true)
        let connection = LoggingConnection()
        connection.onCommit = {
            connection.onCommit = {}
            for _ in 0..<3 { commits.submit(job("b")) }
            commits.timeIsUp(.patience)
        }
        commits.submit(job("a"))
        commits.drain(on: connection)
        #expect(asked() == ["patience", "drain"], "one timer for all, and none again while it is set")
        #expect(connection.log.filter { $0 == "b" }.count == 3, "it does not take long")
    }

    private final class Box: Sendable {
        private let words = Mutex<[String]>([])
        func append(_ word: String) { words.withLock { $0.append(word) } }
        func take() -> [String] {
            words.withLock { words in
                defer { words = [] }
                return words
            }
        }
    }

    private func promise(_ text: SQL, to commits: GroupCommit) throws {
        try commits.promise({ try $0.execute(text) == 1 }) { _ in }
    }

    @Test func `promises set one timer and no drain`() throws {
        let (commits, asked) = commits()
        let connection = LoggingConnection()
        try promise("a", to: commits)
        try promise("b", to: commits)
        #expect(asked() == ["promise"])
        commits.timeIsUp(.promise)
        #expect(asked() == ["drain"])
        commits.drain(on: connection)
        #expect(connection.log == ["begin", "a", "b", "commit"])
        #expect(asked() == [])
        commits.timeIsUp(.promise)
        #expect(asked() == [], "nothing waits")
    }

    @Test func `a retry that is due does not make promises wait`() throws {
        let (commits, asked) = commits()
        let connection = LoggingConnection()
        try promise("a", to: commits)
        connection.refusedBegins = 1
        commits.timeIsUp(.promise)
        commits.drain(on: connection)
        #expect(asked() == ["promise", "drain", "report", "retry"])
        #expect(throws: JournalFault.self) { try promise("b", to: commits) }
        commits.timeIsUp(.retry)
        commits.drain(on: connection)
        #expect(connection.log == ["begin", "begin", "a", "commit"])
        #expect(asked() == ["drain"])
        try promise("c", to: commits)
        #expect(asked() == ["promise"])
        #expect(commits.failures == 1)
    }

    @Test func `many promises do not wait for the timer`() throws {
        let (commits, asked) = commits()
        for _ in 0..<512 { try promise("a", to: commits) }
        #expect(asked() == ["promise", "drain"])
        let connection = LoggingConnection()
        commits.drain(on: connection)
        #expect(connection.log.filter { $0 == "commit" }.count == 1)
    }

    /// A thread that does what it is given when told to, turn by turn.
    private final class Loop: Turns {
        private let bodies = Mutex<[@Sendable () -> Void]>([])

        private let later = Mutex<[@Sendable () -> Void]>([])

        func enqueue(_ body: @escaping @Sendable () -> Void) { bodies.withLock { $0.append(body) } }

        func enqueue(afterMicroseconds time: Int, _ body: @escaping @Sendable () -> Void) {
            later.withLock { $0.append(body) }
        }

        /// The time that something was put off for is over.
        func passTime() {
            let due = later.withLock { $0 }
            later.withLock { $0 = [] }
            for body in due { enqueue(body) }
            turn()
        }

        /// - Returns: how many bodies the turn had.
        @discardableResult
        func turn() -> Int {
            let now = bodies.withLock { bodies in
                defer { bodies = [] }
                return bodies
            }
            for body in now { body() }
            return now.count
        }
    }

    /// A job of somebody who waits on a loop.
    private func job(_ text: SQL, on loop: Loop, _ told: Box) -> Job {
        Job(
            { try $0.execute(text) == 1 },
            .listens { error in told.append(error == nil ? text.text : "\(text.text)!") }, turns: loop)
    }

    @Test func `who writes in the same turns shares a commit, and all hear of it in one turn`() {
        let loop = Loop()
        let told = Box()
        let (commits, asked) = commits()
        let connection = LoggingConnection()
        commits.submit(job("a", on: loop, told))
        commits.submit(job("bad", on: loop, told))
        commits.submit(job("c", on: loop, told))
        #expect(asked() == [], "others may come")
        loop.turn()
        #expect(asked() == ["drain"])
        #expect(commits.drain(on: connection) == 3)
        #expect(told.take() == [], "nobody hears of it on the writer's thread")
        #expect(loop.turn() == 1)
        #expect(told.take() == ["a", "bad!", "c"])
        #expect(asked() == [])
    }

    @Test func `each thread hears of its own`() {
        let loops = [Loop(), Loop()]
        let told = Box()
        let (commits, _) = commits()
        for (index, text) in (["a", "b", "c", "d"] as [SQL]).enumerated() {
            commits.submit(job(text, on: loops[index / 3], told))
        }
        commits.drain(on: LoggingConnection())
        loops[1].turn()
        #expect(told.take() == ["d"])
        loops[0].turn()
        #expect(told.take().sorted() == ["a", "b", "c"])
    }

    @Test func `the writer rests for who goes on after a commit`() {
        let loop = Loop()
        let told = Box()
        let (commits, asked) = commits()
        let connection = LoggingConnection()
        commits.submit(job("a", on: loop, told))
        loop.turn()
        #expect(asked() == ["drain"])
        // Comes while the commit is being made.
        connection.onCommit = { commits.submit(self.job("late", on: loop, told)) }
        #expect(commits.drain(on: connection) == 1, "the late one is not taken at once")
        connection.onCommit = {}
        loop.turn()
        #expect(asked() == ["drain"])
        #expect(commits.drain(on: connection) == 1)
        loop.turn()
        #expect(told.take() == ["a", "late"])
        // Nobody waits on a loop: it is taken at once.
        connection.onCommit = {
            connection.onCommit = {}
            commits.submit(Job({ _ in true }, .listens { _ in told.append("other") }))
        }
        commits.submit(Job({ _ in true }, .listens { _ in told.append("first") }))
        #expect(commits.drain(on: connection) == 2)
        #expect(told.take() == ["first", "other"])
    }

    @Test func `where many commit the next commit gathers for a moment`() {
        let loop = Loop()
        let told = Box()
        let (commits, asked) = commits()
        let connection = LoggingConnection()
        for _ in 0..<8 { commits.submit(job("a", on: loop, told)) }
        loop.turn()
        #expect(asked() == ["drain"], "nobody waits before")
        commits.drain(on: connection)
        commits.submit(job("b", on: loop, told))
        loop.turn()
        #expect(asked() == [])
        commits.submit(job("c", on: loop, told))
        loop.passTime()
        #expect(asked() == ["drain"])
        #expect(commits.drain(on: connection) == 2)
        // The last batch was small.
        commits.submit(job("d", on: loop, told))
        loop.turn()
        #expect(asked() == ["drain"])
    }

    @Test func `the queue is bounded`() throws {
        let (commits, _) = commits()
        for _ in 0..<65_536 { try promise("a", to: commits) }
        #expect(throws: JournalFault.self) { try promise("a", to: commits) }
        let connection = LoggingConnection()
        commits.drain(on: connection)
        #expect(connection.log.filter { $0 == "a" }.count == 65_536)
        #expect(connection.log.filter { $0 == "commit" }.count == 128)
        try promise("a", to: commits)
    }
}
