import Settings
import Synchronization

/// The configuration in force, swapped as a whole.
final class CurrentConfiguration: Sendable {
    private let current: Mutex<Configuration>

    init(_ configuration: Configuration) {
        current = Mutex(configuration)
    }

    var configuration: Configuration {
        current.withLock { $0 }
    }

    func replace(with configuration: Configuration) {
        current.withLock { $0 = configuration }
    }
}
