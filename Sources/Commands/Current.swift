import Synchronization

/// A value in force, swapped as a whole.
final class Current<Value: Sendable>: Sendable {
    private let current: Mutex<Value>

    init(_ value: Value) {
        current = Mutex(value)
    }

    var value: Value {
        current.withLock { $0 }
    }

    func replace(with value: Value) {
        current.withLock { $0 = value }
    }
}
