import Engine
import Synchronization
import Testing

@testable import Store

/// The batches by themselves, over a connection that keeps a log.
@Suite struct GroupCommitTests {
    /// What a transaction holds is numbers; a commit moves them over.
    final class LoggingConnection: TransactionConnection {
        var failure: JournalFault?
        var log: [String] = []
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

        func begin() throws(JournalFault) {
            failure = nil
            log.append("begin")
            if refusedBegins > 0 {
                refusedBegins -= 1
                throw JournalFault(.unavailable, "begin")
            }
        }

        func commit() throws(JournalFault) {
            log.append("commit")
            if refusedCommits > 0 {
                refusedCommits -= 1
                throw JournalFault(.unavailable, "commit")
            }
        }

        func rollback() { log.append("rollback") }
    }

    private func job(_ text: SQL, isPromise: Bool = false) -> GroupCommit.Job {
        GroupCommit.Job(body: { _ = try $0.execute(text) }, finish: { _ in }, isPromise: isPromise)
    }

    private func outcomes(_ batch: Batch) -> [String] {
        batch.finished.map { _, error in (error as? JournalFault)?.detail ?? "done" }
    }

    @Test func `all share one transaction`() {
        let connection = LoggingConnection()
        var batch = Batch([job("a"), job("b", isPromise: true), job("c")])
        batch.commit(on: connection)
        #expect(connection.log == ["begin", "a", "b", "c", "commit"])
        #expect(outcomes(batch) == ["done", "done", "done"])
        #expect(batch.keptPromises == 1)
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
        let silent = GroupCommit.Job(
            body: { _ = try? $0.execute("bad") }, finish: { _ in }, isPromise: false)
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
        let stuck = GroupCommit.Job(
            body: { connection in
                guard let connection = connection as? LoggingConnection else { return }
                connection.refusedBegins = 9
                throw JournalFault(.unavailable, "stuck")
            }, finish: { _ in }, isPromise: false)
        var batch = Batch([stuck, job("b"), job("c")])
        batch.commit(on: connection)
        #expect(connection.log == ["begin", "rollback", "begin"])
        #expect(outcomes(batch) == ["begin", "begin", "begin"])
    }

    /// A group commit with what it asked of its driver.
    private func commits() -> (commits: GroupCommit, asked: @Sendable () -> [String]) {
        let asked = Box()
        let commits = GroupCommit(
            driver: GroupCommit.Driver(
                requestDrain: { _ in asked.append("drain") }, setTimer: { _, timer in asked.append("\(timer)") },
                report: { _ in asked.append("report") }, pause: { _ in asked.append("pause") }))
        return (commits, { asked.take() })
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
        try commits.promise({ try $0.execute(text) }) { _ in }
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

    /// Drains `first` promises; then one more comes in each of the first `followers` pauses.
    ///
    /// - Returns: how often the writer paused, and how many commits there were.
    private func gathering(first: Int, followers: Int) throws -> (pauses: Int, commits: Int) {
        let gathered = Mutex<(commits: GroupCommit?, pauses: Int)>((nil, 0))
        let commits = GroupCommit(
            driver: GroupCommit.Driver(
                requestDrain: { _ in }, setTimer: { _, _ in }, report: { _ in },
                pause: { _ in
                    let (commits, pauses) = gathered.withLock { state in
                        state.pauses += 1
                        return (state.commits, state.pauses)
                    }
                    if pauses <= followers { try? commits?.promise({ try $0.execute("late") }) { _ in } }
                }))
        gathered.withLock { $0.commits = commits }
        for _ in 0..<first { try promise("early", to: commits) }
        let connection = LoggingConnection()
        commits.drain(on: connection)
        gathered.withLock { $0.commits = nil }
        return (gathered.withLock { $0.pauses }, connection.log.count { $0 == "commit" })
    }

    @Test func `after a large batch the next gathers while more keeps coming`() throws {
        #expect(try gathering(first: 15, followers: 9) == (0, 1), "nobody waits after a small one")
        #expect(try gathering(first: 16, followers: 0) == (2, 1), "one look finds that nothing comes")
        #expect(try gathering(first: 16, followers: 2) == (3, 2), "what came in two pauses is one commit")
        #expect(try gathering(first: 16, followers: 99) == (5, 2), "four looks are the most")
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
