import JSON

/// How arguments become the body of a request.
struct BodyTemplate: Sendable, Hashable {
    enum Source: Sendable, Hashable {
        /// One argument is the whole body.
        case argument(String)
        /// Each argument is a member of an object.
        case members([Member])
    }

    struct Member: Sendable, Hashable {
        let argument: String
        let property: String
    }

    enum Encoding: Sendable, Hashable {
        case json
        case form
        case multipart
        case text
        /// Base64 in the argument, bytes in the body.
        case bytes
    }

    let source: Source
    let encoding: Encoding
    /// As the document writes it, without the boundary of a multipart body.
    let contentType: String
    let isRequired: Bool
    /// For forms of both kinds: what is known of a property.
    var parts: [FormPart] = []

    func part(_ property: String) -> FormPart {
        parts.first { $0.property.hasSameBytes(as: property) } ?? FormPart(property: property)
    }

    /// The argument that a refusal names when it is about the whole body.
    private var argument: String {
        switch source {
        case .argument(let name): name
        case .members(let members): members.first?.argument ?? "body"
        }
    }

    /// - Returns: nil when no argument of the body was given and none is needed.
    func content(_ arguments: JSONObject) throws(RequestRefusal) -> (bytes: [UInt8], contentType: String)? {
        guard let value = value(arguments) else {
            guard isRequired else { return nil }
            guard case .members = source else {
                throw RequestRefusal(code: .missingArgument, argument: argument, message: "The body is missing.")
            }
            return try encoded(.object([:]))
        }
        return try encoded(value)
    }

    private func value(_ arguments: JSONObject) -> JSONValue? {
        switch source {
        case .argument(let name): return arguments[name]
        case .members(let members):
            var object = JSONObject()
            for member in members {
                if let value = arguments[member.argument] { object.append(member.property, value) }
            }
            return object.isEmpty ? nil : .object(object)
        }
    }

    private func encoded(_ value: JSONValue) throws(RequestRefusal) -> (bytes: [UInt8], contentType: String) {
        switch encoding {
        case .json: return (value.bytes, contentType)
        case .text:
            guard let string = value.string else {
                throw RequestRefusal(code: .unsupportedValue, argument: argument, message: "The body must be a string.")
            }
            return (Array(string.utf8), contentType)
        case .bytes:
            guard let string = value.string, let bytes = Base64.decode(string) else {
                throw RequestRefusal(
                    code: .invalidBase64, argument: argument, message: "The body must be base64 with padding.")
            }
            return (bytes, contentType)
        case .form: return (try form(value), contentType)
        case .multipart:
            let (bytes, boundary) = try multipart(value)
            return (bytes, contentType + "; boundary=" + boundary)
        }
    }

    /// The members of a form with the argument that each came from.
    func fields(_ value: JSONValue) throws(RequestRefusal) -> [(part: FormPart, argument: String, value: JSONValue)] {
        guard let object = value.object else {
            throw RequestRefusal(code: .unsupportedValue, argument: argument, message: "A form must be an object.")
        }
        var fields: [(part: FormPart, argument: String, value: JSONValue)] = []
        for entry in object {
            var argument = argument
            if case .members(let members) = source {
                argument = members.first { $0.property.hasSameBytes(as: entry.key) }?.argument ?? argument
            }
            fields.append((part(entry.key), argument, entry.value))
        }
        return fields
    }
}

/// What is known of one field of a form.
struct FormPart: Sendable, Hashable {
    enum Content: Sendable, Hashable {
        /// Text for what has no structure, JSON for what has.
        case automatic
        case json
        /// Base64 in the argument, bytes in the part.
        case bytes
    }

    let property: String
    var content = Content.automatic
    /// Nil leaves it to the content.
    var contentType: String?
    /// For `application/x-www-form-urlencoded`; nil leaves it to the content.
    var style: ParameterStyle?
}
