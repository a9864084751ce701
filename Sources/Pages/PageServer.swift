import HTTPTypes
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
package import Logging
package import NIOCore
package import NIOSSL
import ServiceLifecycle

/// Serves the pages over HTTP/1.1 on an address of their own, which agents need not reach.
package struct PageServer: Service {
    private let reception: Reception
    private let host: String
    private let port: Int
    private let tls: TLSConfiguration?
    private let group: any EventLoopGroup
    private let logger: Logger
    private let onListening: @Sendable (Int) -> Void

    package init(
        reception: Reception, host: String, port: Int, tls: TLSConfiguration?, group: any EventLoopGroup,
        logger: Logger,
        onListening: @escaping @Sendable (Int) -> Void
    ) {
        self.reception = reception
        self.host = host
        self.port = port
        self.tls = tls
        self.group = group
        self.logger = logger
        self.onListening = onListening
    }

    package func run() async throws {
        let http = HTTP1Channel.Configuration(idleTimeout: .seconds(30))
        let application = Application(
            responder: CallbackResponder { request, context in try await respond(to: request, context) },
            server: try tls.map { try .tls(.http1(configuration: http), tlsConfiguration: $0) }
                ?? .http1(configuration: http),
            configuration: ApplicationConfiguration(
                address: .hostname(host, port: port), serverName: nil,
                availableConnectionsDelegate: MaximumAvailableConnections(500)),
            onServerRunning: { channel in onListening(channel.localAddress?.port ?? port) },
            eventLoopGroupProvider: .shared(group), logger: logger)
        try await application.run()
    }

    private func respond(to request: Request, _ context: BasicRequestContext) async throws -> Response {
        var headers: [String: String] = [:]
        var repeated: Set<String> = []
        for field in request.headers {
            if headers.updateValue(field.value, forKey: field.name.canonicalName) != nil {
                repeated.insert(field.name.canonicalName)
            }
        }
        for name in repeated { headers[name] = nil }
        if let authority = request.head.authority { headers["host"] = authority }
        let body = try await request.body.collect(upTo: PageRequest.maxBody)
        let query = PageRequest.fields(Array((request.uri.query ?? "").utf8)[...])
        var asked = PageRequest(
            request.method.rawValue, request.uri.path, query: query ?? [:], headers: headers,
            body: Array(body.readableBytesView))
        asked.hasReadableQuery = query != nil
        let reply = await reception.answer(asked)
        var fields = HTTPFields()
        for header in reply.headers {
            guard let name = HTTPField.Name(header.name) else { continue }
            fields.append(HTTPField(name: name, value: header.value))
        }
        return Response(
            status: .init(code: reply.status), headers: fields, body: .init(byteBuffer: ByteBuffer(bytes: reply.body)))
    }
}
