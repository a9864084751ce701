import Core
import MCP
import Synchronization

/// Calls of legacy clients that are being served, so that `notifications/cancelled` finds them.
///
/// The id is the client's own choice, so it only ever matches calls of the same principal. Where two conversations of
/// one principal use the same id at the same time, nobody can tell which was meant, and neither is cancelled.
final class InFlight: Sendable {
    private struct Key: Hashable {
        /// The principal's identity.
        let principal: String
        let request: RequestID
    }

    private let tasks = Mutex<[Key: [Task<Void, Never>]]>([:])

    func add(_ task: Task<Void, Never>, _ request: RequestID, of principal: Principal) {
        tasks.withLock { $0[Key(principal: principal.identityText, request: request), default: []].append(task) }
    }

    func remove(_ task: Task<Void, Never>, _ request: RequestID, of principal: Principal) {
        let key = Key(principal: principal.identityText, request: request)
        tasks.withLock { tasks in
            tasks[key]?.removeAll { $0 == task }
            if tasks[key]?.isEmpty == true { tasks[key] = nil }
        }
    }

    func cancel(_ request: RequestID, of principal: Principal) {
        let found = tasks.withLock { $0[Key(principal: principal.identityText, request: request)] } ?? []
        if found.count == 1 { found[0].cancel() }
    }
}
