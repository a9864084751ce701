import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Synchronization
import Testing

@testable import Web

@Suite(.timeLimit(.minutes(1))) struct ObserveServerTests {
    private final class Heard: Sendable {
        let requests = Mutex<[ObserveRequest]>([])
    }

    private let heard = Heard()

    /// Runs the endpoint on a free port of the loopback.
    private func serving(
        _ limit: TimeAmount = .seconds(50), answer: [UInt8] = Array("told".utf8),
        _ body: @escaping @Sendable (_ port: Int) async throws -> Void
    ) async throws {
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let heard = heard
        let server = ObserveServer(
            host: "127.0.0.1", port: 0, tls: nil, group: MultiThreadedEventLoopGroup.singleton, logger: logger,
            limit: limit,
            answer: { request in
                heard.requests.withLock { $0.append(request) }
                return ObserveReply(status: 200, body: answer)
            }, onListening: { port.yield($0) })
        let lifecycle = ServiceGroup(services: [server], gracefulShutdownSignals: [], logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await lifecycle.run() }
            group.addTask {
                try await body(await ports.first { _ in true } ?? 0)
                await lifecycle.triggerGracefulShutdown()
            }
            try await group.waitForAll()
        }
    }

    private static let question = "GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n"

    @Test func `a connection has one answer, whole, and ends`() async throws {
        let large = [UInt8](repeating: 0x61, count: 3 << 20)
        try await serving(answer: large) { port in
            let wire = try await Wire.connect(port: port)
            wire.send(Self.question + Self.question + Self.question)
            let response = try await wire.response()
            #expect(response.status == 200 && response.headers["connection"] == "close")
            #expect(response.body.utf8.count == large.count)
            await #expect(throws: (any Error).self) { _ = try await wire.response() }
        }
    }

    @Test(arguments: ["Transfer-Encoding: chunked", "Content-Length: 5"])
    func `a body is not read`(_ header: String) async throws {
        try await serving { [heard] port in
            let wire = try await Wire.connect(port: port)
            wire.send("GET /readyz HTTP/1.1\r\nHost: localhost\r\n\(header)\r\n\r\n1\r\n")
            #expect(try await wire.response().status == 413)
            #expect(heard.requests.withLock { $0.isEmpty })
        }
    }

    @Test(arguments: ["", "GET /readyz HTTP/1.1\r\nHost: loc"])
    func `whoever has not asked in time is left`(_ text: String) async throws {
        try await serving(.milliseconds(200)) { port in
            let wire = try await Wire.connect(port: port)
            wire.send(text)
            await #expect(throws: (any Error).self) { _ = try await wire.response() }
        }
    }

    @Test func `those who hold every connection hold them for a while only`() async throws {
        try await serving(.milliseconds(500)) { port in
            var idle: [Wire] = []
            for _ in 0..<60 { idle.append(try await Wire.connect(port: port)) }
            let wire = try await Wire.connect(port: port)
            wire.send(Self.question)
            #expect(try await wire.response().status == 200)
            for one in idle { await #expect(throws: (any Error).self) { _ = try await one.response() } }
        }
    }

    @Test func `what a browser says of a page is heard`() async throws {
        try await serving { [heard] port in
            for (header, isFromPage) in [
                ("X: y", false), ("Origin: null", true), ("Sec-Fetch-Site: cross-site", true),
                ("Sec-Fetch-Site: same-origin", true), ("Sec-Fetch-Site: none", false),
            ] {
                let wire = try await Wire.connect(port: port)
                wire.send("GET /readyz HTTP/1.1\r\nHost: localhost\r\n\(header)\r\n\r\n")
                #expect(try await wire.response().status == 200)
                #expect(heard.requests.withLock { $0.last?.isFromPage } == isFromPage, "\(header)")
            }
        }
    }
}
