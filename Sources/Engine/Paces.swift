import Core
import Synchronization

/// When people approved last, in this process: enough to see who approves faster than anybody can read.
final class Paces: Sendable {
    private static let most = 100

    private let moments = Mutex(RecentlyUsed<String, [Timestamp]>(limit: 10_000))

    /// Approvals of a person since a moment, the newest last.
    func approvals(by person: String, since moment: Timestamp) -> [Timestamp] {
        moments.withLock { ($0.find(person) ?? []).filter { $0 > moment } }
    }

    func note(_ person: String, at now: Timestamp) {
        moments.withLock { moments in
            moments.insert((moments.find(person) ?? []).suffix(Self.most - 1) + [now], for: person)
        }
    }
}
