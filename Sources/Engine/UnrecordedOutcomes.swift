import Core
import Synchronization

/// Calls of this process that were made and whose outcomes could not be recorded.
final class UnrecordedOutcomes: Sendable {
    private let calls = Mutex<Set<CallID>>([])

    /// Those beyond are settled at the next start, as after a crash.
    static let limit = 10_000

    var all: Set<CallID> {
        calls.withLock { $0 }
    }

    func remember(_ call: CallID) {
        calls.withLock { calls in
            if calls.count < Self.limit { calls.insert(call) }
        }
    }

    func forget(_ call: CallID) {
        _ = calls.withLock { $0.remove(call) }
    }
}
