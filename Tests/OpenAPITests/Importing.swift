import Documents
import Foundation
import JSON
import OpenAPI

/// Imports a text, with files beside it by their relative path.
func imported(
    _ text: String, files: [String: String] = [:], options: ImportOptions = ImportOptions()
) throws -> OpenAPIImport {
    let root = try SourceDocument.parse(Array(text.utf8), file: "specs/root.yaml")
    return OpenAPIImporter.importDocument(root, options: options) { path throws(Diagnostic) in
        guard let text = files[path] else { return nil }
        return try SourceDocument.parse(Array(text.utf8), file: path)
    }
}

/// Imports a file of the disk, with what lies beside it.
func imported(contentsOf file: URL, options: ImportOptions = ImportOptions()) throws -> OpenAPIImport {
    let folder = file.deletingLastPathComponent()
    let root = try SourceDocument.parse([UInt8](try Data(contentsOf: file)), file: file.lastPathComponent)
    return OpenAPIImporter.importDocument(root, options: options) { path throws(Diagnostic) in
        guard let data = try? Data(contentsOf: folder.appending(path: path)) else { return nil }
        return try SourceDocument.parse([UInt8](data), file: path)
    }
}

/// An OpenAPI 3.0 document with one operation, given as YAML that is indented by four.
func operation(
    _ yaml: String, version: String = "3.0.3", path: String = "/things", method: String = "get",
    rest: String = "", options: ImportOptions = ImportOptions()
) throws -> OpenAPIImport {
    let key = version == "2.0" ? "swagger: \"2.0\"" : "openapi: \(version)"
    let indented = yaml.split(separator: "\n", omittingEmptySubsequences: false).map { "      " + $0 }
    let text = """
        \(key)
        info: {title: T, version: "1"}
        paths:
          \(path):
            \(method):
        \(indented.joined(separator: "\n"))
        \(rest)
        """
    return try imported(text, options: options)
}

extension OpenAPIImport {
    func operation(_ name: String) -> OperationDraft? {
        operations.first { $0.name == name }
    }

    var codes: [String] { diagnostics.map(\.code) }
}

extension OperationDraft {
    func property(_ name: String) -> JSONValue? { inputSchema["properties"]?[name] }
    var arguments: [String] { parameters.map(\.argument) }
}
