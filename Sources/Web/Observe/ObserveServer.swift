import HTTPTypes
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
package import Logging
package import NIOCore
package import NIOSSL
import ServiceLifecycle

/// Serves health and figures over HTTP/1.1 on an address of their own, so that nothing of them stands where agents are.
package struct ObserveServer: Service {
    private let host: String
    private let port: Int
    private let tls: TLSConfiguration?
    private let group: any EventLoopGroup
    private let logger: Logger
    private let answer: @Sendable (ObserveRequest) async -> ObserveReply
    private let onListening: @Sendable (Int) -> Void

    package init(
        host: String, port: Int, tls: TLSConfiguration?, group: any EventLoopGroup, logger: Logger,
        answer: @escaping @Sendable (ObserveRequest) async -> ObserveReply,
        onListening: @escaping @Sendable (Int) -> Void
    ) {
        self.host = host
        self.port = port
        self.tls = tls
        self.group = group
        self.logger = logger
        self.answer = answer
        self.onListening = onListening
    }

    package func run() async throws {
        let http = HTTP1Channel.Configuration(idleTimeout: .seconds(30))
        let application = Application(
            responder: CallbackResponder { (request: Request, _: BasicRequestContext) in try await respond(to: request)
            },
            server: try tls.map { try .tls(.http1(configuration: http), tlsConfiguration: $0) }
                ?? .http1(configuration: http),
            configuration: ApplicationConfiguration(
                address: .hostname(host, port: port), serverName: nil,
                availableConnectionsDelegate: MaximumAvailableConnections(50)),
            onServerRunning: { channel in onListening(channel.localAddress?.port ?? port) },
            eventLoopGroupProvider: .shared(group), logger: logger)
        try await application.run()
    }

    private func respond(to request: Request) async throws -> Response {
        // Nothing is asked in a body.
        _ = try await request.body.collect(upTo: 1024)
        let reply = await answer(
            ObserveRequest(
                request.method.rawValue, request.uri.path, host: request.head.authority,
                authorization: request.headers[values: .authorization].count == 1
                    ? request.headers[.authorization] : nil))
        var fields: HTTPFields = [.contentType: reply.contentType, .cacheControl: "no-store"]
        if reply.status == 401 { fields[.wwwAuthenticate] = "Bearer" }
        return Response(
            status: .init(code: reply.status), headers: fields, body: .init(byteBuffer: ByteBuffer(bytes: reply.body)))
    }
}
