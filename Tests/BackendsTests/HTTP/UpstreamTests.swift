import Glibc
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import Backends

@Suite(.timeLimit(.minutes(1))) struct UpstreamTests: UpstreamSuite {
    // MARK: Keeping connections

    @Test func `a connection is used again`() async throws {
        try await ScriptedServer.run(Self.hello) { server in
            let upstream = try upstream(server)
            for _ in 0..<5 {
                let response = try await upstream.send(get, on: loop)
                #expect(response.status == 200)
                #expect(response.body == Array("hello".utf8))
                #expect(response.header("content-length") == "5")
            }
            #expect(server.count.connections == 1)
            #expect(
                server.requests.first
                    == "GET /a HTTP/1.1\r\nHost: 127.0.0.1:\(server.port)\r\nAccept-Encoding: identity\r\n\r\n")
            await upstream.close()
        }
    }

    @Test func `a task on the loop stays on the loop`() async throws {
        try await ScriptedServer.run(Self.hello) { server in
            let upstream = try upstream(server)
            let executor = LoopExecutor(loop)
            let stayed = try await Task(executorPreference: executor) { [loop, get] in
                var stayed = loop.inEventLoop
                for _ in 0..<3 {
                    _ = try await upstream.send(get, on: loop)
                    stayed = stayed && loop.inEventLoop
                }
                return stayed
            }.value
            #expect(stayed)
            #expect(server.count.connections == 1)
        }
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello",
        "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        // Bytes behind the response could be taken for the next one.
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhelloHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nKeep-Alive: timeout=1\r\n\r\nhello",
    ])
    func `a connection that may be unclean is not used again`(answer: String) async throws {
        try await ScriptedServer.run(answer) { server in
            let upstream = try upstream(server)
            for _ in 0..<3 { #expect(try await upstream.send(get, on: loop).body == Array("hello".utf8)) }
            #expect(server.count.connections == 3)
            try await server.reaches { $0.closed == 3 }
        }
    }

    @Test func `bytes behind a response that come in the same burst reach nobody`() async throws {
        // A connection's first read takes 2048 bytes. The response fills it exactly, so what lies behind comes with the
        // next read, while others wait for the connection.
        let script: @Sendable (ScriptedServer.Turn) -> [ScriptedServer.Step] = { _ in
            let head = "HTTP/1.1 200 OK\r\nContent-Length: 2007\r\n\r\n"
            let answer = head + String(repeating: "a", count: 2048 - head.utf8.count)
            return [.send(answer + "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil")]
        }
        try await ScriptedServer.run(script: script) { server in
            let upstream = try upstream(server) { $0.maxConnections = 1 }
            let bodies = await withTaskGroup { group in
                for _ in 0..<20 {
                    group.addTask { [loop, get] in (try? await upstream.send(get, on: loop))?.body }
                }
                return await group.reduce(into: []) { $0.append($1 ?? []) }
            }
            #expect(bodies.map(\.count) == Array(repeating: 2007, count: 20))
            #expect(server.count.connections == 20)
        }
    }

    @Test func `a kept connection that the upstream closed is not noticed by the next request`() async throws {
        let script: @Sendable (ScriptedServer.Turn) -> [ScriptedServer.Step] = { _ in [.send(Self.hello), .close] }
        try await ScriptedServer.run(script: script) { server in
            let upstream = try upstream(server)
            for _ in 0..<3 { _ = try await upstream.send(get, on: loop) }
            #expect(server.count.connections == 3)
        }
    }

    @Test func `an idle connection is closed`() async throws {
        try await ScriptedServer.run(Self.hello) { server in
            let upstream = try upstream(server) { $0.idleTimeout = .milliseconds(20) }
            _ = try await upstream.send(get, on: loop)
            try await server.reaches { $0.closed == 1 }
            _ = try await upstream.send(get, on: loop)
            #expect(server.count.connections == 2)
        }
    }

    // MARK: Stale connections

    @Test func `a close that the loop has not heard of is seen before a write is sent`() async throws {
        // A loop of the client's own, which the test holds up while the server closes.
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loop = group.next()
        let script: @Sendable (ScriptedServer.Turn) -> [ScriptedServer.Step] = { turn in
            turn.connection == 0 ? [.send(Self.hello), .close] : [.send(Self.hello)]
        }
        try await ScriptedServer.run(script: script) { server in
            let url = try BaseURL.parse("http://127.0.0.1:\(server.port)")
            let upstream = try Upstream(origin: url.origin, options: options(), group: group)
            try await Task(executorPreference: LoopExecutor(loop)) { [post] in
                _ = try await upstream.send(post, on: loop)
                while server.count.closed == 0 { sched_yield() }
                #expect(try await upstream.send(post, on: loop).status == 200)
            }.value
            #expect(server.count.requests == 2)
            await upstream.close()
        }
        try await group.shutdownGracefully()
    }

    /// The first connection answers once and then closes on a request, as a server does whose patience just ended.
    private static let stale: @Sendable (ScriptedServer.Turn) -> [ScriptedServer.Step] = { turn in
        turn == ScriptedServer.Turn(connection: 0, request: 1) ? [.reset] : [.send(hello)]
    }

    @Test func `an idempotent request survives a stale connection`() async throws {
        try await ScriptedServer.run(script: Self.stale) { server in
            let upstream = try upstream(server)
            _ = try await upstream.send(get, on: loop)
            #expect(try await upstream.send(get, on: loop).status == 200)
            #expect(server.count.connections == 2)
            #expect(server.count.requests == 3)
        }
    }

    @Test func `another request is not sent twice`() async throws {
        try await ScriptedServer.run(script: Self.stale) { server in
            let upstream = try upstream(server)
            _ = try await upstream.send(get, on: loop)
            let fault = await outcome(upstream, post)
            #expect(fault?.code == .closedBeforeResponse)
            #expect(fault?.didSend == true)
            #expect(server.count.requests == 2)
            #expect(try await upstream.send(post, on: loop).status == 200)
        }
    }

    @Test func `a fresh connection that closes is no stale one, and one retry is the limit`() async throws {
        let script: @Sendable (ScriptedServer.Turn) -> [ScriptedServer.Step] = { turn in
            turn == ScriptedServer.Turn(connection: 0, request: 0) ? [.send(Self.hello)] : [.close]
        }
        try await ScriptedServer.run(script: script) { server in
            let upstream = try upstream(server)
            _ = try await upstream.send(get, on: loop)
            let retried = await outcome(upstream, get)
            #expect(retried?.code == .closedBeforeResponse)
            #expect(retried?.didSend == true)
            #expect(server.count.requests == 3)
            let fresh = await outcome(upstream, get)
            #expect(fresh?.code == .closedBeforeResponse)
            #expect(server.count.requests == 4)
        }
    }

    @Test func `a retry that cannot connect was still sent once`() async throws {
        let refuse = Mutex(false)
        try await ScriptedServer.run(script: Self.stale) { server in
            let upstream = try upstream(server, host: "a.example") { options in
                options.resolve = { _ in
                    refuse.withLock { $0 } ? [.v4(0x0A00_0001)] : [.v4(0x7F00_0001)]
                }
            }
            _ = try await upstream.send(get, on: loop)
            refuse.withLock { $0 = true }
            let fault = await outcome(upstream, get)
            #expect(fault?.code == .addressForbidden)
            #expect(fault?.didSend == true)
        }
    }

    // MARK: Bad responses

    @Test(arguments: [
        ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel", UpstreamFault.Code.truncated),
        ("HTTP/1.1 200 OK\r\nContent-Le", .truncated),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", .truncated),
        ("", .closedBeforeResponse),
        ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", .protocolViolation),
        ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello", .protocolViolation),
        ("SSH-2.0-OpenSSH\r\n", .protocolViolation),
        ("HTTP/1.1 200 OK\r\nContent-Length: 9000000\r\n\r\n", .tooLarge),
        ("HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 5\r\n\r\nhello", .decompressionFailed),
    ])
    func `a bad response is a fault and ends the connection`(answer: String, code: UpstreamFault.Code) async throws {
        let isShort = code == .truncated || code == .closedBeforeResponse
        let steps: [ScriptedServer.Step] = isShort ? [.send(answer), .close] : [.send(answer)]
        try await ScriptedServer.run(script: { _ in steps }) { server in
            let upstream = try upstream(server)
            let fault = await outcome(upstream, get)
            #expect(fault?.code == code)
            #expect(fault?.didSend == true)
            try await server.reaches { $0.closed == 1 }
            #expect(server.count.requests == 1)
        }
    }

    @Test func `a body ended by the connection's end is whole, unless the end is a reset`() async throws {
        let script: @Sendable (ScriptedServer.Turn) -> [ScriptedServer.Step] = { turn in
            [.send("HTTP/1.1 200 OK\r\n\r\nhello"), .gate, turn.connection == 0 ? .close : .reset]
        }
        try await ScriptedServer.run(script: script) { server in
            let upstream = try upstream(server)
            server.open()
            #expect(try await upstream.send(get, on: loop).body == Array("hello".utf8))
            let fault = await outcome(upstream, get)
            #expect(fault?.code == .truncated)
        }
    }

    @Test func `a gzip bomb stops at the limit`() async throws {
        let bomb = Deflate.gzip(Array(repeating: 0, count: 32 << 20))
        let head = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: \(bomb.count)\r\n\r\n"
        try await ScriptedServer.run(script: { _ in [.send(head), .sendBytes(bomb)] }) { server in
            let upstream = try upstream(server) { $0.maxBodyBytes = 1 << 20 }
            let fault = await outcome(upstream, get)
            #expect(fault?.code == .tooLarge)
            try await server.reaches { $0.closed == 1 }
        }
    }

    @Test func `a large body arrives whole`() async throws {
        let body = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let head = "HTTP/1.1 200 OK\r\nContent-Length: \(body.count)\r\n\r\n"
        try await ScriptedServer.run(script: { _ in [.send(head), .sendBytes(body)] }) { server in
            let upstream = try upstream(server)
            for _ in 0..<2 { #expect(try await upstream.send(get, on: loop).body == body) }
            #expect(server.count.connections == 1)
        }
    }

    @Test func `a redirect is a response`() async throws {
        try await ScriptedServer.run(Self.hello) { target in
            let answer =
                "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:\(target.port)/x\r\nContent-Length: 0\r\n\r\n"
            try await ScriptedServer.run(answer) { server in
                let upstream = try upstream(server)
                let response = try await upstream.send(get, on: loop)
                #expect(response.status == 302)
                #expect(response.header("location")?.hasSuffix("/x") == true)
                #expect(server.count.requests == 1)
                #expect(target.count.connections == 0)
            }
        }
    }

    @Test func `a bad request opens no connection`() async throws {
        try await ScriptedServer.run(Self.hello) { server in
            let upstream = try upstream(server)
            var request = get
            request.headers = [("Host", "evil.example")]
            let fault = await outcome(upstream, request)
            #expect(fault?.code == .invalidRequest)
            #expect(fault?.didSend == false)
            #expect(server.count.connections == 0)
        }
    }
}
