import JSON
import MCP
import NIOCore
import Testing

@testable import Web

@Suite(.timeLimit(.minutes(2))) struct AgentHandlerTests {
    private let world = World()

    // MARK: Who asks

    @Test func `a token is verified before the body has come`() async throws {
        let pipe = try await Pipe(world.parts())
        let request = Request()
        try await pipe.send(request.head)
        #expect(world.authenticator.count == 1)
        #expect(pipe.response() == nil)
        try await pipe.send(request.body)
        #expect(pipe.response()?.status == 200)
    }

    @Test func `a forged token is challenged whatever its body holds`() async throws {
        let pipe = try await Pipe(world.parts())
        var request = Request()
        request.token = "forged"
        request.headers.append(("Transfer-Encoding", "chunked"))
        try await pipe.send(request.head + "2000\r\n" + String(repeating: "x", count: 8192) + "\r\n0\r\n\r\n")
        let response = try #require(pipe.response())
        #expect(response.status == 401)
        #expect(response.headers["www-authenticate"] == "Bearer error=\"invalid_token\"")
        #expect(pipe.isOpen)
        try await pipe.send(Request())
        #expect(pipe.response()?.status == 200)
    }

    @Test(arguments: [
        [], ["Basic YTpi"], ["Bearer"], ["Bearer "], ["Bearer a b"], ["Bearer a\"b"], ["Bearer ana", "Bearer ana"],
        ["bearerana"],
    ])
    func `without exactly one bearer token nobody is asked`(_ values: [String]) async throws {
        let pipe = try await Pipe(world.parts())
        var request = Request()
        request.token = nil
        request.headers += values.map { ("Authorization", $0) }
        try await pipe.send(request)
        let response = try #require(pipe.response())
        #expect(response.status == 401)
        #expect(response.headers["www-authenticate"] == "Bearer")
        #expect(world.authenticator.count == 0)
    }

    @Test func `the scheme is read in any case and a known token is not verified again`() async throws {
        let pipe = try await Pipe(world.parts())
        for scheme in ["Bearer", "bearer", "BEARER"] {
            var request = Request()
            request.token = nil
            request.headers.append(("Authorization", "\(scheme) ana"))
            try await pipe.send(request)
            #expect(pipe.response()?.status == 200)
        }
        #expect(world.authenticator.count == 1)
    }

    // MARK: Where

    @Test func `pages need no token and take GET only`() async throws {
        let pipe = try await Pipe(world.parts())
        let path = "/.well-known/oauth-protected-resource"
        try await pipe.send(Request("GET", path), Request("GET", path + "?x=1"), Request("POST", path))
        let responses = pipe.responses()
        #expect(responses.map(\.status) == [200, 200, 405])
        #expect(responses.first?.json?["resource"] == "https://gw.test/mcp")
        #expect(responses.last?.headers["allow"] == "GET")
    }

    @Test func `the endpoint takes POST only and everything else is not found`() async throws {
        let pipe = try await Pipe(world.parts())
        try await pipe.send(
            Request("GET", "/mcp", token: "ana"), Request("DELETE", "/mcp"), Request("POST", "/mcp/"),
            Request("GET", "/"), Request("GET", "//mcp"), Request("GET", "/%6dcp"))
        let responses = pipe.responses()
        #expect(responses.map(\.status) == [405, 405, 404, 404, 404, 404])
        #expect(responses.first?.headers["allow"] == "POST")
        #expect(world.authenticator.count == 0)
    }

    @Test func `an answer to HEAD has no body`() async throws {
        let pipe = try await Pipe(world.parts())
        try await pipe.send(Request("HEAD", "/mcp"), Request("GET", "/nowhere"))
        let first = try #require(pipe.response(isBare: true))
        #expect(first.status == 405)
        #expect(pipe.response()?.status == 404)
        #expect(pipe.rest.isEmpty)
    }

    // MARK: Bodies

    @Test func `a declared length over the limit is refused and the connection lives on`() async throws {
        let pipe = try await Pipe(world.parts(maxBodyBytes: 512))
        var request = Request()
        request.body += String(repeating: " ", count: 1000)
        try await pipe.send(request)
        #expect(pipe.response()?.status == 413)
        #expect(pipe.isOpen)
        #expect(world.authenticator.count == 0)
    }

    @Test func `a body that grows over the limit ends the connection and nothing after it is served`() async throws {
        let pipe = try await Pipe(world.parts(maxBodyBytes: 1024))
        var request = Request()
        request.headers.append(("Transfer-Encoding", "chunked"))
        let chunk = "400\r\n" + String(repeating: "x", count: 1024) + "\r\n"
        try await pipe.send(request.head + chunk + chunk + "0\r\n\r\n" + Request().text)
        #expect(pipe.responses().map(\.status) == [413])
        try await pipe.send(Request())
        try await pipe.advance(.seconds(2))
        #expect(!pipe.isOpen)
        #expect(pipe.responses().isEmpty)
        #expect(world.backend.count.begun == 0)
        #expect(world.authenticator.count == 1)
    }

    @Test func `a body in pieces is one body`() async throws {
        let pipe = try await Pipe(world.parts())
        let text = Request().text
        for character in text { try await pipe.send(String(character)) }
        #expect(pipe.response()?.status == 200)
    }

    @Test func `what is no HTTP is told so once`() async throws {
        let pipe = try await Pipe(world.parts())
        try await pipe.send("\u{16}\u{03}\u{01} hello\r\n\r\n")
        let response = try #require(pipe.response())
        #expect(response.status == 400)
        #expect(response.headers["connection"] == "close")
        #expect(!pipe.isOpen)
    }

    // MARK: One after the other

    @Test func `a head that repeats is authenticated anew`() async throws {
        let pipe = try await Pipe(world.parts())
        for id in [1, 2, 3] as [JSONValue] { try await pipe.send(Request(.legacy, id: id)) }
        #expect(pipe.responses().map(\.status) == [200, 200, 200])
        world.authenticator.revoke("ana")
        try await pipe.send(Request(.legacy, id: 4))
        #expect(pipe.responses().map(\.status) == [401])
    }

    @Test func `a head that differs in one byte is judged by itself`() async throws {
        let pipe = try await Pipe(world.parts())
        try await pipe.send(Request(.legacy, id: 1))
        let other = Request(.legacy, id: 2).text.replacing("Host: gw.test", with: "Host: gw.tesu")
        try await pipe.send(other)
        try await pipe.send(Request(.legacy, id: 3))
        #expect(pipe.responses().map(\.status) == [200, 403, 200])
    }

    @Test func `pipelined requests are answered in order`() async throws {
        let pipe = try await Pipe(world.parts())
        var slow = Request(id: "first")
        slow.token = "slow-1"
        try await pipe.send(slow, Request("GET", "/nowhere"), Request(id: "third"), Request("GET", "/mcp"))
        #expect(pipe.responses().isEmpty)
        world.authenticator.open()
        try await pipe.settle()
        let responses = pipe.responses()
        #expect(responses.map(\.status) == [200, 404, 200, 405])
        #expect(responses.compactMap { $0.json?["id"]?.string } == ["first", "third"])
    }

    @Test func `a call that waits holds back those behind it`() async throws {
        world.backend.hold()
        let pipe = try await Pipe(world.parts())
        try await pipe.send(Request(.legacy, id: 1), Request(.legacy, id: 2))
        await world.backend.reaches { $0.begun == 1 }
        #expect(pipe.responses().isEmpty)
        world.backend.release()
        try await pipe.settle()
        #expect(pipe.responses().compactMap { $0.json?["id"]?.int } == [1, 2])
    }

    @Test func `thousands of requests behind one that waits do not exhaust the stack`() async throws {
        let pipe = try await Pipe(world.parts())
        var slow = Request()
        slow.token = "slow-1"
        let many = 8_000
        try await pipe.send(slow.text + String(repeating: "GET /x HTTP/1.1\r\nHost: gw.test\r\n\r\n", count: many))
        world.authenticator.open()
        try await pipe.settle()
        #expect(pipe.responses().count == many + 1)
    }

    @Test(arguments: [("HTTP/1.1", "", true), ("HTTP/1.1", "Connection: close\r\n", false), ("HTTP/1.0", "", false)])
    func `the connection stays open unless the client says otherwise`(
        _ version: String, _ line: String, _ isOpen: Bool
    ) async throws {
        let pipe = try await Pipe(world.parts())
        try await pipe.send("GET /x \(version)\r\nHost: gw.test\r\n\(line)\r\n")
        let response = try #require(pipe.response())
        #expect(response.headers["connection"] == (isOpen ? nil : "close"))
        #expect(pipe.isOpen == isOpen)
    }

    @Test(arguments: ["Connection: close\r\n", "Expect: 100-continue\r\nContent-Length: 5\r\n"])
    func `nothing behind the last request is served however long the connection takes to end`(
        _ line: String
    ) async throws {
        let pipe = try await Pipe(world.parts(), holdsClose: true)
        try await pipe.send("POST /x HTTP/1.1\r\nHost: gw.test\r\n\(line)\r\n" + Request().text)
        try await pipe.send(Request())
        #expect(pipe.responses().map(\.status) == [404])
        #expect(world.authenticator.count == 0)
    }

    @Test(arguments: ["ana", "slow-1"]) func `a request keeps its answer when nonsense follows`(
        _ token: String
    ) async throws {
        world.backend.hold()
        let pipe = try await Pipe(world.parts())
        var request = Request(.legacy, id: 1)
        request.token = token
        request.headers.append(("Connection", "close"))
        try await pipe.send(request.text + Request(.legacy, id: 2).text)
        try await pipe.send("\u{16}\u{03}\u{01}\r\n\r\n")
        world.authenticator.open()
        try await pipe.settle()
        await world.backend.reaches { $0.begun == 1 }
        world.backend.release()
        try await pipe.settle()
        #expect(pipe.responses().compactMap { $0.json?["id"]?.int } == [1])
        #expect(!pipe.isOpen)
        #expect(world.backend.count.begun == 1)
    }

    @Test func `a request that breaks off while its token is verified ends the connection`() async throws {
        let pipe = try await Pipe(world.parts())
        var request = Request()
        request.token = "slow-1"
        request.headers.append(("Transfer-Encoding", "chunked"))
        try await pipe.send(request.head + "zz\r\n")
        world.authenticator.open()
        try await pipe.settle()
        #expect(!pipe.isOpen)
        #expect(world.backend.count.begun == 0)
    }

    // MARK: Time

    @Test func `an idle connection ends, and a request begins the wait anew`() async throws {
        var limits = AgentParts.Limits()
        limits.idleSeconds = 10
        let pipe = try await Pipe(world.parts(limits: limits))
        try await pipe.advance(.seconds(9))
        try await pipe.send(Request())
        try await pipe.advance(.seconds(9))
        #expect(pipe.isOpen)
        try await pipe.advance(.seconds(1))
        #expect(!pipe.isOpen)
    }

    @Test(arguments: [0, 40, 100_000]) func `a request that comes too slowly ends the connection`(
        _ sent: Int
    ) async throws {
        var limits = AgentParts.Limits()
        limits.requestSeconds = 5
        let pipe = try await Pipe(world.parts(limits: limits))
        var request = Request()
        request.body += " "
        try await pipe.send(request.head + String(request.body.dropLast().prefix(sent)))
        try await pipe.advance(.milliseconds(4_999))
        #expect(pipe.isOpen)
        try await pipe.advance(.milliseconds(1))
        #expect(!pipe.isOpen)
        #expect(world.backend.count.begun == 0)
    }

    @Test func `a client of HTTP/1.0 gets no chunks`() async throws {
        world.backend.hold()
        let pipe = try await Pipe(world.parts())
        try await pipe.send(Request().text.replacing("HTTP/1.1", with: "HTTP/1.0"))
        try await pipe.advance(.minutes(1))
        world.backend.release()
        try await pipe.settle()
        #expect(pipe.response()?.headers["content-length"] != nil)
        #expect(!pipe.isOpen)
    }

    @Test func `a call is not ended by the limits on requests`() async throws {
        world.backend.hold()
        let pipe = try await Pipe(world.parts())
        var request = Request()
        request.headers[0].1 = "application/json"
        try await pipe.send(request)
        try await pipe.advance(.hours(1))
        #expect(pipe.isOpen)
        world.backend.release()
        try await pipe.settle()
        #expect(pipe.response()?.status == 200)
    }
}
