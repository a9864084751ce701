import Documents
import JSON

/// The schema of an operation's result.
struct OutputAssembler {
    let library: SchemaLibrary
    let ledger: DiagnosticLedger

    /// - Returns: nil when nothing is declared or what is declared cannot be used, which is then reported.
    func assemble(_ response: ReadResponse, operation: String, at site: Site) -> (
        schema: JSONValue?, definitions: [Int]
    ) {
        if let problem = response.problem {
            report(problem.code, problem.message, problem.hint, operation, problem.site)
            return (nil, [])
        }
        guard let first = response.schemas.first else { return (nil, []) }
        let references = response.schemas.flatMap(\.references)
        let nodes = response.schemas.reduce(0) { $0 + $1.nodes }
        var closure = library.closure(
            of: references, strict: response.schemas.flatMap(\.strict), nodes: nodes, for: .response,
            budget: library.limits.outputNodes)
        let problems = response.schemas.flatMap(\.problems) + closure.problems
        if let problem = problems.first(where: \.spoilsResponse) {
            report(problem.code, problem.message, problem.hint, operation, problem.site)
            return (nil, closure.ids)
        }
        guard nodes <= library.limits.outputNodes, !closure.isTruncationUnsound else {
            let message = "its schema has more than \(library.limits.outputNodes) values"
            report("schema-size", message, nil, operation, site)
            return (nil, closure.ids)
        }
        if !closure.truncated.isEmpty {
            ledger.report(
                .note, code: "output-truncated",
                "the result of \(operation) has a schema of more than \(library.limits.outputNodes) values; "
                    + "\(closure.truncated.count) of its definitions accept everything", at: site)
        }
        var schema = first.value.object ?? [:]
        if response.schemas.count > 1 {
            schema = ["anyOf": .array(response.schemas.map(\.value))]
        } else if schema.count == 1, let reference = schema["$ref"]?.string,
            let id = library.definition(named: reference), !closure.truncated.contains(id)
        {
            // A result says what it is at the top, without a detour.
            schema = library.converted(id, for: .response).value.object ?? [:]
            closure.definitions = without(id, closure)
        }
        if !closure.definitions.isEmpty { schema["$defs"] = .object(closure.definitions) }
        return (.object(schema), closure.ids)
    }

    /// Without the definition that was put at the top, where no other refers to it.
    private func without(_ id: Int, _ closure: SchemaLibrary.Closure) -> JSONObject {
        guard !closure.ids.contains(where: { library.converted($0, for: .response).references.contains(id) }),
            let name = library.referenceText(id).string
        else { return closure.definitions }
        var definitions = closure.definitions
        definitions[String(name.dropFirst("#/$defs/".count))] = nil
        return definitions
    }

    private func report(_ code: String, _ message: String, _ hint: String?, _ operation: String, _ site: Site) {
        ledger.report(
            .warning, code: code, "the result of \(operation) is undeclared, because \(message)", hint: hint, at: site)
    }
}
