import Core
import Policy
import Synchronization

/// What is left of each rate for each of those who are counted apart, in this process.
final class Rates: Sendable {
    private struct Key: Hashable {
        let rate: String
        let who: String
    }

    /// Who was not heard of for longest is forgotten, and has the whole rate again.
    private let allowances = Mutex(RecentlyUsed<Key, Allowance>(limit: 100_000))

    /// Takes a call from every rate that counts it, or from none.
    ///
    /// - Returns: the rate that is used up, and in how many seconds a call may come; nil where the call may.
    func take(
        _ rates: [Rate], for principal: Principal, tool: ToolFacts?, named name: String, at now: Timestamp
    ) -> (rate: Rate, seconds: Int)? {
        allowances.withLock { allowances in
            for rate in rates where rate.counts(tool) {
                let allowance = allowances.find(key(of: rate, principal, tool, name)) ?? Allowance(at: now)
                if let wait = allowance.wait(calls: rate.calls, seconds: rate.seconds, at: now) {
                    return (rate, Int(wait / 1_000_000) + 1)
                }
            }
            for rate in rates where rate.counts(tool) {
                let key = key(of: rate, principal, tool, name)
                var allowance = allowances.find(key) ?? Allowance(at: now)
                allowance.take(calls: rate.calls, seconds: rate.seconds, at: now)
                allowances.insert(allowance, for: key)
            }
            return nil
        }
    }

    private func key(of rate: Rate, _ principal: Principal, _ tool: ToolFacts?, _ name: String) -> Key {
        Key(
            rate: rate.id,
            who: rate.per.key(
                user: principal.user, agent: principal.agent, tenant: principal.tenant,
                tool: rate.per == .tool ? tool?.name ?? name.boundedText : ""))
    }
}
