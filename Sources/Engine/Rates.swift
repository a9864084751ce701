import Core
import Policy
import Synchronization

/// What is left of each rate for each of those who are counted apart, in this process: of several on one database each has its
/// part of every rate. A process that begins has its whole part, whatever was taken before; over time all together keep to it.
final class Rates: Sendable {
    private struct Key: Hashable {
        let rate: String
        let who: String
    }

    /// One rate of one of those who are counted apart: an object, so that it is found once for each call.
    private final class Account: Sendable {
        let allowance: Mutex<Allowance>

        init(at now: Timestamp) {
            allowance = Mutex(Allowance(at: now))
        }
    }

    /// Who was not heard of for longest is forgotten, and has the whole rate again.
    private let accounts = Mutex(RecentlyUsed<Key, Account>(limit: 100_000))
    private let processes = Atomic(1)

    /// Notes among how many processes rates are divided.
    func divide(among count: Int) {
        processes.store(max(1, count), ordering: .relaxed)
    }

    /// A process's part of a rate: a part of the calls, or where there are fewer of them than processes, one in a longer time.
    static func part(of rate: Rate, among processes: Int) -> (calls: Int, seconds: Int) {
        guard processes > 1 else { return (rate.calls, rate.seconds) }
        if rate.calls >= processes { return (rate.calls / processes, rate.seconds) }
        let (seconds, isTooLong) = rate.seconds.multipliedReportingOverflow(by: processes)
        let calls = max(1, rate.calls)
        return (1, isTooLong ? rate.seconds : (seconds + calls - 1) / calls)
    }

    /// Takes a call from every rate that counts it, or from none.
    ///
    /// - Returns: the rate that is used up, and in how many seconds a call may come; nil where the call may.
    func take(
        _ rates: [Rate], for principal: Principal, tool: ToolFacts?, named name: String, at now: Timestamp
    ) -> (rate: Rate, seconds: Int)? {
        let processes = processes.load(ordering: .relaxed)
        return accounts.withLock { accounts in
            var counting: [(rate: Rate, account: Account)] = []
            for rate in rates where rate.counts(tool) {
                let key = key(of: rate, principal, tool, name)
                var account = accounts.find(key)
                if account == nil {
                    let new = Account(at: now)
                    accounts.insert(new, for: key)
                    account = new
                }
                guard let account else { continue }
                let part = Self.part(of: rate, among: processes)
                let wait = account.allowance.withLock { $0.wait(calls: part.calls, seconds: part.seconds, at: now) }
                if let wait { return (rate, Int(wait / 1_000_000) + 1) }
                counting.append((rate, account))
            }
            for (rate, account) in counting {
                let part = Self.part(of: rate, among: processes)
                account.allowance.withLock { $0.take(calls: part.calls, seconds: part.seconds, at: now) }
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
