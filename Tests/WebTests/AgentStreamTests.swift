import JSON
import MCP
import NIOCore
import Testing

@testable import Web

@Suite(.timeLimit(.minutes(2))) struct AgentStreamTests {
    private let world = World()

    private func limits() -> AgentParts.Limits {
        var limits = AgentParts.Limits()
        limits.progressMilliseconds = 40
        limits.keepAliveSeconds = 7
        return limits
    }

    private func asking(_ token: JSONValue?, _ era: Era = .modern, accept: String? = nil) -> Request {
        var params: JSONObject = ["name": "get_deal", "arguments": ["id": "d-1"]]
        if let token { params["_meta"] = ["progressToken": token] }
        var request = Request(era, params: params)
        if let accept { request.headers[0].1 = accept }
        return request
    }

    @Test(arguments: [Era.modern, .legacy]) func `a long call tells its progress to who asked`(_ era: Era) async throws
    {
        world.backend.hold()
        let pipe = try await Pipe(world.parts(limits: limits()))
        try await pipe.send(asking("p-1", era))
        try await pipe.advance(.milliseconds(39))
        #expect(pipe.rest.isEmpty)
        try await pipe.advance(.milliseconds(1))
        #expect(pipe.rest.hasPrefix("HTTP/1.1 200 OK\r\n"))
        try await pipe.advance(.seconds(5))
        world.backend.release()
        try await pipe.settle()
        let response = try #require(pipe.response())
        #expect(response.headers["content-type"] == "text/event-stream")
        #expect(response.headers["content-length"] == nil)
        let events = response.events
        #expect(events.count == 3)
        #expect(events.dropLast().map { $0["method"] } == ["notifications/progress", "notifications/progress"])
        #expect(events.dropLast().map { $0["params"]?["progressToken"] } == ["p-1", "p-1"])
        #expect(events.dropLast().compactMap { $0["params"]?["progress"]?.int } == [1, 2])
        #expect(events.last?["id"] == 1)
        #expect(events.last?["result"]?["structuredContent"]?["id"] == "d-1")
        // Nothing of it is left for the next request on the connection.
        try await pipe.advance(.seconds(40))
        try await pipe.send(asking("p-2", era))
        #expect(pipe.response()?.json?["id"] == 1)
        #expect(pipe.rest.isEmpty)
    }

    @Test func `without a token the stream only shows that it lives`() async throws {
        world.backend.hold()
        let pipe = try await Pipe(world.parts(limits: limits()))
        try await pipe.send(asking(nil))
        try await pipe.advance(.milliseconds(6_999))
        #expect(pipe.rest.isEmpty)
        try await pipe.advance(.seconds(8))
        world.backend.release()
        try await pipe.settle()
        let events = try #require(pipe.response()).events
        #expect(events.dropLast() == [": ping", ": ping"])
        #expect(events.last?["result"] != nil)
    }

    @Test func `a quick answer is no stream and keeps its status`() async throws {
        let pipe = try await Pipe(world.parts(limits: limits()))
        var unknown = asking("p-1")
        unknown.body = unknown.body.replacing("get_deal", with: "no_such")
        unknown.headers = unknown.headers.map { $0.0 == "Mcp-Name" ? ($0.0, "no_such") : $0 }
        try await pipe.send(asking("p-1"), unknown)
        let responses = pipe.responses()
        #expect(responses.map(\.status) == [200, 400])
        #expect(responses.allSatisfy { $0.headers["content-type"] == "application/json" })
    }

    @Test func `a client that takes no events waits for its JSON`() async throws {
        world.backend.hold()
        let pipe = try await Pipe(world.parts(limits: limits()))
        try await pipe.send(asking("p-1", accept: "application/json"))
        try await pipe.advance(.minutes(1))
        #expect(pipe.rest.isEmpty)
        world.backend.release()
        try await pipe.settle()
        #expect(pipe.response()?.headers["content-type"] == "application/json")
    }

    @Test func `a client that takes nothing else gets even a quick answer as an event`() async throws {
        let pipe = try await Pipe(world.parts(limits: limits()))
        try await pipe.send(asking(nil, accept: "text/event-stream"))
        let response = try #require(pipe.response())
        #expect(response.headers["content-type"] == "text/event-stream")
        #expect(response.events.map { $0["id"] } == [1])
    }

    @Test func `a stream to a client that closes afterwards ends the connection`() async throws {
        world.backend.hold()
        let pipe = try await Pipe(world.parts(limits: limits()))
        var request = asking("p-1")
        request.headers.append(("Connection", "close"))
        try await pipe.send(request)
        try await pipe.advance(.milliseconds(50))
        world.backend.release()
        try await pipe.settle()
        #expect(pipe.response()?.headers["connection"] == "close")
        #expect(!pipe.isOpen)
    }
}
