import Core
import JSON
import MCP
import Synchronization

/// What legacy clients were asked while one of their requests is open, so that the answer, which comes as a request of its
/// own, finds it. An answer only ever counts from the principal who was asked.
final class Questions: Sendable {
    /// How many may be open at a time.
    static let most = 1_000

    final class Ticket: Sendable {
        let id: RequestID
        fileprivate let principal: String
        private let answers: AsyncStream<JSONObject?>
        private let bell: AsyncStream<JSONObject?>.Continuation

        fileprivate init(_ id: RequestID, _ principal: String) {
            self.id = id
            self.principal = principal
            (answers, bell) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(1))
        }

        fileprivate func give(_ answer: JSONObject?) {
            bell.yield(answer)
            bell.finish()
        }

        /// No answer is waited for any longer.
        func giveUp() { bell.finish() }

        /// - Returns: nil where the client could not be asked, or did not answer.
        func answer() async -> JSONObject? {
            for await answer in answers { return answer }
            return nil
        }
    }

    private let open = Mutex<[RequestID: Ticket]>([:])

    /// - Parameter id: that nobody can guess.
    /// - Returns: nil where too many are open.
    func ask(_ id: String, of principal: Principal) -> Ticket? {
        guard let id = RequestID(.string(id)) else { return nil }
        let ticket = Ticket(id, principal.identityText)
        return open.withLock { open in
            guard open.count < Self.most else { return nil }
            open[id] = ticket
            return ticket
        }
    }

    func close(_ ticket: Ticket) {
        open.withLock { $0[ticket.id] = nil }
    }

    func answer(_ id: RequestID, _ result: JSONObject?, of principal: Principal) {
        let ticket = open.withLock { $0[id] }
        guard let ticket, ticket.principal == principal.identityText else { return }
        ticket.give(result)
    }
}
