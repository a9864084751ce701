import Engine
import Logging
import ServiceLifecycle
import Vault

/// What has to be done now and then: outcomes that could not be recorded are, as unknown; proposals expire;
/// and when secrets were used is written down.
struct Housekeeping: Service {
    let gate: Gate
    let vault: SealedVault
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            repeat {
                do {
                    let count = try await gate.settleUnrecorded()
                    if count > 0 {
                        logger.warning(
                            "calls whose outcomes could not be recorded are now recorded as unknown",
                            metadata: ["count": "\(count)"])
                    }
                    try await gate.expireOverdue()
                    try await gate.recordRepeatedRefusals()
                } catch {
                    logger.error("calls could not be brought up to date", metadata: ["cause": "\(error)"])
                }
                await vault.saveUses()
            } while await Self.pause()
        }
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
