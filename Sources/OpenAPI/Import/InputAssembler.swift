import JSON

/// The arguments of an operation: one flat object, and where each of its members goes.
struct AssembledInput {
    var parameters: [Parameter] = []
    var bindings: [ParameterBinding] = []
    var body: BodyTemplate?
    var schema: JSONValue = .object([:])
    /// The definitions that it is made from.
    var definitions: [Int] = []
}

/// Puts parameters and body together.
struct InputAssembler {
    let library: SchemaLibrary
    /// In upper case.
    let method: String

    /// An argument before all names are settled.
    private struct Argument {
        let subject: ArgumentNames.Subject
        let schema: JSONValue
        let isRequired: Bool
        let isListedAsRequired: Bool
    }

    func assemble(
        _ parameters: [ReadParameter], _ body: ReadBody?, at site: Site
    ) throws(OperationProblem) -> AssembledInput {
        var arguments = parameters.map { parameter in
            Argument(
                subject: ArgumentNames.Subject(name: parameter.name, location: parameter.place.location),
                schema: parameter.schema.value, isRequired: parameter.isRequired,
                isListedAsRequired: parameter.isRequired)
        }
        var parts = parameters.map(\.schema)
        let merged = body.flatMap { mergeable($0, with: arguments) }
        var conditional: [String] = []
        if let body, let merged {
            let isNeeded = isNeeded(body, merged)
            if !isNeeded { conditional = merged.required }
            for property in merged.properties {
                let isRequired = merged.required.contains { $0.hasSameBytes(as: property.key) }
                arguments.append(
                    Argument(
                        subject: ArgumentNames.Subject(name: property.key, location: .body), schema: property.value,
                        isRequired: isRequired, isListedAsRequired: isRequired && isNeeded))
            }
            parts.append(
                ConvertedSchema(
                    value: .null, references: merged.references, strict: merged.strict, nodes: merged.nodes,
                    problems: merged.problems))
        } else if let body, !isNothing(body) {
            let (schema, part) = whole(body)
            let isRequired = body.isRequired ?? false
            arguments.append(
                Argument(
                    subject: ArgumentNames.Subject(name: "body", location: .body), schema: schema,
                    isRequired: isRequired, isListedAsRequired: isRequired))
            parts.append(part)
        }
        let names = ArgumentNames.assign(arguments.map(\.subject))
        var input = AssembledInput()
        input.bindings = bindings(parameters, names)
        input.definitions = body?.members?.followed ?? []
        if let body, arguments.count > parameters.count {
            let bodyNames = names[parameters.count...]
            let source: BodyTemplate.Source
            if let merged {
                source = .members(
                    zip(bodyNames, merged.properties).map { BodyTemplate.Member(argument: $0, property: $1.key) })
            } else {
                source = .argument(bodyNames.first ?? "body")
            }
            input.body = BodyTemplate(
                source: source, encoding: body.encoding, contentType: body.contentType,
                isRequired: merged.map { isNeeded(body, $0) } ?? body.isRequired ?? false, parts: body.parts)
        }
        input.parameters = zip(arguments, names).map { argument, name in
            Parameter(
                name: argument.subject.name, location: argument.subject.location, argument: name,
                isRequired: argument.isListedAsRequired, schema: argument.schema,
                description: argument.schema["description"]?.string ?? "")
        }
        try complete(&input, parts, conditional: conditional, at: site)
        return input
    }

    // MARK: - Body

    /// The members of a body that can stand beside the parameters.
    private func mergeable(_ body: ReadBody, with arguments: [Argument]) -> PlainObject? {
        guard let members = body.members, !members.properties.isEmpty else { return nil }
        let names = ArgumentNames.assign(arguments.map(\.subject))
        let clashes = members.properties.contains { property in
            names.contains { $0.hasSameBytes(as: property.key) }
                || arguments.contains { $0.subject.name.hasSameBytes(as: property.key) }
        }
        if clashes { return nil }
        if !isNeeded(body, members), members.required.count * members.properties.count > 2_000 { return nil }
        return members
    }

    /// Whether a call without a body makes no sense.
    ///
    /// `required` is false by default and most often forgotten: where nothing is written, a body with required
    /// members is needed by methods that are about their body.
    private func isNeeded(_ body: ReadBody, _ members: PlainObject) -> Bool {
        if let isRequired = body.isRequired { return isRequired }
        return !members.required.isEmpty && (method == "POST" || method == "PUT" || method == "PATCH")
    }

    /// An optional object that declares no members, which some documents write where they mean no body.
    private func isNothing(_ body: ReadBody) -> Bool {
        guard let members = body.members, body.isRequired != true, members.properties.isEmpty else { return false }
        return members.isClosed || method == "GET" || method == "HEAD" || method == "DELETE"
    }

    /// The body as one argument. The members of a form are written out, because files in it are base64 here.
    private func whole(_ body: ReadBody) -> (JSONValue, ConvertedSchema) {
        guard body.encoding == .form || body.encoding == .multipart, let members = body.members else {
            return (body.schema.value, body.schema)
        }
        var object: JSONObject = ["type": "object"]
        if let description = members.description { object["description"] = .string(description) }
        object["properties"] = .object(JSONObject(members: members.properties))
        if !members.required.isEmpty { object["required"] = .array(members.required.map { .string($0) }) }
        if members.isClosed { object["additionalProperties"] = false }
        let schema = ConvertedSchema(
            value: .object(object), references: members.references, strict: members.strict, nodes: members.nodes,
            problems: members.problems)
        return (schema.value, schema)
    }

    // MARK: - Parameters

    /// A member of a spread object never takes the name of another parameter.
    private func bindings(_ parameters: [ReadParameter], _ names: [String]) -> [ParameterBinding] {
        var taken = Set(parameters.map(\.name))
        var bindings: [ParameterBinding] = []
        for (parameter, name) in zip(parameters, names) {
            var style = parameter.style
            if style.spreadsMembers, parameter.place != .path {
                style.members = style.members.filter { taken.insert($0).inserted }
            }
            bindings.append(
                ParameterBinding(
                    argument: name, name: parameter.name, location: parameter.place.location, style: style,
                    isRequired: parameter.isRequired))
        }
        return bindings
    }

    // MARK: - Schema

    private func complete(
        _ input: inout AssembledInput, _ parts: [ConvertedSchema], conditional: [String], at site: Site
    ) throws(OperationProblem) {
        let nodes = parts.reduce(0) { $0 + $1.nodes } + 8
        let closure = library.closure(
            of: parts.flatMap(\.references), strict: [], nodes: nodes, for: .request,
            budget: library.limits.inputNodes)
        if let problem = (parts.flatMap(\.problems) + closure.problems).first {
            throw OperationProblem(code: problem.code, message: problem.message, hint: problem.hint, site: problem.site)
        }
        guard closure.truncated.isEmpty, nodes <= library.limits.inputNodes else {
            throw OperationProblem(
                code: "schema-size",
                message: "the schema of its arguments has more than \(library.limits.inputNodes) values", site: site)
        }
        input.definitions += closure.ids
        var properties: [JSONObject.Member] = []
        var required: [JSONValue] = []
        for parameter in input.parameters {
            properties.append(JSONObject.Member(key: parameter.argument, value: parameter.schema))
            if parameter.isRequired { required.append(.string(parameter.argument)) }
        }
        var schema: JSONObject = ["type": "object", "properties": .object(JSONObject(members: properties))]
        if !required.isEmpty { schema["required"] = .array(required) }
        if let dependent = dependentRequired(input, conditional) { schema["dependentRequired"] = dependent }
        schema["additionalProperties"] = false
        if !closure.definitions.isEmpty { schema["$defs"] = .object(closure.definitions) }
        input.schema = .object(schema)
    }

    /// An optional body, once any of its members is given, needs all that it requires.
    private func dependentRequired(_ input: AssembledInput, _ conditional: [String]) -> JSONValue? {
        guard !conditional.isEmpty else { return nil }
        let members = input.parameters.filter { $0.location == .body }
        let needed = members.filter { member in conditional.contains { $0.hasSameBytes(as: member.name) } }
        var dependent: [JSONObject.Member] = []
        for member in members {
            let others = needed.filter { $0.argument != member.argument }.map { JSONValue.string($0.argument) }
            if !others.isEmpty { dependent.append(JSONObject.Member(key: member.argument, value: .array(others))) }
        }
        return dependent.isEmpty ? nil : .object(JSONObject(members: dependent))
    }
}
