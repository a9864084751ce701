import Synchronization

/// Roles of the people who decide, by the configuration in force.
final class CurrentPeople: Sendable {
    private let current: Mutex<[String: Set<String>]>

    init(_ roles: [String: Set<String>]) {
        current = Mutex(roles)
    }

    var roles: [String: Set<String>] {
        current.withLock { $0 }
    }

    func replace(with roles: [String: Set<String>]) {
        current.withLock { $0 = roles }
    }
}
