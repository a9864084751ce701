import ArgumentParser
import Documents
import Foundation
import OpenAPI
import Settings

struct InitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Write a first configuration for an OpenAPI document.")

    @Argument(help: "The OpenAPI document (2.0, 3.0 or 3.1; JSON or YAML).")
    var spec: String

    @Option(name: [.short, .long], help: "Where to write the configuration; '-' for standard output.")
    var output = "sallyport.yaml"

    @Option(help: "The source's name; made from the document's file name otherwise.")
    var source: String?

    @Flag(help: "Replace an existing file.")
    var force = false

    func run() async throws {
        let imported = try readDocument(spec, tellsAll: true).imported
        let text = initialConfiguration(
            for: imported, documentPath: relativePath, source: source ?? sourceName)
        if output == "-" {
            show(text)
        } else {
            if !force, FileManager.default.fileExists(atPath: output) {
                throw CommandError(
                    "'\(output)' is there already", hint: "Use --force to replace it, or --output for another name.")
            }
            guard FileManager.default.createFile(atPath: output, contents: Data(text.utf8)) else {
                throw CommandError("'\(output)' cannot be written")
            }
            note(
                "\(output): \(imported.operations.count) of \(imported.operationCount) operations are tools. Next: sallyport check"
            )
        }
    }

    /// The document's path as seen from the folder of the output.
    private var relativePath: String {
        let folder = output == "-" ? "." : (output as NSString).deletingLastPathComponent
        let base = URL(fileURLWithPath: folder.isEmpty ? "." : folder).standardizedFileURL.pathComponents
        let target = URL(fileURLWithPath: spec).standardizedFileURL.pathComponents
        let common = zip(base, target).prefix { $0 == $1 }.count
        let up = Array(repeating: "..", count: base.count - common)
        return (up + target.dropFirst(common)).joined(separator: "/")
    }

    private var sourceName: String {
        let stem = (((spec as NSString).lastPathComponent) as NSString).deletingPathExtension.lowercased()
        let name = String(stem.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" }.prefix(24))
        return name.isEmpty || ["openapi", "swagger", "spec", "api"].contains(name) ? "api" : name
    }
}
