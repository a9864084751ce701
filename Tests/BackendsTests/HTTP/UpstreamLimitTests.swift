import Glibc
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import Backends

@Suite(.timeLimit(.minutes(1))) struct UpstreamLimitTests: UpstreamSuite {
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
