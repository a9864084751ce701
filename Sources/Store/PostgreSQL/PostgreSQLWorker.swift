import Dispatch
import Synchronization

/// A connection with the thread that alone uses it.
final class PostgreSQLWorker: Sendable {
    let queue: DispatchQueue
    private let connection: Mutex<PostgreSQLConnection>

    init(_ settings: PostgreSQLSettings, label: String, writes: Bool = false) {
        queue = DispatchQueue(label: label)
        connection = Mutex(PostgreSQLConnection(settings, writes: writes))
    }

    func with<Result>(_ body: (PostgreSQLConnection) throws -> sending Result) rethrows -> sending Result {
        try connection.withLock { try body($0) }
    }
}
