import Core
import Synchronization

/// What is known of how the server is.
final class Pulse: Sendable {
    /// What came of a try to write to the journal.
    enum Probe: Sendable, Hashable {
        case written, failed
        /// It has not ended in the time that somebody who asks is kept waiting.
        case late
    }

    private struct State {
        var isInForce = false
        var isStopping = false
        var noticesFailed = 0
        var last: (probe: Probe, at: Timestamp)?
        var isProbing = false
        /// Whether somebody gave up waiting for the try that runs.
        var isLate = false
        /// Those who wait for it, by a number that each has.
        var waiting: [Int: CheckedContinuation<Probe, Never>] = [:]
        var number = 0
    }

    /// However often somebody asks, the journal is not tried more often, in microseconds.
    private static let interval: Int64 = 1_000_000
    /// How long somebody who asks waits at most, in seconds.
    static let patience = 2

    private let state = Mutex(State())
    private let pause: @Sendable () async -> Void

    /// - Parameter pause: ends when whoever waits has waited long enough.
    init(pause: @escaping @Sendable () async -> Void = { try? await Task.sleep(for: .seconds(Pulse.patience)) }) {
        self.pause = pause
    }

    var isInForce: Bool { state.withLock { $0.isInForce } }
    var isStopping: Bool { state.withLock { $0.isStopping } }

    /// Says that agents can connect, and what is in force.
    func begin() { state.withLock { $0.isInForce = true } }
    /// Notices that did not arrive after all attempts.
    var noticesFailed: Int { state.withLock { $0.noticesFailed } }

    func noteFailedNotice() { state.withLock { $0.noticesFailed &+= 1 } }
    func stop() { state.withLock { $0.isStopping = true } }

    /// What came of writing to the journal a moment ago.
    ///
    /// One try runs at a time, and all who ask meanwhile wait for it. It goes on when nobody waits any more.
    func probe(at now: Timestamp, try write: @escaping @Sendable () async -> Bool) async -> Probe {
        await withCheckedContinuation { continuation in
            let (known, number, begins) = state.withLock { state in
                if let known = Self.known(state, at: now) { return (Probe?.some(known), 0, false) }
                state.number &+= 1
                state.waiting[state.number] = continuation
                defer { state.isProbing = true }
                return (nil, state.number, !state.isProbing)
            }
            if let known { return continuation.resume(returning: known) }
            if begins {
                Task {
                    let isWritten = await write()
                    end(isWritten ? .written : .failed, at: now)
                }
            }
            Task {
                await pause()
                giveUp(number)
            }
        }
    }

    private static func known(_ state: State, at now: Timestamp) -> Probe? {
        if state.isProbing { return state.isLate ? .late : nil }
        guard let last = state.last, (0..<interval).contains(now.microseconds &- last.at.microseconds) else {
            return nil
        }
        return last.probe
    }

    private func end(_ probe: Probe, at moment: Timestamp) {
        let waiting = state.withLock { state in
            defer { state.waiting = [:] }
            state.last = (probe, moment)
            state.isProbing = false
            state.isLate = false
            return state.waiting.values
        }
        for one in waiting { one.resume(returning: probe) }
    }

    private func giveUp(_ number: Int) {
        let waiting = state.withLock { state in
            let waiting = state.waiting.removeValue(forKey: number)
            if waiting != nil { state.isLate = true }
            return waiting
        }
        waiting?.resume(returning: .late)
    }
}
