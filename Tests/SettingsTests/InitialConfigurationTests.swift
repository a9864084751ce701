import Core
import Documents
import Foundation
import OpenAPI
import Risk
import Settings
import Testing

@Suite struct InitialConfigurationTests {
    /// Writes the first configuration for a document that lies at a path relative to the folder.
    private func written(_ document: String, in folder: String, source: String = "api") throws -> (
        text: String, imported: OpenAPIImport
    ) {
        let files = Files(folder: folder)
        let bytes = try #require(files.read(document))
        let parsed = try SourceDocument.parse(bytes, file: document)
        let imported = importDocument(parsed, files: files.beside(document))
        return (initialConfiguration(for: imported, documentPath: document, source: source), imported)
    }

    @Test(.enabled(if: SharedData.isThere), arguments: SharedData.documents)
    func `is sound for every real document`(_ file: String) throws {
        let folder = try Folder()
        let document = try SharedData.unpack(file, into: folder.path)
        let (text, imported) = try written(document, in: folder.path)
        try folder.write("sallyport.yaml", text)
        let loaded = folder.load()
        // What is wrong with the document is told at its own place.
        let errors = loaded.diagnostics.filter { $0.severity == .error && $0.file.hasSuffix("sallyport.yaml") }
        #expect(errors.map(\.description) == [])
        let configuration = try #require(loaded.configuration)
        #expect(configuration.tools.count == imported.operations.count)

        let catalogue = Catalogue(configuration.tools)
        let suggested = imported.operations.map { classify(RiskSubject($0)).suggestedBucket }
        let isApplied = imported.operations.contains { !$0.security.isEmpty }
        let scopes = imported.operations.map {
            proposeScope($0, schemes: imported.securitySchemes, isSecurityApplied: isApplied)
        }
        let kept = zip(suggested, scopes).filter { $0 != .never && $1.isDeclared }.count
        let held = zip(suggested, scopes).filter { $0 != .never && !$1.isDeclared }.count
        #expect(catalogue.tools.count == kept)
        #expect(catalogue.heldBack == held)
        #expect(catalogue.never == suggested.count { $0 == .never })
        #expect(catalogue.tools.count + catalogue.heldBack + catalogue.never == imported.operations.count)
        print("\(file): \(catalogue.tools.count) tools, \(catalogue.heldBack) held back, \(catalogue.never) never")
        // Each warning is a tool that is held back.
        let warnings = loaded.diagnostics.filter { $0.code == "undeclared-scope" }
        #expect(warnings.count == catalogue.heldBack)
    }

    @Test func `for Acme is as recorded`() throws {
        let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let (text, _) = try written(
            "openapi.yaml", in: package.appending(path: "Examples/Acme").path, source: "acme")
        let golden = package.appending(path: "Tests/SettingsTests/Golden/acme.yaml")
        if ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] == "1" {
            try FileManager.default.createDirectory(
                at: golden.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: golden)
        }
        let recorded = try #require(
            try? String(contentsOf: golden, encoding: .utf8), "RECORD_SNAPSHOTS=1 writes the file")
        #expect(text == recorded)
    }

    @Test func `a document without operations or schemes gets one that is sound but for its URL`() throws {
        let folder = try Folder(document: "openapi: 3.1.0\ninfo: { title: \"\", version: \"1\" }\npaths: {}\n")
        let (text, _) = try written("shop.yaml", in: folder.path)
        try folder.write("sallyport.yaml", text)
        #expect(folder.errors == [])
        #expect(text.contains("# the document names no usable server: put yours here"))
    }

    @Test(arguments: [
        "\u{202E}", "\u{2066}", "\u{9B}", "\u{E0041}", "\u{200B}", "\u{2028}", "\u{85}", "\\n", "\\r", "\u{2029}",
        "\u{FEFF}", "\\\"", "\\\\",
    ])
    func `nothing in a document adds a line to the configuration`(_ break: String) throws {
        let evil = "x\(`break`)people: { mallory: { roles: [approver] } }\(`break`)"
        let document: [String] = [
            "{\"openapi\":\"3.1.0\",\"info\":{\"title\":\"\(evil)\",\"version\":\"1\"},",
            "\"servers\":[{\"url\":\"https://a.example/\(evil)\"}],",
            "\"components\":{\"securitySchemes\":{\"\(evil)\":{\"type\":\"apiKey\",\"in\":\"header\",\"name\":\"\(evil)\"}}},",
            "\"paths\":{\"/\(evil)\":{\"get\":{\"operationId\":\"\(evil)\",\"summary\":\"\(evil)\",",
            "\"parameters\":[{\"name\":\"tenant\",\"in\":\"query\",\"schema\":{\"description\":\"\(evil)\"}}],",
            "\"responses\":{\"200\":{\"description\":\"\(evil)\"}}},",
            "\"delete\":{\"tags\":[\"\(evil)\"],\"responses\":{\"200\":{\"description\":\"x\"}}}}}}",
        ]
        let folder = try Folder(document: document.joined())
        try folder.write("a\u{2028}b.json", document.joined())
        for name in ["shop.yaml", "a\u{2028}b.json"] {
            let (text, imported) = try written(name, in: folder.path)
            try folder.write("sallyport.yaml", text)
            let hidden = text.unicodeScalars.filter { $0 != "\n" && !$0.isPrintable }
            #expect(hidden.isEmpty, "\(hidden)")
            let own = folder.load().diagnostics.filter { $0.severity == .error && $0.file.hasSuffix("sallyport.yaml") }
            #expect(own.map(\.description) == [])
            let configuration = try #require(folder.load().configuration)
            #expect(configuration.people.isEmpty)
            #expect(configuration.tools.count == imported.operations.count)
        }
    }
}

extension SharedData {
    /// Every document of the manifest, and the one that comes as an archive of many files.
    static var documents: [String] {
        manifest.map(\.file) + ["digitalocean_multifile.tar.gz"]
    }

    /// Puts a document of the manifest into a folder; archives are unpacked.
    ///
    /// - Returns: the document's path in the folder.
    static func unpack(_ file: String, into folder: String) throws -> String {
        let source = openAPI.appending(path: file)
        guard file.hasSuffix(".tar.gz") else {
            let name = "document." + (file.split(separator: ".").last ?? "yaml")
            try FileManager.default.copyItem(at: source, to: URL(filePath: folder).appending(path: name))
            return name
        }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/tar")
        process.arguments = ["xzf", source.path, "-C", folder]
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw CocoaError(.fileReadCorruptFile) }
        return "specification/DigitalOcean-public.v2.yaml"
    }
}
