import Logging
import ServiceLifecycle
import Store

/// Keeps the index for searching near the journal, while there is little to do: whoever searches brings it up to date anyway.
struct Indexing: Service {
    let house: House
    let logger: Logger

    private struct Busy: Error {}

    /// A journal that grows by more entries than this in each pause is busy.
    private static let busyEntries = 500
    /// How many pauses a busy journal is left alone.
    private static let mostPauses = 120

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var position = 0
            var pauses = 0
            repeat {
                do {
                    let now = try await house.log.state().entries
                    let isBusy = now - position > Self.busyEntries && position > 0
                    position = now
                    pauses = isBusy ? pauses + 1 : 0
                    guard !isBusy || pauses >= Self.mostPauses else { continue }
                    try await house.index.follow {
                        try await Task.sleep(for: .milliseconds(20))
                        // Calls that begin meanwhile come first.
                        let now = try await house.log.state().entries
                        defer { position = now }
                        if now - position > Self.busyEntries / 20, pauses < Self.mostPauses { throw Busy() }
                    }
                } catch is Busy {
                    continue
                } catch is CancellationError {
                    return
                } catch {
                    logger.error("the index for searching cannot follow", metadata: ["cause": "\(error)"])
                }
            } while await Self.pause()
        }
    }

    /// - Returns: false once the service is to end.
    private static func pause() async -> Bool {
        do {
            try await Task.sleep(for: .seconds(5))
            return true
        } catch {
            return false
        }
    }
}
