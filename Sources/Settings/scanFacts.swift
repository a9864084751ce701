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
    async let secrets = findSecrets(in: bytes)
    let tools = await withTaskGroup(of: (Int, [ScannedTool]).self) { group in
        // Few parts: what a part has seen it need not look at again.
        let size = max(32, imported.operations.count / 6 + 1)
        for start in stride(from: 0, to: imported.operations.count, by: size) {
            let drafts = imported.operations[start..<min(start + size, imported.operations.count)]
            group.addTask {
                var known = KnownTexts()
                return (start, drafts.map { view.tool($0, &known) })
            }
        }
        var parts: [(start: Int, tools: [ScannedTool])] = []
        for await part in group { parts.append(part) }
        return parts.sorted { $0.start < $1.start }.flatMap(\.tools)
    }
    return await DocumentFacts(
        title: imported.title, version: imported.version, openAPIVersion: imported.openAPIVersion, file: document.file,
        digest: digest, tools: tools, operationCount: imported.operationCount,
        skipped: imported.diagnostics.filter { $0.severity == .error }.map { diagnostic in
            DocumentFacts.Skipped(
                // What is skipped stands before the reason: "GET /orders is skipped: …".
                subject: diagnostic.message.split(separator: " is skipped").first.map(String.init) ?? diagnostic.code,
                code: diagnostic.code, message: diagnostic.message, file: diagnostic.file,
                line: diagnostic.position?.line)
        }, secrets: secrets)
}

/// Texts of a file with the form of a secret, each once.
private func findSecrets(in bytes: [UInt8]) -> [DocumentFacts.Secret] {
    var secrets: [DocumentFacts.Secret] = []
    var line = 1
    var counted = 0
    for shape in findTokenShapes(in: bytes.span) {
        let span = bytes.span
        for index in counted..<shape.range.lowerBound { line &+= span[index] == 0x0A ? 1 : 0 }
        counted = shape.range.lowerBound
        let mark = String(Digest(of: bytes[shape.range]).hex.prefix(8))
        if !secrets.contains(where: { $0.mark == mark }) {
            secrets.append(DocumentFacts.Secret(name: shape.name, mark: mark, line: line))
        }
        // A document that is full of them is said to be so by the first.
        if secrets.count == 100 { break }
    }
    return secrets
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

    /// - Parameter known: the texts that were looked at before; schemas share most of theirs.
    func tool(_ draft: OperationDraft, _ known: inout KnownTexts) -> ScannedTool {
        ScannedTool(
            name: draft.name, method: draft.method, path: draft.path, summary: draft.summary,
            description: draft.description, tags: draft.tags, isDeprecated: draft.isDeprecated,
            risk: classify(RiskSubject(draft)), schemes: draft.accessSchemes(schemes),
            permissions: draft.permissions(schemes),
            scope: proposeScope(draft, schemes: securitySchemes, isSecurityApplied: isSecurityApplied).proposed,
            declaresAnswer: draft.outputSchema.map { SchemaView.namesFields($0) } ?? draft.answersNothing,
            openArguments: draft.parameters.filter { SchemaView.isOpen($0.schema) }.map(\.argument),
            secretsInAddress: draft.secretsInAddress(schemes),
            flaws: flaws(of: draft, &known),
            file: draft.file, line: draft.position?.line)
    }
}

extension DocumentView {
    /// What in the texts of an operation is not meant for a reader: in what agents are shown, and in what stands in the
    /// document in its place, before it was cleaned.
    private func flaws(of draft: OperationDraft, _ known: inout KnownTexts) -> [TextFlaw] {
        var flawed: [String: [TextFlaw]] = [:]
        known.look(at: draft.summary, &flawed)
        known.look(at: draft.description, &flawed)
        known.look(atSchema: draft.inputSchema, &flawed)
        if let answer = draft.outputSchema { known.look(atSchema: answer, &flawed) }
        if draft.file == document.file, let operation = document.value[draft.pointer] {
            SchemaView.visitTexts(in: operation) { text in
                if text.utf8.contains(where: { $0 >= 0x7F || $0 < 0x20 && $0 != 0x0A && $0 != 0x0D && $0 != 0x09 }) {
                    known.look(at: text, &flawed)
                }
            }
        }
        return flawed.sorted { $0.key < $1.key }.flatMap(\.value)
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
    /// The schemes of the alternatives; none where one alternative asks for nothing, or for a scheme that is declared
    /// nowhere: nobody can tell what that one takes.
    fileprivate func accessSchemes(_ known: [String: SecurityScheme]) -> [String] {
        let isAsked = security.allSatisfy { requirement in
            !requirement.parts.isEmpty && requirement.parts.allSatisfy { known[$0.scheme] != nil }
        }
        return isAsked ? security.flatMap { $0.parts.map(\.scheme) }.unique : []
    }

    /// What permissions it takes; none where an alternative takes none, since that one is as good.
    fileprivate func permissions(_ known: [String: SecurityScheme]) -> [String] {
        guard !accessSchemes(known).isEmpty,
            security.allSatisfy({ $0.parts.contains { !$0.scopes.isEmpty } })
        else { return [] }
        return security.flatMap { $0.parts.flatMap(\.scopes) }.unique
    }

    /// Whether a successful answer has no content. A read that declares none is not believed.
    fileprivate var answersNothing: Bool {
        responseMediaTypes.isEmpty && method != "GET" && method != "HEAD"
    }

    /// Parameters, and keys of security schemes, that put a secret into path or query.
    fileprivate func secretsInAddress(_ schemes: [String: SecurityScheme]) -> [String] {
        let parameters = parameters.filter { parameter in
            guard parameter.location == .query || parameter.location == .path else { return false }
            return parameter.schema["format"]?.string == "password" || isNameOfSecret(parameter.name)
        }
        let keys = accessSchemes(schemes).compactMap { name -> String? in
            guard case .apiKey(let key, .query) = schemes[name]?.kind else { return nil }
            return key
        }
        return (parameters.map(\.name) + keys).unique
    }
}

/// Names that mean a secret wherever they stand. A `page_token` is none.
private func isNameOfSecret(_ name: String) -> Bool {
    let plain = name.utf8.compactMap { byte in
        byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
            ? nil : (0x41...0x5A).contains(byte) ? byte + 32 : byte
    }
    func ends(_ word: StaticString) -> Bool {
        plain.count >= word.utf8CodeUnitCount
            && plain.suffix(word.utf8CodeUnitCount).elementsEqual(word.description.utf8)
    }
    let secrets: [StaticString] = ["password", "passwd", "pwd", "secret", "key", "token"]
    guard secrets.contains(where: ends) || plain.starts(with: "apikey".utf8) else { return false }
    // Hardly any name comes this far.
    let text = String(decoding: plain, as: UTF8.self)
    guard !["page", "next", "continu", "cursor", "sync", "public"].contains(where: { text.contains($0) }) else {
        return false
    }
    return !ends("key") || ["apikey", "privatekey", "secretkey"].contains { text.hasSuffix($0) }
        || text.hasPrefix("apikey")
}

extension [String] {
    /// Each once, where it stood first.
    fileprivate var unique: [String] {
        var seen: Set<String> = []
        return filter { seen.insert($0).inserted }
    }
}
