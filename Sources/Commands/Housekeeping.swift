import Core
import Engine
import JSON
import Logging
import ServiceLifecycle
import Vault

/// What has to be done now and then: outcomes that could not be recorded are, as unknown; proposals expire;
/// who may decide what has waited for long is told; and when secrets were used is written down.
struct Housekeeping: Service {
    let house: House
    let logger: Logger

    private var gate: Gate { house.gate }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var earlier = gate.now()
            var moment = ContinuousClock.now
            var nextPruning = earlier
            repeat {
                do {
                    let count = try await gate.settleUnrecorded()
                    if count > 0 {
                        logger.warning(
                            "calls whose outcomes could not be recorded are now recorded as unknown",
                            metadata: ["count": "\(count)"])
                    }
                    if house.isShared {
                        let count = try await gate.recover()
                        if count > 0 {
                            logger.warning(
                                "calls of a process that is gone have unknown outcomes", metadata: ["count": "\(count)"]
                            )
                        }
                    }
                    try await gate.expireOverdue()
                    try await gate.recordRepeatedRefusals()
                    try await gate.returnAllotments()
                    try await gate.resumeApproved()
                    let now = gate.now()
                    try await note(from: earlier, to: now, after: moment.duration(to: .now))
                    moment = .now
                    try await house.tellOfEscalations(after: earlier, until: now)
                    earlier = now
                    if now >= nextPruning {
                        nextPruning = now.advanced(bySeconds: 3600)
                        house.background.add {
                            do {
                                _ = try await house.prune()
                            } catch {
                                logger.error(
                                    "what was kept long enough could not be taken out", metadata: ["cause": "\(error)"])
                            }
                        }
                    }
                } catch {
                    logger.error("calls could not be brought up to date", metadata: ["cause": "\(error)"])
                }
                await house.vault.saveUses()
            } while await Self.pause()
        }
    }

    /// Writes down that the wall clock was set: times of entries jump there, and whoever reads them has to know.
    private func note(from earlier: Timestamp, to now: Timestamp, after passed: Duration) async throws {
        guard let jump = clockJump(from: earlier, to: now, after: passed) else { return }
        logger.error("the clock was set", metadata: ["seconds": "\(jump)"])
        try await gate.journal.record(
            Act(
                "clock-set", by: "system",
                details: ["seconds": JSONValue(jump), "earlier": .string(earlier.description)], at: now),
            durability: .now)
    }

    /// - Returns: false once the service is to end.
    private static func pause() async -> Bool {
        do {
            try await Task.sleep(for: .seconds(30))
            return true
        } catch {
            return false
        }
    }
}
