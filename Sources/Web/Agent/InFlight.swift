import Core
import JSON
import MCP
import Synchronization

/// Calls of legacy clients that are being served, so that `notifications/cancelled` finds them.
///
/// The id is the client's own choice, so it only ever matches calls of the same principal.
final class InFlight: Sendable {
    private struct Key: Hashable {
        let principal: JSONValue
        let request: RequestID
    }

    private let tasks = Mutex<[Key: Task<Void, Never>]>([:])

    func add(_ task: Task<Void, Never>, _ request: RequestID, of principal: Principal) {
        tasks.withLock { $0[Key(principal: principal.identity, request: request)] = task }
    }

    func remove(_ request: RequestID, of principal: Principal) {
        tasks.withLock { _ = $0.removeValue(forKey: Key(principal: principal.identity, request: request)) }
    }

    func cancel(_ request: RequestID, of principal: Principal) {
        let task = tasks.withLock { $0[Key(principal: principal.identity, request: request)] }
        task?.cancel()
    }
}
