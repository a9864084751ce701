import Engine
import Logging
import ServiceLifecycle
import Vault

/// What has to be done now and then: proposals expire, and when secrets were used is written down.
struct Housekeeping: Service {
    let gate: Gate
    let vault: SealedVault
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            repeat {
                do {
                    try await gate.expireOverdue()
                } catch {
                    logger.error("proposals could not be expired", metadata: ["cause": "\(error)"])
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
