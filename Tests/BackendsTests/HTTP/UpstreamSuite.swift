import NIOCore
import NIOPosix
import Testing

@testable import Backends

private let sharedLoop: any EventLoop = MultiThreadedEventLoopGroup.singleton.next()

/// What tests of the upstream have in common.
protocol UpstreamSuite {}

extension UpstreamSuite {
    static var hello: String { "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello" }
    var loop: any EventLoop { sharedLoop }
    var get: UpstreamRequest { UpstreamRequest(method: "GET", target: "/a", isIdempotent: true) }
    var post: UpstreamRequest {
        UpstreamRequest(method: "POST", target: "/a", body: Array("{}".utf8), isIdempotent: false)
    }

    func options(_ change: (inout Upstream.Options) -> Void = { _ in }) -> Upstream.Options {
        var options = Upstream.Options(allowAddresses: [CIDR("127.0.0.0/8")].compactMap(\.self))
        change(&options)
        return options
    }

    func upstream(
        _ server: ScriptedServer, host: String = "127.0.0.1", _ change: (inout Upstream.Options) -> Void = { _ in }
    ) throws -> Upstream {
        let url = try BaseURL.parse("http://\(host):\(server.port)")
        return try Upstream(
            origin: url.origin, options: options(change), group: MultiThreadedEventLoopGroup.singleton)
    }

    func outcome(_ upstream: Upstream, _ request: UpstreamRequest) async -> UpstreamFault? {
        do throws(UpstreamFault) {
            _ = try await upstream.send(request, on: loop)
            return nil
        } catch {
            return error
        }
    }

}
