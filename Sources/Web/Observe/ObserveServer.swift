import HTTPTypes
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
package import Logging
package import NIOCore
package import NIOSSL
import ServiceLifecycle

/// Serves health and figures over HTTP/1.1 on an address of their own, so that nothing of them stands where agents are.
///
/// A connection has one request without a body, one answer and little time, since anybody may open one who reaches the
/// address, and there are not many.
package struct ObserveServer: Service {
    private let host: String
    private let port: Int
    private let tls: TLSConfiguration?
    private let group: any EventLoopGroup
    private let logger: Logger
    private let limit: TimeAmount
    private let answer: @Sendable (ObserveRequest) async -> ObserveReply
    private let onListening: @Sendable (Int) -> Void

    /// - Parameter limit: how long a connection lasts at most.
    package init(
        host: String, port: Int, tls: TLSConfiguration?, group: any EventLoopGroup, logger: Logger,
        limit: TimeAmount = .seconds(10),
        answer: @escaping @Sendable (ObserveRequest) async -> ObserveReply,
        onListening: @escaping @Sendable (Int) -> Void
    ) {
        self.host = host
        self.port = port
        self.tls = tls
        self.group = group
        self.logger = logger
        self.limit = limit
        self.answer = answer
        self.onListening = onListening
    }

    package func run() async throws {
        let limit = limit
        let http = HTTP1Channel.Configuration(
            additionalChannelHandlers: [Deadline(after: limit)],
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: 8_192, maxHeaderListSize: 16_384, maxHeaderFieldCount: 64))
        let application = Application(
            responder: CallbackResponder { (request: Request, context: ObserveContext) in
                await respond(to: request, on: context.channel)
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

    private func respond(to request: Request, on channel: any Channel) async -> Response {
        let reply = Self.hasBody(request.headers) ? ObserveReply(status: 413) : await answer(Self.question(request))
        var fields: HTTPFields = [.contentType: reply.contentType, .cacheControl: "no-store", .connection: "close"]
        if reply.status == 401 { fields[.wwwAuthenticate] = "Bearer" }
        let content = ByteBuffer(bytes: reply.body)
        let body = ResponseBody(contentLength: content.readableBytes) { writer in
            try await writer.write(content)
            try await writer.finish(nil)
            // Behind what was written. Who has more to ask finds nobody who answers; who never leaves, the deadline ends.
            channel.close(mode: .output, promise: nil)
        }
        return Response(status: .init(code: reply.status), headers: fields, body: body)
    }

    /// Nothing is asked in a body, so none is read.
    private static func hasBody(_ fields: HTTPFields) -> Bool {
        if fields[.transferEncoding] != nil { return true }
        return fields[values: .contentLength].contains { $0 != "0" }
    }

    private static func question(_ request: Request) -> ObserveRequest {
        ObserveRequest(
            request.method.rawValue, request.uri.path, host: request.head.authority,
            authorization: request.headers[values: .authorization].count == 1 ? request.headers[.authorization] : nil,
            isFromPage: request.headers[.origin] != nil
                || request.headers[values: .secFetchSite].contains { $0 != "none" })
    }
}

extension HTTPField.Name {
    /// Where a browser's request comes from (Fetch Metadata §2.3); `none` where a person asked for it.
    fileprivate static var secFetchSite: Self { Self(parsed: "sec-fetch-site") ?? .origin }
}
