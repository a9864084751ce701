import Core
package import Documents
import JSON
package import OpenAPI
package import Report
import Risk

/// What a report needs to know of a document that was imported.
///
/// - Parameters:
///   - document: the document itself, for texts as they were before they were cleaned.
///   - bytes: its file.
package func scanFacts(
    _ imported: OpenAPIImport, _ document: SourceDocument, bytes: [UInt8]
) async -> DocumentFacts {
    let view = DocumentView(imported, document)
    async let digest = Digest(of: bytes).hex
    let tools = await withTaskGroup(of: (Int, [ScannedTool]).self) { group in
        for start in stride(from: 0, to: imported.operations.count, by: 64) {
            let drafts = imported.operations[start..<min(start + 64, imported.operations.count)]
            group.addTask { (start, drafts.map(view.tool)) }
        }
        var parts: [(start: Int, tools: [ScannedTool])] = []
        for await part in group { parts.append(part) }
        return parts.sorted { $0.start < $1.start }.flatMap(\.tools)
    }
    return await DocumentFacts(
        title: imported.title, version: imported.version, openAPIVersion: imported.openAPIVersion, file: document.file,
        digest: digest, tools: tools, operationCount: imported.operationCount,
        skipped: imported.diagnostics.filter { $0.severity == .error }.map {
            DocumentFacts.Skipped(code: $0.code, message: $0.message, file: $0.file, line: $0.position?.line)
        })
}

/// What the operations of a document have in common.
private struct DocumentView: Sendable {
    let document: SourceDocument
    let securitySchemes: [SecurityScheme]
    let schemes: [String: SecurityScheme]
    let isSecurityApplied: Bool

    init(_ imported: OpenAPIImport, _ document: SourceDocument) {
        self.document = document
        securitySchemes = imported.securitySchemes
        schemes = Dictionary(imported.securitySchemes.map { ($0.name, $0) }) { first, _ in first }
        isSecurityApplied = imported.operations.contains { !$0.security.isEmpty }
    }

    func tool(_ draft: OperationDraft) -> ScannedTool {
        ScannedTool(
            name: draft.name, method: draft.method, path: draft.path, summary: draft.summary,
            description: draft.description, tags: draft.tags, isDeprecated: draft.isDeprecated,
            risk: classify(RiskSubject(draft)), schemes: draft.accessSchemes,
            permissions: draft.security.flatMap { $0.parts.flatMap(\.scopes) }.unique,
            scope: proposeScope(draft, schemes: securitySchemes, isSecurityApplied: isSecurityApplied).proposed,
            declaresAnswer: draft.outputSchema.map(namesFields) ?? false,
            openArguments: draft.parameters.filter { isOpen($0.schema) }.map(\.argument),
            secretsInAddress: draft.secretsInAddress(schemes),
            flaws: draft.texts(in: document).flatMap { findTextFlaws(in: $0) },
            file: draft.file, line: draft.position?.line)
    }
}

extension Scope {
    fileprivate var proposed: ScannedTool.ProposedScope {
        switch kind {
        case .userCredential: .userCredential
        case .bound: .bound
        case .serviceWide, .undeclared: .undeclared
        }
    }
}

extension OperationDraft {
    /// The schemes of the alternatives that ask for something; none where one alternative asks for nothing.
    fileprivate var accessSchemes: [String] {
        guard security.allSatisfy({ !$0.parts.isEmpty }) else { return [] }
        return security.flatMap { $0.parts.map(\.scheme) }.unique
    }

    /// Parameters, and keys of security schemes, that put a secret into path or query.
    fileprivate func secretsInAddress(_ schemes: [String: SecurityScheme]) -> [String] {
        let parameters = parameters.filter { parameter in
            guard parameter.location == .query || parameter.location == .path else { return false }
            return parameter.schema["format"]?.string == "password" || isNameOfSecret(parameter.name)
        }
        let keys = accessSchemes.compactMap { name -> String? in
            guard case .apiKey(let key, .query) = schemes[name]?.kind else { return nil }
            return key
        }
        return (parameters.map(\.name) + keys).unique
    }

    /// Summary and description as they stand in the document, where it is at hand.
    fileprivate func texts(in document: SourceDocument) -> [String] {
        guard file == document.file, let operation = document.value[pointer]?.object else {
            return [summary, description]
        }
        return ["summary", "description"].compactMap { operation[$0]?.string }
    }
}

/// Names that mean a secret wherever they stand. A `page_token` is none.
private func isNameOfSecret(_ name: String) -> Bool {
    let plain = String(name.lowercased().filter { $0 != "_" && $0 != "-" })
    return [
        "password", "passwd", "secret", "clientsecret", "accesstoken", "apikey", "apitoken", "authtoken",
        "refreshtoken",
        "privatekey", "sessiontoken", "secretkey",
    ].contains(plain)
}

/// Whether a schema names the fields of its objects, so that others can be told from them.
private func namesFields(_ schema: JSONValue) -> Bool {
    guard let object = schema.object, !object.isEmpty else { return false }
    if let properties = object["properties"]?.object { return !properties.isEmpty }
    if let items = object["items"] { return namesFields(items) }
    if ["$ref", "allOf", "anyOf", "oneOf", "enum", "const"].contains(where: { object.contains($0) }) { return true }
    guard let type = object["type"]?.string else { return false }
    return type != "object" && type != "array"
}

/// Whether a schema takes anything, or an object with anything in it.
private func isOpen(_ schema: JSONValue) -> Bool {
    guard let object = schema.object else { return schema.bool == true }
    let says = [
        "properties", "additionalProperties", "patternProperties", "$ref", "allOf", "anyOf", "oneOf", "enum", "const",
        "items", "not",
    ]
    if says.contains(where: { object.contains($0) }) { return false }
    guard let type = object["type"] else { return true }
    return type.string == "object" || type.string == "array"
}

extension [String] {
    /// Each once, where it stood first.
    fileprivate var unique: [String] {
        var seen: Set<String> = []
        return filter { seen.insert($0).inserted }
    }
}
