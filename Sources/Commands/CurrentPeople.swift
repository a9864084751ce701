import Settings
import Synchronization

/// The people who decide, by the configuration in force.
final class CurrentPeople: Sendable {
    private let current: Mutex<[String: Person]>

    init(_ people: [String: Person]) {
        current = Mutex(people)
    }

    var people: [String: Person] {
        current.withLock { $0 }
    }

    func replace(with people: [String: Person]) {
        current.withLock { $0 = people }
    }
}
