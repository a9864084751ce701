import Documents
import Foundation
import JSON
import OpenAPI
import TestSupport
import Testing

@Suite(.enabled(if: SharedData.isThere))
struct RealDocumentTests {
    /// Operations that cannot become a tool, by document, and why.
    private static let skipped: [String: (count: Int, why: String)] = [
        "okta_management.yaml": (1, "one takes application/secevent+jwt only"),
        "square.json": (3, "three use a schema that the document does not define"),
        "redocly_petstore-with-errors.yaml": (1, "one parameter is \"in: quer\""),
    ]

    @Test(arguments: SharedData.manifest.map(\.file))
    func `every document imports with every operation accounted for`(_ file: String) throws {
        let result = try imported(contentsOf: SharedData.openAPI.appending(path: file))
        let expected = try #require(SharedData.manifest.first { $0.file == file }).operations
        #expect(result.operationCount == expected)
        #expect(result.operations.count == expected - (Self.skipped[file]?.count ?? 0))
        for diagnostic in result.diagnostics where diagnostic.severity == .error { print(diagnostic) }
        #expect(result.diagnostics.allSatisfy { $0.position != nil })
        #expect(Set(result.operations.map(\.name)).count == result.operations.count)
        for draft in result.operations { try check(draft) }
    }

    @Test func `one document in 2,907 files`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "openapi-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let tar = Process()
        tar.executableURL = URL(filePath: "/usr/bin/tar")
        tar.arguments = [
            "xzf", SharedData.openAPI.appending(path: "digitalocean_multifile.tar.gz").path, "-C", folder.path,
        ]
        try tar.run()
        tar.waitUntilExit()
        let result = try imported(contentsOf: folder.appending(path: "specification/DigitalOcean-public.v2.yaml"))
        #expect(result.operationCount == 659)
        #expect(result.operations.count == 659)
        #expect(result.diagnostics.isEmpty)
        for draft in result.operations { try check(draft) }
    }

    @Test func `every file of the suites ends in an import or a located refusal`() throws {
        var found = 0
        var imported = 0
        for file in SharedData.suiteFiles {
            do {
                let result = try OpenAPITests.imported(contentsOf: file)
                found += result.operationCount
                imported += result.operations.count
                #expect(!result.operations.isEmpty || !result.diagnostics.isEmpty || result.operationCount == 0)
                for diagnostic in result.diagnostics where diagnostic.position == nil {
                    Issue.record("no place: \(file.lastPathComponent): \(diagnostic)")
                }
                for draft in result.operations { try check(draft) }
            } catch let diagnostic as Diagnostic {
                #expect(diagnostic.position != nil, "\(diagnostic)")
            }
        }
        #expect(found > 1_500)
        #expect(imported > 1_300)
    }

    // MARK: - What holds for every draft

    private func check(_ draft: OperationDraft) throws {
        let place = Comment(rawValue: "\(draft.method) \(draft.path)")
        #expect((1...48).contains(draft.name.utf8.count), place)
        #expect(draft.inputSchema["type"] == "object", place)
        #expect(draft.inputSchema["additionalProperties"] == false, place)
        #expect(draft.position != nil, place)
        let properties = try #require(draft.inputSchema["properties"]?.object)
        #expect(properties.map(\.key) == draft.parameters.map(\.argument), place)
        // Shared definitions are in many of them; a part of the operations shows all.
        guard draft.name.utf8.reduce(0, { $0 &+ Int($1) }) % 4 == 0 else { return }
        #expect(Self.complaint(draft.inputSchema) == nil, place)
        if let output = draft.outputSchema { #expect(Self.complaint(output) == nil, place) }
    }

    /// What keeps a schema from standing by itself.
    private static func complaint(_ root: JSONValue) -> String? {
        var names: Set<String> = []
        for member in root["$defs"]?.object ?? [:] { names.insert(member.key) }
        if names.count != root["$defs"]?.object?.count ?? 0 { return "a definition is there twice" }
        var complaint: String?
        var used: Set<String> = []
        func walk(_ schema: JSONValue) {
            guard let object = schema.object else {
                if schema.bool == nil { complaint = "\(schema.typeName) instead of a schema" }
                return
            }
            for member in object {
                switch member.key {
                case "$ref":
                    guard let reference = member.value.string, reference.hasPrefix("#/$defs/"),
                        names.contains(String(reference.dropFirst(8)))
                    else { return complaint = "reference \(member.value.text)" }
                    used.insert(String(reference.dropFirst(8)))
                case "properties", "patternProperties", "$defs", "dependentSchemas":
                    for child in member.value.object ?? [:] { walk(child.value) }
                case "allOf", "anyOf", "oneOf", "prefixItems": for child in member.value.array ?? [] { walk(child) }
                case "items", "additionalProperties", "not", "if", "then", "else", "contains", "propertyNames":
                    walk(member.value)
                case "type":
                    let isArray = member.value == "array" || member.value.array?.contains("array") == true
                    if isArray && object["items"] == nil && object["prefixItems"] == nil { complaint = "no items" }
                case "nullable", "example", "xml", "discriminator", "externalDocs", "readOnly", "writeOnly":
                    complaint = member.key
                case "exclusiveMinimum", "exclusiveMaximum":
                    if member.value.number == nil { complaint = member.key }
                default: if member.key.hasPrefix("x-") { complaint = member.key }
                }
            }
        }
        walk(root)
        return complaint ?? (used.isSubset(of: names) && names.isSubset(of: used) ? nil : "unused definitions")
    }
}
