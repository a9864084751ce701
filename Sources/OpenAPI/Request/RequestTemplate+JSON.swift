package import JSON

extension RequestTemplate {
    /// Everything that decides how a request is built, as one value. Two templates that build another request of the same
    /// arguments have another one.
    package var json: JSONValue {
        [
            "method": .string(method), "path": path.json,
            "parameters": .array(
                parameters.map {
                    [
                        "argument": .string($0.argument), "name": .string($0.name), "in": .string($0.location.rawValue),
                        "required": .bool($0.isRequired), "style": $0.style.json,
                    ]
                }),
            "body": body?.json ?? .null,
        ]
    }
}

extension PathTemplate {
    fileprivate var json: JSONValue {
        [
            "segments": .array(
                segments.map { pieces in
                    .array(
                        pieces.map { piece in
                            switch piece {
                            case .literal(let text): ["literal": .string(text)]
                            case .variable(let name): ["variable": .string(name)]
                            }
                        })
                }), "query": query.map { .string($0) } ?? .null,
        ]
    }
}

extension ParameterStyle {
    fileprivate var json: JSONValue {
        [
            "form": .string("\(form)"), "explode": .bool(explode), "reserved": .bool(allowsReserved),
            "empty": .bool(allowsEmpty), "members": .array(members.map { .string($0) }),
        ]
    }
}

extension BodyTemplate {
    fileprivate var json: JSONValue {
        let arguments: JSONValue =
            switch source {
            case .argument(let name): ["argument": .string(name)]
            case .members(let members):
                .array(members.map { ["argument": .string($0.argument), "property": .string($0.property)] })
            }
        return [
            "source": arguments, "encoding": .string("\(encoding)"), "type": .string(contentType),
            "required": .bool(isRequired),
            "parts": .array(
                parts.map { part in
                    [
                        "property": .string(part.property), "content": .string("\(part.content)"),
                        "type": part.contentType.map { .string($0) } ?? .null, "style": part.style?.json ?? .null,
                    ]
                }),
        ]
    }
}
