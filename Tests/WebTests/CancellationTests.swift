import Core
import Engine
import JSON
import MCP
import Testing

@testable import Web

@Suite(.timeLimit(.minutes(2))) struct CancellationTests {
    private let world = World()

    @Test(arguments: ["ana", "slow-1"]) func `a connection that is gone is not kept`(_ last: String) async throws {
        let parts = world.parts()
        let pipe = try await Pipe(parts)
        try await pipe.send(Request(.legacy, id: 1))
        #expect(parts.inFlight.connections == 1)
        var request = Request(.legacy, id: 2)
        request.token = last
        try await pipe.send(request)
        try await pipe.hangUp()
        world.authenticator.open()
        try await pipe.settle()
        #expect(parts.inFlight.connections == 0)
    }

    private func cancelling(_ id: JSONValue, _ era: Era = .legacy, token: String = "ana") -> Request {
        var request = Request(era, "notifications/cancelled", id: .null, params: ["requestId": id])
        request.token = token
        return request
    }

    @Test func `a modern client that goes away ends its call`() async throws {
        world.backend.hold()
        let pipe = try await Pipe(world.parts())
        try await pipe.send(Request(.modern))
        await world.backend.reaches { $0.begun == 1 }
        try await pipe.hangUp()
        #expect(world.backend.count == GatedBackend.Seen(begun: 1, ended: 1, cancelled: 1))
    }

    @Test func `a legacy client that goes away does not`() async throws {
        world.backend.hold()
        let pipe = try await Pipe(world.parts())
        try await pipe.send(Request(.legacy))
        await world.backend.reaches { $0.begun == 1 }
        try await pipe.hangUp()
        #expect(world.backend.count == GatedBackend.Seen(begun: 1, ended: 0, cancelled: 0))
        world.backend.release()
        try await pipe.settle()
        #expect(world.backend.count == GatedBackend.Seen(begun: 1, ended: 1, cancelled: 0))
        #expect(try await world.journal.calls(in: .settled, limit: 9).count == 1)
    }

    @Test(arguments: [
        ("ana", JSONValue("c-1"), Era.legacy, true), ("ben", "c-1", .legacy, false), ("ana", "c-2", .legacy, false),
        ("ana", 1, .legacy, false), ("ana", "c-1", .modern, false),
    ])
    func `only the principal who made a legacy call can cancel it`(
        _ token: String, _ id: JSONValue, _ era: Era, _ isCancelled: Bool
    ) async throws {
        world.backend.hold()
        let parts = world.parts()
        let calling = try await Pipe(parts)
        let other = try await Pipe(parts)
        try await calling.send(Request(.legacy, id: "c-1"))
        await world.backend.reaches { $0.begun == 1 }
        try await other.send(cancelling(id, era, token: token))
        #expect(other.response()?.status == 202)
        #expect(world.backend.count.cancelled == (isCancelled ? 1 : 0))
        world.backend.release()
        try await calling.settle()
        #expect(calling.response()?.json?["id"] == "c-1")
    }

    @Test func `a modern call is not found by its id`() async throws {
        world.backend.hold()
        let parts = world.parts()
        let calling = try await Pipe(parts)
        let other = try await Pipe(parts)
        try await calling.send(Request(.modern, id: "c-1"))
        await world.backend.reaches { $0.begun == 1 }
        try await other.send(cancelling("c-1"))
        #expect(world.backend.count.cancelled == 0)
        world.backend.release()
        try await calling.settle()
        #expect(calling.response()?.status == 200)
    }

    @Test func `an id that was answered is forgotten, and one used twice is kept for the later call`() async throws {
        let parts = world.parts()
        let first = try await Pipe(parts)
        try await first.send(Request(.legacy, id: "c-1"))
        #expect(first.response()?.status == 200)
        world.backend.hold()
        let second = try await Pipe(parts)
        try await second.send(Request(.legacy, id: "c-1"))
        await world.backend.reaches { $0.begun == 2 }
        try await first.send(cancelling("c-1"))
        #expect(world.backend.count.cancelled == 1)
    }
}
