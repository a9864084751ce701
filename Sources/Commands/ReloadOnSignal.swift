import ServiceLifecycle
import UnixSignals

/// SIGHUP brings a changed configuration into force.
struct ReloadOnSignal: Service {
    let reload: @Sendable () async -> [String]

    func run() async throws {
        await cancelWhenGracefulShutdown {
            for await _ in await UnixSignalsSequence(trapping: [.sighup]) { _ = await reload() }
        }
    }
}
