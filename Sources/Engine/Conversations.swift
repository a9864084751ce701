import Core
import Synchronization

/// Which calls belong together, in this process: those of one user through one agent, until none came for half an hour.
final class Conversations: Sendable {
    static let pauseSeconds = 1800
    /// However much is said, a conversation is another one after a day.
    static let longestSeconds = 86_400

    private struct Conversation {
        var start: Timestamp
        var latest: Timestamp
    }

    private let known = Mutex(RecentlyUsed<String, Conversation>(limit: 100_000))

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
