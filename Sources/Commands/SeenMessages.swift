import Core
import Synchronization

/// Ids of messages that came, so that none counts twice.
final class SeenMessages: Sendable {
    private let seen = Mutex(RecentlyUsed<String, Bool>(limit: 20_000))

    /// - Returns: whether it is the first of its id.
    func take(_ id: String) -> Bool {
        seen.withLock { seen in
            if seen.find(id) != nil { return false }
            seen.insert(true, for: id)
            return true
        }
    }
}
