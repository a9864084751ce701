import Core
import Synchronization

/// Tokens that were verified, by digest, so that a token that comes again costs one hash and one look.
final class VerifiedTokens: Sendable {
    private struct Entry: Sendable {
        let principal: Principal
        let from: Timestamp
        let until: Timestamp
    }

    private struct State: Sendable {
        var epoch = 0
        var entries: RecentlyUsed<Digest, Entry>
    }

    private let state: Mutex<State>

    init(limit: Int) {
        state = Mutex(State(entries: RecentlyUsed(limit: limit)))
    }

    func find(_ digest: Digest, at now: Timestamp) -> Principal? {
        state.withLock { state in
            guard let entry = state.entries.find(digest), now >= entry.from, now < entry.until else { return nil }
            return entry.principal
        }
    }

    /// The number of flushes so far. What was verified under an older one is not kept.
    var epoch: Int {
        state.withLock { $0.epoch }
    }

    func keep(_ principal: Principal, _ digest: Digest, from: Timestamp, until: Timestamp, epoch: Int) {
        state.withLock { state in
            guard state.epoch == epoch else { return }
            state.entries.insert(Entry(principal: principal, from: from, until: until), for: digest)
        }
    }

    func flush() {
        state.withLock { state in
            state.epoch += 1
            state.entries.removeAll()
        }
    }
}
