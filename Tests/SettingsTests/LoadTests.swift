import Core
import Documents
import Foundation
import Settings
import Testing

@Suite struct LoadTests {
    @Test func `a sound configuration has no problem`() throws {
        let folder = try Folder()
        #expect(folder.errors == [])
        #expect(folder.warnings == [])
        #expect(
            folder.notes == [
                "sallyport.yaml:13: note: 1 operations of the document are not listed here and are never tools\n"
                    + "    hint: 'sallyport init' writes an entry for each."
            ])
        #expect(folder.load().configuration != nil)
    }

    @Test func `all problems are told at once in the order of the file`() throws {
        let folder = try Folder(
            Folder.configuration
                .with("listen: 127.0.0.1:8080", "lisen: 127.0.0.1:8080")
                .with("  ben: { roles: [manager] }", "  ben: manager")
                .with("url: https://shop.example", "url: shop.example")
                .with("create_order: {", "creat_order: {")
                .with("effect: allow", "effect: permit")
                .with("approvers: [manager]", "approvers: []"))
        let lines = folder.load().diagnostics.filter { $0.severity == .error }.map { $0.position?.line }
        #expect(lines == [2, 7, 11, 15, 20, 22])
        #expect(folder.load().configuration == nil)
    }

    @Test func `a tool without a scope is a warning and no error`() throws {
        let folder = try Folder(
            Folder.configuration.with("{ bucket: write, scope: user-credential }", "{ bucket: write }"))
        #expect(folder.errors == [])
        #expect(
            folder.warnings == [
                "sallyport.yaml:15: warning: 'create_order' has no scope, so it is not listed and not callable\n"
                    + "    hint: Declare user-credential, { bound: { argument: tenant } } or { service-wide: \"reason\" }."
            ])
        #expect(folder.load().configuration != nil)
    }

    @Test func `no file is an error that says how to get one`() throws {
        let loaded = load("/nowhere/sallyport.yaml")
        #expect(loaded.configuration == nil)
        #expect(
            loaded.diagnostics.map(\.description) == [
                "/nowhere/sallyport.yaml: error: the configuration cannot be read\n"
                    + "    hint: 'sallyport init SPEC' writes one."
            ])
    }

    @Test(arguments: [
        ("sources: [", 1), ("version: 1\n\tlisten: x\n", 2), ("a: 1\n--- \nb: 2\n", 2), ("a: *b\n", 1),
        (String(repeating: "[", count: 200), 1), ("", 1),
    ])
    func `what is no YAML is one located error`(_ text: String, _ line: Int) throws {
        let loaded = try Folder(text).load()
        #expect(loaded.configuration == nil)
        #expect(loaded.diagnostics.count == 1)
        #expect(loaded.diagnostics.first?.severity == .error)
        #expect(loaded.diagnostics.first?.position?.line == line)
    }

    @Test func `bytes that are no text are refused`() throws {
        let folder = try Folder()
        try Data([0x61, 0x3A, 0x20, 0xFF, 0x0A]).write(to: URL(filePath: folder.path + "/sallyport.yaml"))
        #expect(folder.load().diagnostics.map(\.code) == ["not-utf8"])
    }

    @Test(arguments: ["7", "[]", "text", "null"]) func `a file that is no mapping is refused`(_ text: String) throws {
        let loaded = try Folder(text + "\n").load()
        #expect(loaded.configuration == nil)
        #expect(loaded.diagnostics.map(\.code) == ["wrong-type"])
    }

    @Test func `a broken document is located in the configuration and keeps the other problems`() throws {
        let folder = try Folder(Folder.configuration.with("effect: allow", "effect: permit"), document: "paths: [")
        #expect(folder.errors.count == 2)
        #expect(folder.errors.first?.hasPrefix("sallyport.yaml:10: error: the document cannot be used: ") == true)
        #expect(folder.errors.last?.hasPrefix("sallyport.yaml:20: error: ") == true)
    }

    @Test func `an operation that cannot be represented is told and costs only itself`() throws {
        let folder = try Folder(
            document: Folder.document.with(
                "operationId: exportAll", "operationId: exportAll\n      parameters: [{ name: x, in: nowhere }]"))
        let configuration = try #require(folder.load().configuration)
        #expect(configuration.tools.map(\.name) == ["list_orders", "create_order", "delete_order"])
        #expect(folder.errors.count == 1)
        #expect(folder.errors.first?.hasPrefix("shop.yaml:") == true)
    }

    @Test func `a document beside the file is found wherever the process stands`() throws {
        let folder = try Folder(Folder.configuration.with("openapi: shop.yaml", "openapi: specs/shop.yaml"))
        try FileManager.default.createDirectory(atPath: folder.path + "/specs", withIntermediateDirectories: true)
        try folder.write("specs/shop.yaml", Folder.document)
        #expect(folder.errors == [])
    }

    @Test func `two sources cannot offer one name`() throws {
        let second = """
              store:
                openapi: shop.yaml
                url: https://store.example
                tools: { list_orders: { bucket: read, scope: { bound: { tenant_id: tenant } } } }
            policy:
            """
        let folder = try Folder(Folder.configuration.with("policy:", second))
        #expect(folder.errors == ["sallyport.yaml:17: error: two sources offer a tool 'list_orders'"])
    }
}
