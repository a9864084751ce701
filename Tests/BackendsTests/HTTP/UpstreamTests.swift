import Glibc
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import Backends

@Suite(.timeLimit(.minutes(1))) struct UpstreamTests {
    static let hello = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
    private let loop: any EventLoop = MultiThreadedEventLoopGroup.singleton.next()
    private let get = UpstreamRequest(method: "GET", target: "/a", isIdempotent: true)
    private let post = UpstreamRequest(method: "POST", target: "/a", body: Array("{}".utf8), isIdempotent: false)

    private func options(_ change: (inout Upstream.Options) -> Void = { _ in }) -> Upstream.Options {
        var options = Upstream.Options(allowAddresses: [CIDR("127.0.0.0/8")].compactMap(\.self))
        change(&options)
        return options
    }

    private func upstream(
        _ server: ScriptedServer, host: String = "127.0.0.1", _ change: (inout Upstream.Options) -> Void = { _ in }
    ) throws -> Upstream {
        let url = try BaseURL.parse("http://\(host):\(server.port)")
        return try Upstream(
            origin: url.origin, options: options(change), group: MultiThreadedEventLoopGroup.singleton)
    }

    private func outcome(_ upstream: Upstream, _ request: UpstreamRequest) async -> UpstreamFault? {
        do throws(UpstreamFault) {
            _ = try await upstream.send(request, on: loop)
            return nil
        } catch {
            return error
        }
    }

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

    // MARK: Time

    @Test(arguments: ["", "HTTP/1.1 200 OK\r\nConte", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel"])
    func `silence ends in a fault`(beginning: String) async throws {
        try await ScriptedServer.run(script: { _ in [.send(beginning), .gate] }) { server in
            let upstream = try upstream(server) { $0.readTimeout = .milliseconds(30) }
            let fault = await outcome(upstream, get)
            #expect(fault?.code == .timedOut)
            #expect(fault?.didSend == true)
            #expect(fault?.detail == "the upstream is silent")
            try await server.reaches { $0.closed == 1 }
        }
    }

    @Test func `a request has a time limit of its own`() async throws {
        let script: @Sendable (ScriptedServer.Turn) -> [ScriptedServer.Step] = { turn in
            turn.request == 0 ? [.send(Self.hello)] : [.gate]
        }
        try await ScriptedServer.run(script: script) { server in
            let upstream = try upstream(server)
            _ = try await upstream.send(get, on: loop)
            var request = post
            request.timeLimit = .milliseconds(30)
            let fault = await outcome(upstream, request)
            #expect(fault?.code == .timedOut)
            #expect(fault?.didSend == true)
            #expect(fault?.detail == "the request takes too long")
        }
    }

    @Test func `resolving that takes too long is no sent request`() async throws {
        let gate = MultiThreadedEventLoopGroup.singleton.next().makePromise(of: Void.self)
        try await ScriptedServer.run(Self.hello) { server in
            let upstream = try upstream(server, host: "a.example") { options in
                options.connectTimeout = .milliseconds(30)
                options.resolve = { _ in
                    try gate.futureResult.wait()
                    return [.v4(0x7F00_0001)]
                }
            }
            let fault = await outcome(upstream, post)
            #expect(fault?.code == .timedOut)
            #expect(fault?.didSend == false)
            gate.succeed()
            await upstream.close()
            #expect(server.count.connections == 0)
        }
    }

    // MARK: Cancellation

    @Test func `cancelling closes the connection`() async throws {
        try await ScriptedServer.run(script: { _ in [.gate, .send(Self.hello)] }) { server in
            let upstream = try upstream(server)
            let task = Task { await outcome(upstream, post) }
            try await server.reaches { $0.requests == 1 }
            task.cancel()
            let fault = await task.value
            #expect(fault?.code == .cancelled)
            #expect(fault?.didSend == true)
            try await server.reaches { $0.closed == 1 }
        }
    }

    @Test func `a task cancelled before sends nothing`() async throws {
        try await ScriptedServer.run(Self.hello) { server in
            let upstream = try upstream(server)
            let task = Task {
                unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
                return await outcome(upstream, post)
            }
            let fault = await task.value
            #expect(fault?.code == .cancelled)
            #expect(fault?.didSend == false)
            #expect(server.count.connections == 0)
        }
    }

    @Test func `cancelling one that waits leaves the others in line`() async throws {
        try await ScriptedServer.run(script: { _ in [.gate, .send(Self.hello)] }) { server in
            let upstream = try upstream(server) { $0.maxConnections = 1 }
            let first = Task { await outcome(upstream, get) }
            try await server.reaches { $0.requests == 1 }
            let second = Task { await outcome(upstream, get) }
            second.cancel()
            let third = Task { await outcome(upstream, get) }
            #expect(await second.value?.code == .cancelled)
            #expect(await second.value?.didSend == false)
            server.open()
            #expect(await first.value == nil)
            #expect(await third.value == nil)
            #expect(server.count.requests == 2)
        }
    }

    // MARK: The pool's bounds

    @Test func `no more connections than allowed, and all requests are served`() async throws {
        try await ScriptedServer.run(script: { _ in [.gate, .send(Self.hello)] }) { server in
            let upstream = try upstream(server) { $0.maxConnections = 3 }
            await withTaskGroup { group in
                for _ in 0..<40 { group.addTask { await outcome(upstream, get) } }
                try? await server.reaches { $0.requests == 3 }
                server.open()
                for await fault in group { #expect(fault == nil) }
            }
            #expect(server.count.connections == 3)
            #expect(server.count.requests == 40)
        }
    }

    @Test func `who waits longest is served first`() async throws {
        try await ScriptedServer.run(script: { _ in [.gate, .send(Self.hello)] }) { server in
            let upstream = try upstream(server) { $0.maxConnections = 1 }
            // Started on the loop one after the other, so their order is certain.
            let tasks = (0..<10).map { number in
                Task(executorPreference: LoopExecutor(loop)) {
                    var request = get
                    request.target = "/\(number)"
                    return await outcome(upstream, request)
                }
            }
            try await server.reaches { $0.requests == 1 }
            server.open()
            for task in tasks { #expect(await task.value == nil) }
            #expect(server.requests.map { $0.split(separator: " ")[1] } == (0..<10).map { "/\($0)" })
        }
    }

    @Test func `a full queue refuses at once`() async throws {
        try await ScriptedServer.run(script: { _ in [.gate, .send(Self.hello)] }) { server in
            let upstream = try upstream(server) { options in
                options.maxConnections = 1
                options.maxWaiting = 0
            }
            let first = Task { await outcome(upstream, get) }
            try await server.reaches { $0.requests == 1 }
            let refused = await outcome(upstream, post)
            #expect(refused?.code == .overloaded)
            #expect(refused?.didSend == false)
            server.open()
            #expect(await first.value == nil)
        }
    }

    @Test func `waiting ends in time`() async throws {
        try await ScriptedServer.run(script: { _ in [.gate, .send(Self.hello)] }) { server in
            let upstream = try upstream(server) { options in
                options.maxConnections = 1
                options.queueTimeout = .milliseconds(30)
            }
            let first = Task { await outcome(upstream, get) }
            try await server.reaches { $0.requests == 1 }
            let refused = await outcome(upstream, post)
            #expect(refused?.code == .overloaded)
            #expect(refused?.didSend == false)
            server.open()
            #expect(await first.value == nil)
        }
    }

    @Test func `a slot that a closed connection leaves is used by who waits`() async throws {
        let answer = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello"
        try await ScriptedServer.run(answer) { server in
            let upstream = try upstream(server) { $0.maxConnections = 2 }
            await withTaskGroup { group in
                for _ in 0..<20 { group.addTask { await outcome(upstream, get) } }
                for await fault in group { #expect(fault == nil) }
            }
            #expect(server.count.connections == 20)
        }
    }

    // MARK: Addresses

    @Test func `a forbidden address is never connected to`() async throws {
        try await ScriptedServer.run(Self.hello) { server in
            let upstream = try upstream(server) { $0.allowAddresses = [] }
            let fault = await outcome(upstream, get)
            #expect(fault?.code == .addressForbidden)
            #expect(fault?.didSend == false)
            #expect(server.count.connections == 0)
        }
    }

    @Test func `one forbidden address of a name forbids the name`() async throws {
        try await ScriptedServer.run(Self.hello) { server in
            let upstream = try upstream(server, host: "a.example") { options in
                options.resolve = { _ in [.v4(0x7F00_0001), .v4(0x0A00_0001)] }
            }
            let fault = await outcome(upstream, get)
            #expect(fault?.code == .addressForbidden)
            #expect(fault?.detail == "http://a.example:\(server.port) has the address 10.0.0.1: private-use")
            #expect(server.count.connections == 0)
        }
    }

    @Test func `the judged address is the connected one, and the name is resolved once per connection`() async throws {
        let asked = Mutex<[String]>([])
        try await ScriptedServer.run(Self.hello) { server in
            let upstream = try upstream(server, host: "Rebind.Example") { options in
                options.resolve = { name in
                    // The second answer would be forbidden: asking twice for one connection is the error to catch.
                    asked.withLock { asked in
                        asked.append(name)
                        return asked.count == 1 ? [.v4(0x7F00_0001)] : [.v4(0xA9FE_A9FE)]
                    }
                }
            }
            for _ in 0..<3 { _ = try await upstream.send(get, on: loop) }
            #expect(asked.withLock { $0 } == ["rebind.example"])
            #expect(server.requests.first?.contains("\r\nHost: rebind.example:\(server.port)\r\n") == true)
        }
    }

    @Test func `the next address is tried where one refuses`() async throws {
        try await ScriptedServer.run(Self.hello) { server in
            let upstream = try upstream(server, host: "a.example") { options in
                // The server listens on 127.0.0.1 only.
                options.resolve = { _ in [.v4(0x7F00_0002), .v4(0x7F00_0003), .v4(0x7F00_0001)] }
            }
            #expect(try await upstream.send(get, on: loop).status == 200)
        }
    }

    @Test func `refused, unknown and empty are told apart`() async throws {
        var port = 0
        try await ScriptedServer.run(Self.hello) { port = $0.port }
        let origin = try BaseURL.parse("http://a.example:\(port)").origin
        func code(_ resolve: @escaping @Sendable (String) throws -> [IPAddress]) async throws -> UpstreamFault.Code? {
            let upstream = try Upstream(
                origin: origin, options: options { $0.resolve = resolve },
                group: MultiThreadedEventLoopGroup.singleton)
            let fault = await outcome(upstream, post)
            #expect(fault?.didSend == false)
            return fault?.code
        }
        #expect(try await code { _ in [.v4(0x7F00_0001)] } == .connectFailed)
        #expect(try await code { _ in [] } == .resolveFailed)
        #expect(try await code { _ in throw ResolveError(description: "unknown") } == .resolveFailed)
    }

    @Test func `the system resolves the local host`() throws {
        let addresses = try resolveHost("localhost")
        #expect(!addresses.isEmpty)
        #expect(addresses.allSatisfy { AddressRule().objection(to: $0) == .loopback })
        // A label too long for DNS, so that no server is asked.
        #expect(throws: ResolveError.self) { try resolveHost(String(repeating: "a", count: 64) + ".invalid") }
    }

    // MARK: The end

    @Test func `closing lets requests come to their end and refuses new ones`() async throws {
        try await ScriptedServer.run(script: { _ in [.gate, .send(Self.hello)] }) { server in
            let upstream = try upstream(server) { $0.maxConnections = 1 }
            let running = Task { await outcome(upstream, get) }
            try await server.reaches { $0.requests == 1 }
            let waiting = Task(executorPreference: LoopExecutor(loop)) { await outcome(upstream, get) }
            try await loop.submit {}.get()
            let closing = Task(executorPreference: LoopExecutor(loop)) { await upstream.close() }
            try await loop.submit {}.get()
            let late = await outcome(upstream, get)
            #expect(late?.code == .shutDown)
            #expect(late?.didSend == false)
            server.open()
            #expect(await running.value == nil)
            #expect(await waiting.value == nil)
            await closing.value
            try await server.reaches { $0.closed == 1 }
        }
    }
}
