import Engine
import Logging
import ServiceLifecycle

/// What has to be done now and then: proposals expire.
struct Housekeeping: Service {
    let gate: Gate
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            repeat {
                do {
                    try await gate.expireOverdue()
                } catch {
                    logger.error("proposals could not be expired", metadata: ["cause": "\(error)"])
                }
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
