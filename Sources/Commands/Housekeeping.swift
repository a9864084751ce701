import Engine
import Logging
import ServiceLifecycle

/// What has to be done now and then: proposals expire.
struct Housekeeping: Service {
    let gate: Gate
    let logger: Logger

    func run() async throws {
        try await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await gate.expireOverdue()
                } catch {
                    logger.error("proposals could not be expired", metadata: ["cause": "\(error)"])
                }
                try await Task.sleep(for: .seconds(30))
            }
        }
    }
}
