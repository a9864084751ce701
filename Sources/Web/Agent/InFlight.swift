import Core
import MCP
import Synchronization

/// Calls of legacy clients that are being served, so that `notifications/cancelled` finds them.
///
/// The id is the client's own choice, so it only ever matches calls of the same principal. Where two conversations of
/// one principal use the same id at the same time, nobody can tell which was meant, and neither is cancelled.
///
/// Connections are kept by principal, and each knows its one call: a call costs nothing here but a note on its own
/// connection.
final class InFlight: Sendable {
    /// One connection. Its handler alone begins and ends calls on it.
    final class Line: Sendable {
        fileprivate struct State {
            /// Under which the connection is kept.
            var principal: Principal?
            var call: (request: RequestID, task: Task<Void, Never>)?
        }

        fileprivate let state = Mutex(State())
    }

    /// Connections by their principal's identity.
    private let lines = Mutex<[String: [ObjectIdentifier: Line]]>([:])

    /// How many connections are kept.
    var connections: Int {
        lines.withLock { $0.values.reduce(0) { $0 + $1.count } }
    }

    func begin(_ task: Task<Void, Never>, _ request: RequestID, of principal: Principal, on line: Line) {
        let former: Principal?? = line.state.withLock { state in
            state.call = (request, task)
            if state.principal?.isIdentical(to: principal) == true { return nil }
            defer { state.principal = principal }
            return .some(state.principal)
        }
        guard let former else { return }
        lines.withLock { lines in
            if let former { lines.remove(line, of: former) }
            lines[principal.identityText, default: [:]][ObjectIdentifier(line)] = line
        }
    }

    func end(on line: Line) {
        line.state.withLock { $0.call = nil }
    }

    /// The connection is closed and serves nothing any more.
    func remove(_ line: Line) {
        let former = line.state.withLock { $0.principal.take() }
        guard let former else { return }
        lines.withLock { $0.remove(line, of: former) }
    }

    func cancel(_ request: RequestID, of principal: Principal) {
        let lines = lines.withLock { $0[principal.identityText].map { Array($0.values) } } ?? []
        let found = lines.compactMap { line in
            line.state.withLock { $0.call.flatMap { $0.request == request ? $0.task : nil } }
        }
        if found.count == 1 { found[0].cancel() }
    }
}

extension [String: [ObjectIdentifier: InFlight.Line]] {
    fileprivate mutating func remove(_ line: InFlight.Line, of principal: Principal) {
        self[principal.identityText]?[ObjectIdentifier(line)] = nil
        if self[principal.identityText]?.isEmpty == true { self[principal.identityText] = nil }
    }
}
