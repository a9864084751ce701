import Engine
import Store
import Synchronization

/// Counts what reaches the database and lets some of it fail.
final class Faults: Sendable {
    private struct State {
        var count = 0
        var failing = 0..<0
        var hits = 0
    }

    private let state = Mutex(State())

    /// Fails the steps of this range, counted from 1 from now on.
    func fail(_ range: Range<Int>) {
        state.withLock { $0 = State(failing: range) }
    }

    /// How many steps failed.
    var hits: Int { state.withLock { $0.hits } }

    func step() throws(JournalFault) {
        let fails = state.withLock { state in
            state.count += 1
            let fails = state.failing.contains(state.count)
            if fails { state.hits += 1 }
            return fails
        }
        if fails { throw JournalFault(.unavailable, "a fault of the test") }
    }
}

/// A database whose statements in writing transactions fail when told to.
struct FaultyDatabase: Database {
    let database: any Database
    let faults: Faults
    /// Whether statements that fail look as if they had not: wrong on purpose.
    var isSilent = false

    var dialect: Dialect { database.dialect }

    func read<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Result
    ) async throws -> Result {
        try await database.read(body)
    }

    func write<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Result
    ) async throws -> Result {
        try await database.write { [faults, isSilent] in
            try body(FaultyConnection(connection: $0, faults: faults, isSilent: isSilent))
        }
    }

    func close() async throws { try await database.close() }

    func enqueue(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Bool, committed: @escaping @Sendable (Bool) -> Void
    ) throws {
        try database.enqueue(
            { [faults, isSilent] in
                try body(FaultyConnection(connection: $0, faults: faults, isSilent: isSilent))
            }, committed: committed)
    }
}

private struct FaultyConnection: SQLConnection {
    let connection: any SQLConnection
    let faults: Faults
    let isSilent: Bool

    func execute(_ statement: SQL) throws -> Int {
        do {
            try faults.step()
        } catch {
            if isSilent { return 1 }
            throw error
        }
        return try connection.execute(statement)
    }

    func insert(_ row: Insertion) throws -> Bool {
        do {
            try faults.step()
        } catch {
            if isSilent { return true }
            throw error
        }
        return try connection.insert(row)
    }

    func query(_ statement: SQL) throws -> [[SQLValue]] {
        try faults.step()
        return try connection.query(statement)
    }
}
