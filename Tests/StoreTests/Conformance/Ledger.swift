import Core
import Engine
import Store
import Synchronization
import Testing

/// What the callers of a journal were told, to be held against what is there.
final class Ledger: Sendable {
    private struct State {
        var acknowledged: [Addition] = []
        var unacknowledged: [Addition] = []
    }

    private let state = Mutex(State())

    /// Adds and notes the answer.
    ///
    /// - Returns: whether the addition was acknowledged.
    func append(_ addition: Addition, to journal: any Journal) async -> Bool {
        let isAcknowledged = (try? await journal.append(addition)) ?? false
        state.withLock { state in
            if isAcknowledged {
                state.acknowledged.append(addition)
            } else {
                state.unacknowledged.append(addition)
            }
        }
        return isAcknowledged
    }

    /// Holds the promises of the journal against a database that was opened again:
    /// what was acknowledged is there, what was not is absent or whole, positions have no gaps, and the projection is
    /// the fold of the entries.
    func check(_ database: any Database, _ comment: Comment, _ location: SourceLocation = #_sourceLocation)
        async throws
    {
        let journal = try await SQLJournal.open(database)
        let entries = try await journal.search(EntryFilter(limit: 100_000))
        #expect(
            entries.map(\.position) == Array((1..<(entries.count + 1)).reversed()), comment, sourceLocation: location)
        var bodies: [CallID: [[CallEvent]]] = [:]
        for entry in entries.reversed() {
            guard let call = entry.call else { continue }
            bodies[call, default: []].append(entry.body.compactMap { CallEvent(json: $0) })
        }
        let (acknowledged, unacknowledged) = state.withLock { ($0.acknowledged, $0.unacknowledged) }
        for addition in acknowledged {
            let count = bodies[addition.call.id, default: []].filter { $0 == addition.events }.count
            #expect(count == 1, comment, sourceLocation: location)
        }
        for addition in unacknowledged {
            let count = bodies[addition.call.id, default: []].filter { $0 == addition.events }.count
            #expect(count <= 1, comment, sourceLocation: location)
        }
        let known = Set((acknowledged + unacknowledged).map(\.events))
        for (id, bodies) in bodies {
            for body in bodies { #expect(known.contains(body), comment, sourceLocation: location) }
            let fold = try Call(id: id, events: bodies.flatMap { $0 })
            #expect(try await journal.call(id) == fold, comment, sourceLocation: location)
        }
        let projection = try await database.read { connection in
            try connection.query("SELECT call, version, phase FROM unfinished ORDER BY call")
        }
        let folds = try bodies.map { try Call(id: $0.key, events: $0.value.flatMap { $0 }) }
            .filter { $0.next != .finish && $0.phase != .admitted }
        #expect(
            projection
                == folds.sorted { $0.id.text < $1.id.text }
                .map { [.text($0.id.text), .integer($0.version), .text($0.phase.rawValue)] },
            comment, sourceLocation: location)
        let running = try bodies.map { try Call(id: $0.key, events: $0.value.flatMap { $0 }) }
            .filter { $0.phase == .admitted }
        let found = try await journal.calls(in: .admitted, limit: 100_000)
        #expect(Set(found) == Set(running), comment, sourceLocation: location)
    }
}
