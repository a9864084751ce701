import ServiceLifecycle

/// Says that the server is to end before any other part ends: it is the last of the services, and they end from the last to
/// the first.
struct Farewell: Service {
    let pulse: Pulse

    func run() async throws {
        try? await gracefulShutdown()
        pulse.stop()
    }
}
