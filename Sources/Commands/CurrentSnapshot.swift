import Engine
import Synchronization

/// The snapshot in force, swapped as a whole.
final class CurrentSnapshot: Sendable {
    private let current: Mutex<Snapshot>

    init(_ snapshot: Snapshot) {
        current = Mutex(snapshot)
    }

    var snapshot: Snapshot {
        current.withLock { $0 }
    }

    func replace(with snapshot: Snapshot) {
        current.withLock { $0 = snapshot }
    }
}
