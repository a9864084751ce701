import Core
import Synchronization

/// Calls of this process whose outcomes could not be recorded, with whether they were made.
final class UnrecordedOutcomes: Sendable {
    private let calls = Mutex<[CallID: Bool]>([:])

    /// Those beyond are settled at the next start, as after a crash.
    static let limit = 10_000

    var all: [CallID: Bool] {
        calls.withLock { $0 }
    }

    func remember(_ call: CallID, wasMade: Bool) {
        calls.withLock { calls in
            if calls.count < Self.limit { calls[call] = wasMade }
        }
    }

    func forget(_ call: CallID) {
        _ = calls.withLock { $0.removeValue(forKey: call) }
    }
}
