import Core
import Synchronization

/// When people approved last, in this process: enough to see who approves faster than anybody can read.
final class Paces: Sendable {
    private static let most = 100

    private let moments = Mutex(RecentlyUsed<String, [Timestamp]>(limit: 10_000))

    /// Counts an approval, which ``takeBack(_:at:)`` undoes.
    ///
    /// - Returns: the moments of those before it, the newest last.
    func take(_ person: String, at now: Timestamp) -> [Timestamp] {
        moments.withLock { moments in
            let earlier = moments.find(person) ?? []
            moments.insert(earlier.suffix(Self.most - 1) + [now], for: person)
            return earlier
        }
    }

    /// The latest approvals of a person, the newest last.
    func find(_ person: String) -> [Timestamp] {
        moments.withLock { $0.find(person) ?? [] }
    }

    /// Takes back an approval that was not given.
    func takeBack(_ person: String, at now: Timestamp) {
        moments.withLock { moments in
            guard var known = moments.find(person), let index = known.lastIndex(of: now) else { return }
            known.remove(at: index)
            moments.insert(known, for: person)
        }
    }
}
