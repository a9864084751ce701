import Core
import Synchronization

/// The breaker of each source, in this process.
package final class Breakers: Sendable {
    private let known = Mutex<[String: Breaker]>([:])

    /// - Throws: ``Refusal`` where the source is left alone.
    func pass(_ source: String, _ limits: Breaker.Limits, at now: Timestamp) throws(Refusal) {
        // Sources that never failed have none.
        let seconds = known.withLock { known in
            known.isEmpty ? nil : known[source]?.pass(limits, at: now)
        }
        guard let seconds else { return }
        throw Refusal(
            .sourceResting,
            "The source failed repeatedly and is left alone. Nothing was done; try again in \(seconds) s.",
            cause: "breaker of '\(source)' is open")
    }

    /// The sources that are left alone now.
    package var resting: Set<String> {
        known.withLock { known in Set(known.filter { $0.value.isOpen }.keys) }
    }

    /// Takes in how a call ended: one that was answered closes the breaker, and nil says nothing.
    func note(_ source: String, isWorking: Bool?, _ limits: Breaker.Limits, at now: Timestamp) {
        known.withLock { known in
            switch isWorking {
            case true: if !known.isEmpty { known[source] = nil }
            case false: known[source, default: Breaker()].noteFailure(limits, at: now)
            case nil: known[source]?.giveBack(at: now)
            }
        }
    }
}
