import Foundation
import JSON
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Testing

@testable import Web

@Suite(.timeLimit(.minutes(2))) struct AdministrationServerTests {
    private let path = "/tmp/sp-\(UUID().uuidString.prefix(8)).sock"

    /// Runs a socket that answers with what it was asked.
    private func serving(_ body: @escaping @Sendable () async throws -> Void) async throws {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let server = AdministrationServer(
            path: path, group: MultiThreadedEventLoopGroup.singleton, logger: logger
        ) { request in
            ["asked": request]
        }
        let lifecycle = ServiceGroup(services: [server], gracefulShutdownSignals: [], logger: logger)
        let path = path
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await lifecycle.run() }
            group.addTask {
                while (try? await Wire.connect(path: path).hangUp()) == nil { await Task.yield() }
                try await body()
                await lifecycle.triggerGracefulShutdown()
            }
            try await group.waitForAll()
        }
    }

    @Test func `only the owner can reach the socket, and it is gone afterwards`() async throws {
        // What a killed process left behind is replaced.
        #expect(FileManager.default.createFile(atPath: path, contents: nil))
        try await serving { [path] in
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
            #expect(attributes[.type] as? FileAttributeType == .typeSocket)
        }
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func `requests on one connection are answered in order`() async throws {
        try await serving { [path] in
            let wire = try await Wire.connect(path: path)
            wire.send((1...50).map { "{\"n\":\($0)}\n" }.joined() + "{\"n\":")
            for number in 1...50 { #expect(try await wire.line() == "{\"asked\":{\"n\":\(number)}}") }
            wire.send("51}\n")
            #expect(try await wire.line() == "{\"asked\":{\"n\":51}}")
        }
    }

    @Test(arguments: ["no JSON\n", "\n", "{\"a\":1,\"a\":2}\n", "{} {}\n", "\u{0}\n"])
    func `a line that is no JSON ends the connection and nothing else`(_ text: String) async throws {
        try await serving { [path] in
            let wire = try await Wire.connect(path: path)
            wire.send(text)
            #expect(try await wire.closed().isEmpty)
            let next = try await Wire.connect(path: path)
            next.send("7\n")
            #expect(try await next.line() == "{\"asked\":7}")
        }
    }

    @Test func `a line without end is not kept`() async throws {
        try await serving { [path] in
            let wire = try await Wire.connect(path: path)
            wire.send(String(repeating: "x", count: AdministrationServer.maxLine + 1))
            #expect(try await wire.closed().isEmpty)
        }
    }

    @Test func `shutdown ends open connections' socket`() async throws {
        try await serving { [path] in
            let wire = try await Wire.connect(path: path)
            wire.send("1\n")
            #expect(try await wire.line() == "{\"asked\":1}")
        }
        await #expect(throws: (any Error).self) { try await Wire.connect(path: path) }
    }

    /// The process's file mode mask, read without changing it.
    private func mask() throws -> String {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        return try #require(status.split(separator: "\n").first { $0.hasPrefix("Umask:") }.map(String.init))
    }

    @Test func `a socket is private before anybody can connect, and the mask of the process stays`() throws {
        let before = try mask()
        let descriptor = try bindPrivateSocket(path)
        defer {
            close(descriptor)
            try? FileManager.default.removeItem(atPath: path)
        }
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
        #expect(try mask() == before)
    }

    @Test(arguments: ["/tmp/no-such-folder-\(UUID().uuidString)/a.sock", "/tmp/" + String(repeating: "x", count: 200)])
    func `a socket that cannot be bound is said, and the mask of the process stays`(_ path: String) async throws {
        let before = try mask()
        let server = AdministrationServer(
            path: path, group: MultiThreadedEventLoopGroup.singleton,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        ) { $0 }
        await #expect(throws: IOError.self) { try await server.run() }
        #expect(try mask() == before)
    }
}
