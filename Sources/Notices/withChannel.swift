import NIOCore
import NIOPosix
import NIOSSL

/// Why nothing came of a connection.
struct ChannelFault: Error {
    let detail: String
}

/// What TLS is spoken with by those who are told something: 1.2 or later, the server's name checked.
func clientTLS(_ trustRoots: NIOSSLTrustRoots) throws -> NIOSSLContext {
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.minimumTLSVersion = .tlsv12
    configuration.trustRoots = trustRoots
    return try NIOSSLContext(configuration: configuration)
}

/// The name that a certificate has to bear; nil for an address, which the certificate has to bear then.
func serverName(_ host: String) -> String? {
    (try? SocketAddress(ipAddress: host, port: 0)) == nil ? host : nil
}

/// Connects, lets handlers speak until they keep their promise, and hangs up.
///
/// - Parameters:
///   - limit: seconds for all of it.
///   - begin: adds the handlers.
/// - Throws: ``ChannelFault`` when the time is over; what the handlers fail with; what connecting fails with.
func withChannel(
    to host: String, port: Int, limit: Int, halfClosure: Bool = false,
    _ begin: @escaping @Sendable (_ channel: any Channel, _ promise: EventLoopPromise<Void>) throws -> Void
) async throws {
    let group = MultiThreadedEventLoopGroup.singleton
    let promise = group.next().makePromise(of: Void.self)
    let connecting = ClientBootstrap(group: group).connectTimeout(.seconds(5))
        .channelOption(.allowRemoteHalfClosure, value: halfClosure)
        .channelInitializer { channel in channel.eventLoop.makeCompletedFuture { try begin(channel, promise) } }
    let channel: any Channel
    do {
        channel = try await connecting.connect(host: host, port: port).get()
    } catch {
        promise.fail(error)
        throw error
    }
    let timer = channel.eventLoop.scheduleTask(in: .seconds(Int64(limit))) {
        promise.fail(ChannelFault(detail: "no answer within \(limit) s"))
    }
    defer {
        timer.cancel()
        channel.close(promise: nil)
    }
    try await withTaskCancellationHandler {
        try await promise.futureResult.get()
    } onCancel: {
        channel.close(promise: nil)
    }
}
