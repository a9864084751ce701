import Core
import Synchronization

/// Equal refusals within a minute are one record with a count, so that a flood of them costs no disk.
///
/// The first is recorded at once. What a crash takes is the count of those that followed within the last minute.
final class RefusalFold: Sendable {
    struct Key: Hashable {
        var user: String
        var agent: String
        var tenant: String?
        var tool: String
        var code: Refusal.Code

        init(user: String, agent: String, tool: String, code: Refusal.Code) {
            self.user = user
            self.agent = agent
            self.tool = tool
            self.code = code
        }

        init(_ principal: Principal, _ tool: String, _ code: Refusal.Code) {
            user = principal.user
            agent = principal.agent
            tenant = principal.tenant
            self.tool = tool
            self.code = code
        }
    }

    struct Folded {
        var key: Key
        /// How many have a record of their own.
        var recorded: Int
        var count: Int
        var first: Timestamp
        var last: Timestamp
    }

    static let windowSeconds = 60
    private static let maxKeys = 10_000

    private let folded = Mutex<[Key: Folded]>([:])

    /// - Parameter most: how many are recorded before they are counted.
    /// - Returns: what ``unnote(_:)`` takes where the refusal has to be recorded now; nil where it is counted.
    func note(_ key: Key, at now: Timestamp, recording most: Int = 1) -> Key? {
        folded.withLock { folded in
            var key = key
            // Too many different ones: all that somebody is refused with one code counts as one.
            if folded[key] == nil, folded.count >= Self.maxKeys { key.tool = "" }
            var known = folded[key] ?? Folded(key: key, recorded: 0, count: 0, first: now, last: now)
            let isRecorded = known.recorded < most
            if isRecorded { known.recorded += 1 } else { known.count += 1 }
            known.last = now
            folded[key] = known
            return isRecorded ? key : nil
        }
    }

    /// Takes back that one was recorded, where it could not be.
    func unnote(_ key: Key) {
        folded.withLock { folded in
            guard let known = folded[key] else { return }
            if known.recorded <= 1, known.count == 0 { folded[key] = nil } else { folded[key]?.recorded -= 1 }
        }
    }

    /// Those whose minute is over and that stand for more than what was recorded; the others are forgotten.
    func due(before moment: Timestamp) -> [Folded] {
        folded.withLock { folded in
            let over = folded.values.filter { $0.first < moment }
            for entry in over where entry.count == 0 { folded[entry.key] = nil }
            return over.filter { $0.count > 0 }.sorted { ($0.first, $0.key.user) < ($1.first, $1.key.user) }
        }
    }

    /// Forgets what was recorded, but what came since.
    func remove(_ recorded: Folded) {
        folded.withLock { folded in
            guard var known = folded[recorded.key] else { return }
            known.count -= recorded.count
            known.first = recorded.last
            folded[recorded.key] = known.count > 0 ? known : nil
        }
    }
}
