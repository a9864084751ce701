import Core
import Engine
import Settings
import Synchronization

extension House {
    /// Without a seal for so many intervals, and at least so many seconds, something is wrong with the log.
    private static let sealIntervals = 10
    private static let sealSeconds = 30

    /// What works that calls need. Why something does not is in the log.
    func health() async -> Health {
        let now = gate.now()
        let probe = await pulse.probe(at: now) { [self] in
            do {
                try await tryWriting()
                return true
            } catch {
                complain("journal", "the journal cannot be written: \(error)")
                return false
            }
        }
        switch probe {
        case .written: complain("journal", nil)
        case .failed: break
        case .late: complain("journal", "the journal could not be written within \(Pulse.patience) seconds")
        }
        return Health(
            journal: probe == .written, log: isSealed(at: now), snapshot: pulse.isInForce, serving: !pulse.isStopping)
    }

    private func isSealed(at now: Timestamp) -> Bool {
        guard let last = logState.value.withLock({ $0.lastSeal }) else { return false }
        let limit = max(Self.sealSeconds, inForce.value.log.seconds * Self.sealIntervals)
        return now < last.advanced(bySeconds: limit)
    }
}
