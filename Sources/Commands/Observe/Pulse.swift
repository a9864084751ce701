import Core
import Synchronization

/// What is known of how the server is.
final class Pulse: Sendable {
    private struct State {
        var isInForce = false
        var isStopping = false
        var noticesFailed = 0
        var probe: (isWritten: Bool, at: Timestamp)?
    }

    /// However often somebody asks, the journal is not tried more often, in microseconds.
    private static let interval: Int64 = 1_000_000

    private let state = Mutex(State())

    var isInForce: Bool { state.withLock { $0.isInForce } }
    var isStopping: Bool { state.withLock { $0.isStopping } }

    func begin() { state.withLock { $0.isInForce = true } }
    /// Notices that did not arrive after all attempts.
    var noticesFailed: Int { state.withLock { $0.noticesFailed } }

    func noteFailedNotice() { state.withLock { $0.noticesFailed &+= 1 } }
    func stop() { state.withLock { $0.isStopping = true } }

    /// Whether the journal could be written a moment ago.
    func isWritable(at now: Timestamp, try write: @Sendable () async -> Bool) async -> Bool {
        if let known = known(at: now) { return known }
        let isWritten = await write()
        state.withLock { $0.probe = (isWritten, now) }
        return isWritten
    }

    private func known(at now: Timestamp) -> Bool? {
        state.withLock { state in
            guard let probe = state.probe,
                (0..<Self.interval).contains(now.microseconds &- probe.at.microseconds)
            else { return nil }
            return probe.isWritten
        }
    }
}
