import Foundation
import JSON
import Logging
import MCP
import NIOCore
import NIOPosix
import ServiceLifecycle
import Synchronization
import Testing

@testable import Web

@Suite(.timeLimit(.minutes(2))) struct AgentServerTests {
    private let world = World()

    /// Runs the endpoint on a free port of the loopback.
    private func serving(
        _ limits: AgentParts.Limits = AgentParts.Limits(),
        _ body: @escaping @Sendable (_ port: Int, _ lifecycle: ServiceGroup) async throws -> Void
    ) async throws {
        let (ports, heard) = AsyncStream.makeStream(of: Int.self)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let server = AgentServer(
            parts: world.parts(limits: limits), host: "127.0.0.1", port: 0, tls: nil,
            group: MultiThreadedEventLoopGroup.singleton, logger: logger
        ) { heard.yield($0.port ?? 0) }
        let lifecycle = ServiceGroup(services: [server], gracefulShutdownSignals: [], logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await lifecycle.run() }
            group.addTask {
                let port = await ports.first { _ in true } ?? 0
                try await body(port, lifecycle)
                await lifecycle.triggerGracefulShutdown()
            }
            try await group.waitForAll()
        }
    }

    @Test func `a call goes through on a real connection that stays open`() async throws {
        try await serving { port, _ in
            let wire = try await Wire.connect(port: port)
            for id in 1...3 {
                wire.send(Request(id: JSONValue(id)).text)
                let response = try await wire.response()
                #expect(response.status == 200)
                #expect(response.json?["id"] == JSONValue(id))
                #expect(response.json?["result"]?["structuredContent"] == ["id": "d-1"])
                #expect(response.headers["cache-control"] == "no-store")
                #expect(response.headers["date"] == "Fri, 15 Jan 2027 08:00:00 GMT")
            }
        }
    }

    @Test func `more is sent than may wait and all of it is answered in order`() async throws {
        try await serving { port, _ in
            let wire = try await Wire.connect(port: port)
            var first = Request(id: 0)
            first.token = "slow-1"
            let many = 2_000
            wire.send(first.text + (1...many).map { Request(id: JSONValue($0)).text }.joined())
            world.authenticator.open()
            for id in 0...many { #expect(try await wire.response().json?["id"] == JSONValue(id)) }
        }
    }

    @Test func `fields that are too long or too many end the connection`() async throws {
        try await serving { port, _ in
            for headers in [
                [("X-Long", String(repeating: "x", count: 25_000))],
                (0..<200).map { ("X-\($0)", "y") },
                (0..<4).map { ("X-\($0)", String(repeating: "x", count: 12_000)) },
            ] {
                let wire = try await Wire.connect(port: port)
                var request = Request()
                request.headers += headers
                wire.send(request.text)
                #expect(try await wire.closed().hasPrefix("HTTP/1.1 431 "))
            }
            #expect(world.backend.count.begun == 0)
        }
    }

    @Test func `a client that goes away takes its modern call along`() async throws {
        world.backend.hold()
        try await serving { port, _ in
            let wire = try await Wire.connect(port: port)
            wire.send(Request(.modern).text)
            await world.backend.reaches { $0.begun == 1 }
            try await wire.hangUp()
            await world.backend.reaches { $0.cancelled == 1 }
        }
    }

    @Test func `one connection too many is closed and the others are served`() async throws {
        var limits = AgentParts.Limits()
        limits.maxConnections = 1
        try await serving(limits) { port, _ in
            let first = try await Wire.connect(port: port)
            first.send(Request().text)
            #expect(try await first.response().status == 200)
            let second = try await Wire.connect(port: port)
            second.send(Request().text)
            #expect(try await second.closed().isEmpty)
            first.send(Request().text)
            #expect(try await first.response().status == 200)
        }
    }

    @Test func `shutdown ends idle connections and those with a call, and no further one is taken`() async throws {
        world.backend.hold()
        try await serving { port, lifecycle in
            let idle = try await Wire.connect(port: port)
            idle.send(Request("GET", "/x").text)
            #expect(try await idle.response().status == 404)
            let busy = try await Wire.connect(port: port)
            busy.send(Request(.modern).text)
            await world.backend.reaches { $0.begun == 1 }
            await lifecycle.triggerGracefulShutdown()
            #expect(try await idle.closed().isEmpty)
            _ = try await busy.closed()
            await #expect(throws: (any Error).self) {
                let late = try await Wire.connect(port: port)
                late.send(Request().text)
                _ = try await late.response()
            }
            world.backend.release()
        }
    }
}
