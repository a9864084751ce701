import Documents
import JSON

/// Reads a whole document: version, what concerns all operations, then each operation by itself.
struct DocumentReader {
    private let documents: DocumentSet
    private let ledger: DiagnosticLedger
    private let options: ImportOptions
    private let root: Located

    init(root: SourceDocument, options: ImportOptions, load: @escaping DocumentSet.Load) {
        ledger = DiagnosticLedger(limit: options.limits.diagnostics)
        documents = DocumentSet(root: root, limit: options.limits.files, ledger: ledger, load: load)
        self.options = options
        self.root = Located(value: root.value, site: .root)
    }

    func read() -> OpenAPIImport {
        var result = OpenAPIImport()
        var sites: [Site] = []
        if let version = version(&result.openAPIVersion) {
            result.title = CleanText.line(root.value["info"]?["title"]?.string ?? "", limit: 200)
            let infoVersion = root.value["info"]?["version"]
            result.version = CleanText.line(infoVersion?.string ?? infoVersion?.number?.text ?? "", limit: 100)
            result.servers = ServerReader.read(root.value, version: version)
            let security = SecurityReader(documents: documents, ledger: ledger, version: version)
            result.securitySchemes = security.schemes()
            let library = SchemaLibrary(version: version, documents: documents, ledger: ledger, options: options)
            let reader = OperationReader(
                documents: documents, library: library, ledger: ledger, security: security,
                schemes: result.securitySchemes)
            let found = findOperations(version)
            result.operationCount = found.count
            let names = ToolNames.assign(found.map(subject))
            reportRepeatedIDs(found)
            for (found, name) in zip(found, names) {
                do throws(OperationProblem) {
                    result.operations.append(try reader.read(found, name: name))
                    sites.append(found.operation.site)
                } catch {
                    ledger.report(
                        .error, code: error.code, "\(found.label) is skipped: \(error.message)", hint: error.hint,
                        at: error.site)
                }
            }
        }
        RepeatedNames(documents: documents).report(to: ledger)
        let (diagnostics, positions) = ledger.resolve(files: documents.files, further: sites)
        result.diagnostics = diagnostics
        for (index, site) in sites.enumerated() { result.operations[index].position = positions[site] }
        return result
    }

    // MARK: - Version

    /// - Returns: nil when the document is none that can be read, which is then reported.
    private func version(_ text: inout String) -> SpecificationVersion? {
        guard root.value.object != nil else {
            ledger.report(
                .error, code: "not-an-object", "the document is of type \(root.value.typeName) instead of object",
                at: .root)
            return nil
        }
        guard
            let (key, value) = ["openapi", "swagger"].lazy.compactMap({ key in root.value[key].map { (key, $0) } })
                .first
        else {
            ledger.report(
                .error, code: "version-missing", "the document names no version of OpenAPI",
                hint: "Start it with openapi: 3.1.0, or swagger: \"2.0\".", at: .root)
            return nil
        }
        // YAML reads an unquoted 2.0 as a number.
        text = CleanText.line(value.string ?? value.number?.text ?? "", limit: 50)
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        switch (key, parts.first, parts.dropFirst().first) {
        case ("swagger", "2", "0"?): return .v2
        case ("openapi", "3", "0"?): return .v3_0
        case ("openapi", "3", "1"?): return .v3_1
        case ("openapi", "3", "2"?):
            ledger.report(
                .warning, code: "version-newer", "OpenAPI 3.2 is read as 3.1; what only 3.2 knows is left out",
                at: Site.root.appending(key))
            return .v3_1
        default:
            ledger.report(
                .error, code: "version-unsupported", "OpenAPI \(CleanText.quoted(text)) cannot be read",
                hint: "Convert the document to 2.0, 3.0 or 3.1.", at: Site.root.appending(key))
            return nil
        }
    }

    // MARK: - Operations

    private static let methods = ["get", "put", "post", "delete", "options", "head", "patch", "trace"]

    private func findOperations(_ version: SpecificationVersion) -> [OperationReader.Found] {
        guard let declared = root["paths"] else {
            if version < .v3_1 {
                ledger.report(.error, code: "paths-missing", "the document has no paths", at: .root)
            } else {
                ledger.report(
                    .note, code: "paths-missing", "the document has no paths, so it yields no tools", at: .root)
            }
            return []
        }
        guard let paths = try? documents.follow(declared), let object = paths.value.object else {
            ledger.report(.error, code: "paths", "the paths are no object", at: declared.site)
            return []
        }
        var found: [OperationReader.Found] = []
        for member in object where !member.key.hasPrefix("x-") {
            let item = Located(value: member.value, site: paths.site.appending(member.key))
            for operation in operations(member.key, item) {
                guard found.count < options.limits.operations else {
                    ledger.report(
                        .error, code: "too-many-operations",
                        "the document has more than \(options.limits.operations) operations; the rest is left out",
                        at: operation.operation.site)
                    return found
                }
                found.append(operation)
            }
        }
        return found
    }

    private func operations(_ path: String, _ item: Located) -> [OperationReader.Found] {
        var layers = [item]
        if let reference = item.value["$ref"]?.string {
            do throws(DocumentSet.Failure) {
                layers.insert(try documents.follow(item), at: 0)
            } catch {
                ledger.report(
                    .error, code: error.code,
                    "the path \(CleanText.quoted(path)) is skipped: "
                        + "the reference \(CleanText.quoted(reference)) \(error.message)",
                    hint: error.hint, at: item.site)
            }
        }
        guard layers.allSatisfy({ $0.value.object != nil }) else {
            if !item.value.isNull {
                ledger.report(
                    .error, code: "path-item", "the path \(CleanText.quoted(path)) is skipped: it is no object",
                    at: item.site)
            }
            return []
        }
        // What stands beside a reference replaces what it leads to.
        return layers.flatMap { layer in
            (layer.value.object ?? [:]).compactMap { member -> OperationReader.Found? in
                guard Self.methods.contains(member.key), layer[member.key] != nil else { return nil }
                if layers.count > 1, layer.site != layers.last?.site, layers.last?[member.key] != nil { return nil }
                let operation = Located(value: member.value, site: layer.site.appending(member.key))
                return OperationReader.Found(
                    method: member.key.uppercased(), path: path, operation: operation, pathItem: layers)
            }
        }
    }

    private func subject(_ found: OperationReader.Found) -> ToolNames.Subject {
        let operation = (try? documents.follow(found.operation)) ?? found.operation
        return ToolNames.Subject(
            method: found.method, path: found.path, operationID: operation.value["operationId"]?.string)
    }

    private func reportRepeatedIDs(_ found: [OperationReader.Found]) {
        var seen: Set<String> = []
        for found in found {
            if let id = subject(found).operationID, !ToolNames.isASCII(id) {
                ledger.report(
                    .warning, code: "operation-id-letters",
                    "\(found.label): the operationId \(CleanText.quoted(id)) has letters beyond a–z, so the tool is named after method and path",
                    at: found.operation.site)
            }
            guard let id = subject(found).operationID, !seen.insert(id).inserted else { continue }
            ledger.report(
                .warning, code: "operation-id-repeated",
                "\(found.label): the operationId \(CleanText.quoted(id)) belongs to another operation too",
                at: found.operation.site)
        }
    }
}
