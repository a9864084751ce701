import ArgumentParser
import Foundation
import JSON
import JSONSchema
import TestSupport
import Testing

@testable import Commands

/// `scan` as it is called: its report, and the status that it ends with.
@Suite struct ScanTests {
    private static let package = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    private static let acme = package.appending(path: "Examples/Acme/openapi.yaml").path

    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "scan-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    /// Runs a scan whose report goes to a file.
    ///
    /// - Returns: the status, and the report.
    private func scan(_ arguments: String...) async throws -> (status: Int32, text: String) {
        defer { try? FileManager.default.removeItem(at: folder) }
        return try await keepingFolder(arguments)
    }

    private func keepingFolder(_ arguments: [String]) async throws -> (status: Int32, text: String) {
        let output = folder.appending(path: "report")
        let command = try #require(
            try Sallyport.parseAsRoot(["scan"] + arguments + ["-o", output.path]) as? ScanCommand)
        func text() -> String { (try? String(contentsOf: output, encoding: .utf8)) ?? "" }
        do {
            try await command.run()
        } catch let status as ExitCode {
            return (status.rawValue, text())
        } catch is CommandError {
            return (1, text())
        }
        return (0, text())
    }

    private func file(_ text: String) throws -> String {
        let path = folder.appending(path: "document-\(UUID().uuidString)").path
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    @Test func `a report is written in each form`() async throws {
        for (format, beginning) in [
            ("text", "Exposure\n"), ("html", "<!doctype html>"), ("markdown", "# Security report"),
            ("json", "{\"format\":\"sallyport-scan/1\""), ("sarif", "{\"$schema\":"),
        ] {
            let (status, text) = try await keepingFolder([Self.acme, "--format", format])
            #expect(status == 0)
            #expect(text.hasPrefix(beginning), "\(format)")
        }
        try FileManager.default.removeItem(at: folder)
    }

    @Test func `the JSON is what the published schema says`() async throws {
        let schema = try Schema.compile(
            JSONParser.parse(
                Array(try Data(contentsOf: Self.package.appending(path: "docs/schemas/scan.schema.json")))))
        let (_, first) = try await keepingFolder([Self.acme, "--json"])
        #expect(schema.isValid(try JSONParser.parse(first)))
        let earlier = try file(first)
        let (_, second) = try await keepingFolder([Self.acme, "--json", "--baseline", earlier])
        let report = try JSONParser.parse(second)
        #expect(report["change"]?["added"] == [])
        #expect(schema.isValid(report))
        #expect(!schema.isValid(["format": "sallyport-scan/2"]))
        try FileManager.default.removeItem(at: folder)
    }

    @Test func `a condition that fails ends with 2`() async throws {
        #expect(try await scan(Self.acme, "--fail-under", "99").status == 2)
    }

    @Test func `conditions that hold end with 0`() async throws {
        #expect(try await scan(Self.acme, "--fail-under", "50", "--fail-on", "critical").status == 0)
    }

    @Test func `a finding as grave as the limit ends with 2`() async throws {
        #expect(try await scan(Self.acme, "--fail-on", "low").status == 2)
    }

    @Test func `what cannot be read ends with 1`() async throws {
        #expect(try await keepingFolder(["/nothing/there.yaml"]).status == 1)
        for text in ["", "{", "hello", "[1, 2]", "openapi: 9.9.9\ninfo: {}\npaths: {}", "{\"swagger\": 7}"] {
            #expect(try await keepingFolder([try file(text)]).status == 1, "\(text)")
        }
        try FileManager.default.removeItem(at: folder)
    }

    @Test func `a document without operations is not rated and ends with 3, whatever is asked`() async throws {
        let empty = try file("openapi: 3.1.0\ninfo: { title: Empty, version: '1' }\npaths: {}\n")
        let (status, text) = try await keepingFolder([empty, "--fail-under", "0"])
        #expect(status == 3)
        #expect(text.contains("Not rated"))
        try FileManager.default.removeItem(at: folder)
    }

    @Test func `a baseline of another form ends with 1`() async throws {
        let other = try file("{\"format\": \"sallyport-scan/99\"}")
        #expect(try await scan(Self.acme, "--baseline", other).status == 1)
    }

    @Test(.enabled(if: SharedData.isThere), arguments: ["stripe_old.yaml", "notion.json", "train_travel_3.1.json"])
    func `a real document is rated, and better behind the gateway`(name: String) async throws {
        let path = SharedData.root.appending(path: "openapi/\(name)").path
        let report = try JSONParser.parse(
            Array(try await scan(path, "--json").text.utf8), options: JSONParser.Options(maxBytes: 64 << 20))
        let before = try #require(report["exposure"]?["as_is"]?["total"]?.int)
        let after = try #require(report["exposure"]?["suggested"]?["total"]?.int)
        #expect(before < after)
    }
}
