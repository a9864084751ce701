import ArgumentParser
import Documents
import OpenAPI
import Settings

/// Reads and imports an OpenAPI document for a command.
///
/// - Parameter tellsAll: whether problems are told on standard error although operations could be read.
/// - Throws: status 1, with the problems told, for a file that is no such document.
func readDocument(
    _ spec: String, tellsAll: Bool = false
) throws -> (document: SourceDocument, bytes: [UInt8], imported: OpenAPIImport) {
    let files = Files(folder: ".")
    guard let bytes = files.read(spec) else { throw CommandError("'\(spec)' cannot be read") }
    let document: SourceDocument
    do throws(Diagnostic) {
        document = try SourceDocument.parse(bytes, file: spec)
    } catch {
        note(error.shown)
        throw ExitCode(1)
    }
    let imported = importDocument(document, files: files.beside(spec))
    let isUsable = imported.operationCount > 0 || !imported.diagnostics.contains { $0.severity == .error }
    if tellsAll || !isUsable {
        for diagnostic in imported.diagnostics { note(diagnostic.shown) }
    }
    guard isUsable else { throw ExitCode(1) }
    return (document, bytes, imported)
}
