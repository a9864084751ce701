import Foundation
import HTTPTypes
import HummingbirdTesting
import JSON
import Testing
import acme

struct ServeTests {
    @Test func `the same over a socket`() async throws {
        try await Product.run(.live) { product async throws in
            #expect(try await product.get("/customers").items.count == 10)
            #expect(try await product.get("/customers", as: nil).isProblem(401))
            let body = #"{"amount":1,"currency":"EUR"}"#
            #expect(try await product.post("/payments/pay_north_01/refunds", body).status == 201)
        }
    }

    /// The command itself: one line when ready, seeded, gone after SIGTERM with exit code 0.
    @Test(.timeLimit(.minutes(1)))
    func `serve announces its port and ends on SIGTERM`() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let database = folder.appendingPathComponent("acme.sqlite").path
        let server = try Command(["serve", "--port", "0", "--database", database, "--seed"])
        defer { server.process.terminate() }

        let line = await server.output.first { _ in true }
        let prefix = "acme: listening on http://127.0.0.1:"
        let port = try #require(line.flatMap { $0.hasPrefix(prefix) ? Int($0.dropFirst(prefix.count)) : nil })
        try await TestClient.withClient(host: "127.0.0.1", port: port) { client in
            let headers: HTTPFields = [try #require(HTTPField.Name("X-Api-Key")): Seed.people[0].apiKey]
            let response = try await client.get("/me", headers: headers)
            #expect(response.status == .ok)
        }
        server.process.terminate()
        #expect(await server.exitCode() == 0)
        #expect(await server.output.first { _ in true } == nil)
    }

    @Test(.timeLimit(.minutes(1)))
    func `keys prints the users as JSON`() async throws {
        let command = try Command(["keys"])
        var text = ""
        for await line in command.output { text += line + "\n" }
        #expect(await command.exitCode() == 0)
        let people = try #require(try JSONParser.parse(text).array)
        #expect(people.compactMap { $0["name"]?.string } == ["ana", "ben", "cleo"])
        #expect(people.compactMap { $0["api_key"]?.string } == Seed.people.map(\.apiKey))
        #expect(people.compactMap { $0["tenant_id"]?.string } == ["acme-north", "acme-north", "acme-south"])
    }
}

/// The built `acme`, which lies next to the test bundle.
private struct Command {
    let process = Process()
    /// Lines of standard output.
    let output: AsyncStream<String>
    private let exits: AsyncStream<Int32>

    init(_ arguments: [String]) throws {
        let bundle = URL(fileURLWithPath: CommandLine.arguments.first ?? "")
        process.executableURL = bundle.deletingLastPathComponent().appendingPathComponent("acme")
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice

        let (lines, lineContinuation) = AsyncStream.makeStream(of: String.self)
        let (exits, exitContinuation) = AsyncStream.makeStream(of: Int32.self)
        output = lines
        self.exits = exits
        process.terminationHandler = { process in
            exitContinuation.yield(process.terminationReason == .exit ? process.terminationStatus : -1)
            exitContinuation.finish()
        }
        try process.run()
        Thread.detachNewThread {
            var pending: [UInt8] = []
            while true {
                let chunk = pipe.fileHandleForReading.availableData
                if chunk.isEmpty { break }
                pending += chunk
                while let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
                    lineContinuation.yield(String(decoding: pending[..<end], as: UTF8.self))
                    pending.removeSubrange(...end)
                }
            }
            lineContinuation.finish()
        }
    }

    func exitCode() async -> Int32? {
        await exits.first { _ in true }
    }
}
