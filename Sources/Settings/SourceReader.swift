import Backends
import Core
package import Documents
import JSON
import JSONSchema
package import OpenAPI
import Report

/// Reads one entry of the `sources` section with the document it names.
struct SourceReader {
    let name: String
    let reader: Reader
    let files: Files
    let flaw: FileFlaw
    let problems: Problems

    struct Loaded {
        let settings: SourceSettings
        let tools: [Tool]
        /// Problems of the document itself.
        let diagnostics: [Diagnostic]
        /// Everything that was read, for the configuration's version.
        let texts: [[UInt8]]
    }

    func load() -> Loaded? {
        let keys = [
            "openapi", "url", "allow-addresses", "time-limit", "trust-roots", "credential", "owner", "tools", "breaker",
            "privacy",
        ]
        guard reader.object(keys: keys) != nil, let path = reader.required("openapi") else { return nil }
        guard
            name.utf8.allSatisfy({
                $0 == 0x2D || $0 == 0x5F || (0x30...0x39).contains($0) || (0x61...0x7A).contains($0)
            })
        else {
            reader.error("bad-name", "a source's name is made of a–z, 0–9, - and _")
            return nil
        }
        let url = reader.required("url").flatMap(baseURL)
        let allowed = reader.child("allow-addresses")?.elements.compactMap(range) ?? []
        let credential = reader.child("credential").flatMap(credential)
        let trustRoots = reader.child("trust-roots")
        let trustRootFile = trustRoots?.string().map(files.resolve)
        if let trustRootFile { trustRoots?.report(flaw(.trustRoots(trustRootFile))) }
        guard let file = path.string() else { return nil }
        guard let bytes = files.read(file) else {
            path.error(
                "unreadable-file", "the file cannot be read",
                hint: "Paths are relative to the configuration file. A file has at most \(Files.maxBytes >> 20) MiB.")
            return nil
        }
        let document: SourceDocument
        do throws(Diagnostic) {
            document = try SourceDocument.parse(bytes, file: file)
        } catch {
            path.error("unreadable-document", "the document cannot be used: \(error.message)", hint: error.hint)
            return nil
        }
        var texts = [bytes]
        let imported = importDocument(document, files: files.beside(file)) { texts.append($0) }
        if imported.operationCount == 0, let problem = imported.diagnostics.first(where: { $0.severity == .error }) {
            path.error("unreadable-document", "the document cannot be used: \(problem.message)", hint: problem.hint)
            return nil
        }
        let builder = ToolBuilder(
            source: name, imported: imported, reader: reader.child("tools"), owner: reader.child("owner")?.string(),
            credential: credential,
            destination: [
                "url": reader.value["url"] ?? .null, "credential": reader.value["credential"] ?? .null,
            ], problems: problems, privacy: privacy())
        let (tools, operations) = builder.build()
        guard let url else { return nil }
        return Loaded(
            settings: SourceSettings(
                name: name, baseURL: url, allowAddresses: allowed,
                timeLimit: reader.child("time-limit")?.duration(in: 1...300) ?? 30,
                trustRootFile: trustRootFile, credential: credential,
                secretShapes: texts.flatMap { findTokenShapes(in: $0.span).prefix(20).map(\.name) },
                operations: operations, breaker: reader.child("breaker").flatMap(breaker) ?? Breaker.Limits()),
            tools: tools, diagnostics: imported.diagnostics, texts: texts)
    }

    private func breaker(_ reader: Reader) -> Breaker.Limits? {
        guard reader.object(keys: ["failures", "within", "rest"]) != nil,
            let failures = reader.required("failures")?.int(in: 1...1000),
            let seconds = reader.required("within")?.duration(in: 1...3600),
            let rest = reader.required("rest")?.duration(in: 1...3600)
        else { return nil }
        return Breaker.Limits(failures: failures, seconds: seconds, rest: rest)
    }

    /// Fields with personal data, and how each is treated.
    private func privacy() -> [FieldTreatment] {
        (reader.child("privacy")?.children ?? []).compactMap { name, child in
            guard let treatment = child.word(Treatment.self) else { return nil }
            if let field = FieldTreatment(path: name, treatment) { return field }
            child.error(
                "bad-path", "this is no field", hint: "Write a name, or the end of a path such as customer.email.")
            return nil
        }
    }

    private func baseURL(_ reader: Reader) -> BaseURL? {
        guard let text = reader.string() else { return nil }
        do throws(BaseURL.Flaw) {
            return try BaseURL.parse(text)
        } catch {
            reader.error(
                "bad-url", "this is no usable base URL: \(error.rawValue)", hint: "Write https://host[:port][/path].")
            return nil
        }
    }

    private func range(_ reader: Reader) -> CIDR? {
        guard let text = reader.string() else { return nil }
        if let range = CIDR(text) { return range }
        reader.error("bad-range", "this is no address range", hint: "Write for example 10.0.0.0/8 or 127.0.0.1/32.")
        return nil
    }

    private func credential(_ reader: Reader) -> HTTPBackend.Credential? {
        enum Per: String, CaseIterable { case user, source }
        guard reader.object(keys: ["secret", "as", "per"]) != nil, let secret = reader.required("secret")?.string(),
            let placement = reader.required("as").flatMap(placement),
            let per = reader.required("per")?.word(Per.self)
        else { return nil }
        return HTTPBackend.Credential(secret: secret, placement: placement, isPerUser: per == .user)
    }

    private func placement(_ reader: Reader) -> HTTPBackend.Credential.Placement? {
        switch reader.value {
        case .string("bearer"): return .bearer
        case .string("basic"): return .basic
        case .object:
            guard reader.object(keys: ["header", "query"]) != nil else { return nil }
            if let header = reader.child("header") { return header.headerName().map { .header($0) } }
            if let query = reader.child("query") { return query.string().map { .query($0) } }
            fallthrough
        default:
            reader.error(
                "unknown-placement", "this does not say where the credential goes",
                hint: "Use bearer, basic, { header: NAME } or { query: NAME }.")
            return nil
        }
    }
}

/// Imports a document with the files beside it; patterns that the matcher refuses leave their operation out.
///
/// - Parameter onRead: gets the bytes of each further file.
package func importDocument(
    _ document: SourceDocument, files: Files, onRead: ([UInt8]) -> Void = { _ in }
) -> OpenAPIImport {
    OpenAPIImporter.importDocument(
        document,
        options: ImportOptions(isPatternSupported: { (try? Pattern($0)) != nil }),
        load: { path throws(Diagnostic) in
            guard let bytes = files.read(path) else { return nil }
            onRead(bytes)
            return try SourceDocument.parse(bytes, file: path)
        })
}
