import Core
import Synchronization

/// Which calls belong together: those of one user through one agent, until none came for half an hour. Where several processes
/// share a database, it is asked now and then when a conversation began.
final class Conversations: Sendable {
    static let pauseSeconds = 1800
    /// However much is said, a conversation is another one after a day.
    static let longestSeconds = 86_400

    private struct Conversation {
        var start: Timestamp
        var latest: Timestamp
        /// When the database was asked.
        var asked: Timestamp?
    }

    /// How long a process goes on by itself.
    static let askSeconds = 60

    private let known = Mutex(RecentlyUsed<String, Conversation>(limit: 100_000))

    /// Whether the database has to be asked when the conversation began.
    func isDue(_ principal: Principal, at now: Timestamp) -> Bool {
        known.withLock { known in
            guard let one = known.find(principal.identityText), let asked = one.asked else { return true }
            // Where it may be over, the database says whether it is: never does a process begin one by itself.
            return now < asked || now >= asked.advanced(bySeconds: Self.askSeconds)
                || now >= one.latest.advanced(bySeconds: Self.pauseSeconds)
                || now >= one.start.advanced(bySeconds: Self.longestSeconds)
        }
    }

    /// Takes over what the database says.
    func adopt(_ start: Timestamp, of principal: Principal, at now: Timestamp) {
        known.withLock { known in
            let latest = max(known.find(principal.identityText)?.latest ?? now, now)
            known.insert(Conversation(start: start, latest: latest, asked: now), for: principal.identityText)
        }
    }

    /// When the conversation that a call belongs to began. A clock that goes back begins none anew.
    func start(of principal: Principal, at now: Timestamp) -> Timestamp {
        let key = principal.identityText
        return known.withLock { known in
            let former = known.find(key)
            // To the second is enough, and most calls come within one.
            if let former, now >= former.latest, now < former.latest.advanced(bySeconds: 1) { return former.start }
            var conversation = former ?? Conversation(start: now, latest: now)
            if now >= conversation.latest.advanced(bySeconds: Self.pauseSeconds)
                || now >= conversation.start.advanced(bySeconds: Self.longestSeconds)
            {
                conversation.start = now
            }
            conversation.latest = max(conversation.latest, now)
            known.insert(conversation, for: key)
            return conversation.start
        }
    }
}
