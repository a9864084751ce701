import Core
import Synchronization

/// Wakes requests that wait for people to decide a call.
package final class Decisions: Sendable {
    /// How many may wait at a time. Whoever comes then gets the answer that there is, at once.
    static let most = 2_000

    /// One request that waits.
    final class Ticket: Sendable {
        let call: CallID
        /// The call once something happened to it.
        let news: AsyncStream<Call>
        private let bell: AsyncStream<Call>.Continuation

        fileprivate init(_ call: CallID) {
            self.call = call
            (news, bell) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        }

        fileprivate func tell(_ call: Call) {
            bell.yield(call)
            bell.finish()
        }

        /// Nothing is waited for any longer.
        func giveUp() { bell.finish() }
    }

    private let waiting = Mutex<(count: Int, tickets: [CallID: [Ticket]])>((0, [:]))

    /// How many wait.
    package var count: Int { waiting.withLock { $0.count } }

    /// - Returns: nil where too many wait.
    func enter(_ call: CallID) -> Ticket? {
        waiting.withLock { waiting in
            guard waiting.count < Self.most else { return nil }
            let ticket = Ticket(call)
            waiting.count += 1
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
            waiting.tickets[ticket.call] = tickets.isEmpty ? nil : tickets
        }
    }

    /// Tells that something happened to a call.
    func note(_ call: Call) {
        let tickets = waiting.withLock { $0.tickets[call.id] ?? [] }
        for ticket in tickets { ticket.tell(call) }
    }
}
