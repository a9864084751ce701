import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import Testing

@testable import Backends

/// A root and certificates of it, made by the openssl command.
struct TestCertificates {
    static let openssl = ["/usr/bin/openssl", "/usr/local/bin/openssl"].first(
        where: FileManager.default.isExecutableFile)

    let directory: URL

    init() throws {
        directory = FileManager.default.temporaryDirectory.appending(
            path: "sallyport-tls-\(UInt64.random(in: 0 ... .max))")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        for root in ["root", "other"] {
            try run(
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
                "/CN=\(root)", "-addext", "basicConstraints=critical,CA:TRUE", "-addext",
                "keyUsage=critical,keyCertSign",
                "-keyout", "\(root).key", "-out", "\(root).pem")
        }
        try issue("name", "subjectAltName=DNS:a.example")
        try issue("address", "subjectAltName=IP:127.0.0.1")
        try issue("wildcard", "subjectAltName=DNS:*.a.example,DNS:a.example")
        try issue("nameless", "keyUsage=digitalSignature", subject: "/CN=a.example")
    }

    private func issue(_ file: String, _ extensions: String, subject: String = "/CN=leaf") throws {
        try run(
            "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", subject, "-keyout",
            "\(file).key", "-out", "\(file).csr")
        try Data("\(extensions)\n".utf8).write(to: directory.appending(path: "\(file).ext"))
        try run(
            "x509", "-req", "-in", "\(file).csr", "-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial", "-days",
            "2",
            "-extfile", "\(file).ext", "-out", "\(file).pem")
    }

    private func run(_ arguments: String...) throws {
        let process = Process()
        process.executableURL = URL(filePath: try #require(Self.openssl))
        process.arguments = arguments
        process.currentDirectoryURL = directory
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "openssl \(arguments)")
    }

    func path(_ file: String) -> String { directory.appending(path: file).path }

    func remove() { try? FileManager.default.removeItem(at: directory) }

    func server(_ file: String, maximum: TLSVersion? = nil) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMFile(path("\(file).pem")).map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: path("\(file).key"), format: .pem)))
        configuration.minimumTLSVersion = .tlsv1
        configuration.maximumTLSVersion = maximum
        return try NIOSSLContext(configuration: configuration)
    }
}

@Suite(.timeLimit(.minutes(1)), .enabled(if: TestCertificates.openssl != nil)) struct UpstreamTLSTests {
    private let loop: any EventLoop = MultiThreadedEventLoopGroup.singleton.next()
    private let post = UpstreamRequest(method: "POST", target: "/", body: [0x7B, 0x7D], isIdempotent: false)

    private func upstream(
        _ server: ScriptedServer, host: String = "a.example", root: String?,
        change: (inout Upstream.Options) -> Void = { _ in }
    ) throws -> Upstream {
        var options = Upstream.Options(
            allowAddresses: [CIDR("127.0.0.0/8")].compactMap(\.self), trustRootFile: root,
            resolve: { _ in [.v4(0x7F00_0001)] })
        change(&options)
        return try Upstream(
            origin: try BaseURL.parse("https://\(host):\(server.port)").origin, options: options,
            group: MultiThreadedEventLoopGroup.singleton)
    }

    private func outcome(_ upstream: Upstream) async -> UpstreamFault? {
        do throws(UpstreamFault) {
            _ = try await upstream.send(post, on: loop)
            return nil
        } catch {
            return error
        }
    }

    @Test func `a trusted certificate of the right name or address is accepted, all else refused unsent`() async throws
    {
        let certificates = try TestCertificates()
        defer { certificates.remove() }
        let root = certificates.path("root.pem")
        let answer: @Sendable (ScriptedServer.Turn) -> [ScriptedServer.Step] = { _ in [.send(UpstreamTests.hello)] }

        try await ScriptedServer.run(tls: try certificates.server("name"), script: answer) { server in
            let upstream = try upstream(server, root: root)
            for _ in 0..<3 { #expect(try await upstream.send(post, on: loop).body == Array("hello".utf8)) }
            #expect(server.count.connections == 1)
            #expect(server.requests.first?.contains("Host: a.example:\(server.port)\r\n") == true)

            for (host, root) in [
                ("b.example", root), ("127.0.0.1", root), ("a.example", nil),
                ("a.example", certificates.path("other.pem")),
            ] {
                let fault = await outcome(try self.upstream(server, host: host, root: root))
                #expect(fault?.code == .tlsFailed, "\(host) \(root ?? "-")")
                #expect(fault?.didSend == false)
            }
            #expect(server.count.requests == 3)
            await upstream.close()
        }
        try await ScriptedServer.run(tls: try certificates.server("address"), script: answer) { server in
            let address = await outcome(try upstream(server, host: "127.0.0.1", root: root))
            #expect(address == nil)
            let name = await outcome(try upstream(server, host: "a.example", root: root))
            #expect(name?.code == .tlsFailed)
        }
        try await ScriptedServer.run(tls: try certificates.server("wildcard"), script: answer) { server in
            let below = await outcome(try upstream(server, host: "b.a.example", root: root))
            #expect(below == nil)
            let deeper = await outcome(try upstream(server, host: "c.b.a.example", root: root))
            #expect(deeper?.code == .tlsFailed)
        }
        try await ScriptedServer.run(tls: try certificates.server("nameless"), script: answer) { server in
            let common = await outcome(try upstream(server, root: root))
            #expect(common?.code == .tlsFailed)
        }
        try await ScriptedServer.run(tls: try certificates.server("name", maximum: .tlsv11), script: answer) { server in
            let old = await outcome(try upstream(server, root: root))
            #expect(old?.code == .tlsFailed)
        }
    }

    @Test func `a server that speaks no TLS, or not at all, is refused unsent`() async throws {
        try await ScriptedServer.run(script: { _ in [.send(UpstreamTests.hello)] }) { server in
            let fault = await outcome(try upstream(server, root: nil) { $0.connectTimeout = .milliseconds(40) })
            #expect(fault?.code == .timedOut)
            #expect(fault?.didSend == false)
            #expect(server.count.requests == 0)
            try await server.reaches { $0.closed == 1 }
        }
    }

    @Test func `a body that only the end of the connection ends needs a closure alert`() async throws {
        let certificates = try TestCertificates()
        defer { certificates.remove() }
        let script: @Sendable (ScriptedServer.Turn) -> [ScriptedServer.Step] = { turn in
            [.send("HTTP/1.1 200 OK\r\n\r\nhello"), turn.connection == 0 ? .close : .cut]
        }
        try await ScriptedServer.run(tls: try certificates.server("name"), script: script) { server in
            let upstream = try upstream(server, root: certificates.path("root.pem"))
            #expect(try await upstream.send(post, on: loop).body == Array("hello".utf8))
            #expect(await outcome(upstream)?.code == .truncated)
        }
    }

    @Test func `trust roots that cannot be read stop the upstream from being made`() throws {
        let origin = try BaseURL.parse("https://a.example").origin
        #expect(throws: UpstreamFault.self) {
            try Upstream(
                origin: origin, options: Upstream.Options(trustRootFile: "/nonexistent/root.pem"),
                group: MultiThreadedEventLoopGroup.singleton)
        }
    }
}
