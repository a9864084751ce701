package import JSON

/// Everything about the request of an operation that arguments cannot change.
package struct RequestTemplate: Sendable, Hashable {
    let method: String
    let path: PathTemplate
    let parameters: [ParameterBinding]
    let body: BodyTemplate?

    /// Builds the request for arguments that the input schema admitted.
    ///
    /// Method, path structure, the set of header fields and the names in the query come from the template alone
    /// (members of an object that the document spreads over the query are limited to those it declares).
    ///
    /// - Throws: ``RequestRefusal`` when an argument is unknown or missing, or a value cannot be sent as a value.
    package func request(_ arguments: JSONObject) throws(RequestRefusal) -> RequestDraft {
        try checkNames(arguments)
        var target = try path.expand(arguments, parameters)
        var query = path.query.map { [$0] } ?? []
        var headers: [RequestDraft.Field] = []
        var cookies: [String] = []
        for binding in parameters {
            guard let value = arguments[binding.argument] else {
                if binding.isRequired { throw binding.refusal(.missingArgument, "A required argument is missing.") }
                continue
            }
            switch binding.location {
            case .path, .body: continue
            case .query: query += try binding.pairs(value).map { $0.name + "=" + $0.value }
            case .cookie: cookies += try binding.pairs(value).map { $0.name + "=" + $0.value }
            case .header:
                guard let text = try binding.headerValue(value) else { continue }
                headers.append(RequestDraft.Field(name: binding.name, value: text))
            }
        }
        if !cookies.isEmpty {
            headers.append(RequestDraft.Field(name: "Cookie", value: cookies.joined(separator: "; ")))
        }
        if !query.isEmpty { target += "?" + query.joined(separator: "&") }
        let content = try body?.content(arguments)
        return RequestDraft(
            method: method, target: target, headers: headers, body: content?.bytes, contentType: content?.contentType)
    }

    /// The same request without the header or query parameter of this name, in any case, for what the caller puts in
    /// itself: an argument for it is unknown then, and none is missed.
    package func without(_ location: Parameter.Location, _ name: String) -> RequestTemplate {
        let others = parameters.filter { $0.location != location || $0.name.lowercased() != name.lowercased() }
        return RequestTemplate(method: method, path: path, parameters: others, body: body)
    }

    private func checkNames(_ arguments: JSONObject) throws(RequestRefusal) {
        for argument in arguments {
            if parameters.contains(where: { $0.argument.hasSameBytes(as: argument.key) }) { continue }
            switch body?.source {
            case .argument(let name) where name.hasSameBytes(as: argument.key): continue
            case .members(let members) where members.contains(where: { $0.argument.hasSameBytes(as: argument.key) }):
                continue
            default:
                throw RequestRefusal(
                    code: .unknownArgument, argument: CleanText.line(argument.key, limit: 120),
                    message: "The tool has no such argument.")
            }
        }
    }
}
