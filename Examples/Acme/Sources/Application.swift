package import GRDB
package import Hummingbird
import Logging

/// Every route of the product.
package func makeRouter(database: DatabaseQueue) -> Router<AcmeRequestContext> {
    let counts = RequestCounts()
    let router = Router(context: AcmeRequestContext.self)
    router.add(middleware: CountRequests(counts: counts))
    router.add(middleware: AnswerProblems())
    router.add(middleware: Authenticate(database: database))
    router.get("_stats") { _, _ in counts.snapshot() }

    let api = router.group(context: SignedInRequestContext.self)
    Me().add(to: api)
    Customers(database: database).add(to: api)
    Deals(database: database).add(to: api)
    Invoices(database: database).add(to: api)
    Payments(database: database).add(to: api)
    Refunds(database: database).add(to: api)
    Messages(database: database).add(to: api)
    Exports(database: database).add(to: api)
    return router
}

/// The server, bound to loopback only.
///
/// - Parameter onListening: called once with the port that was bound.
package func makeApplication(
    database: DatabaseQueue,
    port: Int,
    onListening: @escaping @Sendable (Int) -> Void = { _ in },
) -> some ApplicationProtocol {
    var logger = Logger(label: "acme")
    logger.logLevel = .warning
    return Application(
        router: makeRouter(database: database),
        configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: port), serverName: "acme"),
        onServerRunning: { channel in onListening(channel.localAddress?.port ?? port) },
        logger: logger,
    )
}
