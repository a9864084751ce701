import Core
import Synchronization

/// Wakes requests that wait for people to decide a call.
package final class Decisions: Sendable {
    /// How many may wait at a time. Whoever comes then gets the answer that there is, at once.
    static let most = 2_000
    /// How many of one principal.
    static let mostOfOne = 100

    /// One request that waits.
    final class Ticket: Sendable {
        let call: CallID
        fileprivate let principal: String
        /// The call once something happened to it.
        let news: AsyncStream<Call>
        private let bell: AsyncStream<Call>.Continuation

        fileprivate init(_ call: CallID, _ principal: String) {
            self.call = call
            self.principal = principal
            (news, bell) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        }

        fileprivate func tell(_ call: Call) {
            bell.yield(call)
            bell.finish()
        }

        /// Nothing is waited for any longer.
        func giveUp() { bell.finish() }
    }

    private struct Waiting {
        var count = 0
        var counts: [String: Int] = [:]
        var tickets: [CallID: [Ticket]] = [:]
    }

    private let waiting = Mutex(Waiting())

    /// How many wait.
    package var count: Int { waiting.withLock { $0.count } }

    /// - Returns: nil where too many wait.
    func enter(_ call: CallID, of principal: Principal) -> Ticket? {
        let key = principal.identityText
        return waiting.withLock { waiting in
            guard waiting.count < Self.most, waiting.counts[key, default: 0] < Self.mostOfOne else { return nil }
            let ticket = Ticket(call, key)
            waiting.count += 1
            waiting.counts[key, default: 0] += 1
            waiting.tickets[call, default: []].append(ticket)
            return ticket
        }
    }

    func leave(_ ticket: Ticket) {
        waiting.withLock { waiting in
            guard var tickets = waiting.tickets[ticket.call],
                let index = tickets.firstIndex(where: { $0 === ticket })
            else { return }
            tickets.remove(at: index)
            waiting.count -= 1
            let left = waiting.counts[ticket.principal, default: 1] - 1
            waiting.counts[ticket.principal] = left > 0 ? left : nil
            waiting.tickets[ticket.call] = tickets.isEmpty ? nil : tickets
        }
    }

    /// Tells that something happened to a call.
    func note(_ call: Call) {
        let tickets = waiting.withLock { $0.tickets[call.id] ?? [] }
        for ticket in tickets { ticket.tell(call) }
    }
}
