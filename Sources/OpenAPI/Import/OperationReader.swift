import Documents
import JSON

/// Reads one operation into a draft.
final class OperationReader {
    /// An operation as it stands in the document.
    struct Found {
        /// In upper case.
        let method: String
        let path: String
        let operation: Located
        let pathItem: [Located]

        var label: String { "\(method) \(CleanText.line(path, limit: 200))" }
    }

    private let documents: DocumentSet
    private let library: SchemaLibrary
    private let ledger: DiagnosticLedger
    private let parameters: ParameterReader
    private let responses: ResponseReader
    private let bodies: BodyReader
    private let security: SecurityReader
    private let schemes: [SecurityScheme]
    private let document: Located
    private let defaultSecurity: [SecurityRequirement]
    private let limits: ImportOptions.Limits
    private let repeated: RepeatedNames

    init(
        documents: DocumentSet, library: SchemaLibrary, ledger: DiagnosticLedger, security: SecurityReader,
        schemes: [SecurityScheme]
    ) {
        self.documents = documents
        self.library = library
        self.ledger = ledger
        self.security = security
        self.schemes = schemes
        parameters = ParameterReader(documents: documents, library: library, ledger: ledger)
        responses = ResponseReader(documents: documents, library: library)
        bodies = BodyReader(documents: documents, library: library, ledger: ledger)
        document = Located(value: documents.files[0].document.value, site: .root)
        defaultSecurity = security.requirements(document["security"], schemes: schemes) ?? []
        limits = library.limits
        repeated = RepeatedNames(documents: documents)
    }

    func read(_ found: Found, name: String) throws(OperationProblem) -> OperationDraft {
        var used: [Site] = found.pathItem.map { $0.site.appending("parameters") } + [found.operation.site]
        let operation = try documents.required(found.operation, used: &used)
        guard operation.value.object != nil else {
            throw OperationProblem(code: "operation", message: "it is no object", site: operation.site)
        }
        guard found.method != "TRACE" else {
            throw OperationProblem(
                code: "method-unsupported", message: "TRACE would send credentials back to the caller",
                site: operation.site)
        }
        let path = try pathTemplate(found)
        let declared = try self.declared(found, operation, used: &used)
        let exposed = try exposed(declared, path, found)
        let body = try bodies.read(
            operation, parameters: declared, consumes: types("consumes", operation), used: &used)
        let input = try InputAssembler(library: library, method: found.method)
            .assemble(exposed, body, at: operation.site)
        let response = responses.read(operation, produces: types("produces", operation), used: &used)
        let output = OutputAssembler(library: library, ledger: ledger)
            .assemble(response, operation: found.label, at: operation.site)
        if !repeated.isEmpty {
            try repeated.check(used + (input.definitions + output.definitions).map(library.site))
        }
        return draft(found, operation, name, path, input, output.schema, response.mediaTypes)
    }

    private func draft(
        _ found: Found, _ operation: Located, _ name: String, _ path: PathTemplate, _ input: AssembledInput,
        _ output: JSONValue?, _ mediaTypes: [String]
    ) -> OperationDraft {
        let id = operation.value["operationId"]?.string.map { CleanText.line($0, limit: 200) }
        let aliases = id.map { $0.isEmpty || $0.hasSameBytes(as: name) ? [] : [$0] } ?? []
        let servers = ServerReader.read(operation.value["servers"])
        let shared = found.pathItem.lazy.map { ServerReader.read($0.value["servers"]) }.last { !$0.isEmpty } ?? []
        let summary =
            documents.text(operation["summary"]) ?? found.pathItem.lazy.compactMap { $0.value["summary"]?.string }.first
        let description =
            documents.text(operation["description"])
            ?? found.pathItem.lazy.compactMap { $0.value["description"]?.string }.first
        return OperationDraft(
            name: name, aliases: aliases, operationID: id, method: found.method, path: found.path,
            summary: CleanText.line(summary ?? "", limit: limits.summary),
            description: CleanText.block(description ?? "", limit: limits.description),
            tags: (operation.value["tags"]?.array ?? []).prefix(50).compactMap(\.string).map {
                CleanText.line($0, limit: 100)
            },
            isDeprecated: operation.value["deprecated"]?.bool == true,
            security: security.requirements(operation["security"], schemes: schemes) ?? defaultSecurity,
            servers: servers.isEmpty ? shared : servers, parameters: input.parameters, inputSchema: input.schema,
            outputSchema: output, responseMediaTypes: mediaTypes,
            request: RequestTemplate(
                method: found.method, path: path, parameters: input.bindings, body: input.body),
            file: documents.files[found.operation.site.file].document.file,
            pointer: found.operation.site.pointer, position: nil)
    }

    // MARK: - Path

    private func pathTemplate(_ found: Found) throws(OperationProblem) -> PathTemplate {
        do throws(PathTemplate.Failure) {
            let path = try PathTemplate(found.path)
            if path.hasFragment {
                ledger.report(
                    .warning, code: "path-fragment",
                    "\(found.label): what follows # in a path is never sent", at: found.operation.site)
            }
            return path
        } catch {
            throw OperationProblem(code: "path", message: error.message, site: found.operation.site)
        }
    }

    /// Swagger 2.0 `consumes` and `produces`, of the operation or else the document.
    private func types(_ key: String, _ operation: Located) -> [String] {
        guard library.version == .v2 else { return [] }
        let list = operation.value[key]?.array ?? document.value[key]?.array ?? []
        return list.compactMap(\.string)
    }

    // MARK: - Parameters

    /// The parameters of the operation, with those of its path that it does not replace.
    private func declared(
        _ found: Found, _ operation: Located, used: inout [Site]
    ) throws(OperationProblem) -> [ReadParameter] {
        var result: [ReadParameter] = []
        for list in found.pathItem.map({ $0["parameters"] }) + [operation["parameters"]] {
            for parameter in try parameters.read(list, used: &used) {
                if let index = result.firstIndex(where: { $0.isSame(as: parameter) }) {
                    result[index] = parameter
                } else {
                    result.append(parameter)
                }
            }
        }
        guard result.count <= limits.parameters else {
            throw OperationProblem(code: "parameters", message: "it has too many parameters", site: operation.site)
        }
        return result
    }

    /// The parameters that arguments fill: credentials, framing fields and the body are not among them.
    private func exposed(
        _ declared: [ReadParameter], _ path: PathTemplate, _ found: Found
    ) throws(OperationProblem) -> [ReadParameter] {
        let variables = path.variables
        var exposed: [ReadParameter] = []
        for parameter in declared {
            switch parameter.place {
            case .body, .form: continue
            case .path:
                guard variables.contains(where: { $0.hasSameBytes(as: parameter.name) }) else {
                    warn(
                        "path-parameter", "the path parameter \(CleanText.quoted(parameter.name)) is not in the path",
                        parameter, found)
                    continue
                }
            case .header where FieldName.isReserved(parameter.name):
                if parameter.isRequired, !Self.isSetByUs(parameter.name) {
                    warn(
                        "header-reserved", "no argument may fill the header \(CleanText.quoted(parameter.name))",
                        parameter, found)
                }
                continue
            case .header, .query, .cookie:
                if isCredential(parameter) { continue }
                if parameter.place == .query, parameter.name == Self.methodOverride {
                    warn("method-override", "an argument cannot change the method", parameter, found)
                    continue
                }
                if try !canBeSpread(parameter, found) { continue }
            }
            exposed.append(parameter)
        }
        for variable in variables
        where !exposed.contains(where: { $0.place == .path && $0.name.hasSameBytes(as: variable) }) {
            ledger.report(
                .warning, code: "path-parameter",
                "\(found.label): the path parameter \(CleanText.quoted(variable)) is not declared; it takes a string",
                at: found.operation.site)
            exposed.append(.undeclared(variable, at: found.operation.site))
        }
        return exposed
    }

    private func warn(_ code: String, _ message: String, _ parameter: ReadParameter, _ found: Found) {
        ledger.report(.warning, code: code, "\(found.label): \(message)", at: parameter.located.site)
    }

    /// A field by which some frameworks let a request name another method than its own.
    static let methodOverride = "_method"

    private static func isSetByUs(_ name: String) -> Bool {
        switch name.lowercased() {
        case "accept", "content-type", "authorization", "host", "content-length": true
        default: false
        }
    }

    private func isCredential(_ parameter: ReadParameter) -> Bool {
        schemes.contains { scheme in
            guard case .apiKey(let name, let location) = scheme.kind, location == parameter.place.location else {
                return false
            }
            return location == .header
                ? name.lowercased().hasSameBytes(as: parameter.name.lowercased())
                : name.hasSameBytes(as: parameter.name)
        }
    }

    /// An object that is spread over the query must say which names it brings.
    private func canBeSpread(_ parameter: ReadParameter, _ found: Found) throws(OperationProblem) -> Bool {
        guard parameter.style.spreadsMembers, parameter.style.members.isEmpty,
            let type = library.behindReference(parameter.schema.value, for: .request)["type"],
            type == "object"
        else { return true }
        let message =
            "the parameter \(CleanText.quoted(parameter.name)) would let arguments choose names in the request"
        let hint = "Declare its properties, or set explode to false."
        guard !parameter.isRequired else {
            throw OperationProblem(
                code: "parameter-open", message: message, hint: hint, site: parameter.located.site)
        }
        ledger.report(
            .warning, code: "parameter-open", "\(found.label): \(message); it is left out", hint: hint,
            at: parameter.located.site)
        return false
    }
}

extension ReadParameter {
    /// A variable of a path that nothing declares.
    fileprivate static func undeclared(_ name: String, at site: Site) -> ReadParameter {
        ReadParameter(
            name: name, place: .path, isRequired: true, description: "",
            schema: ConvertedSchema(value: ["type": "string"], nodes: 2),
            style: ParameterStyle(form: .simple, explode: false), isFile: false,
            located: Located(value: .null, site: site))
    }
}
