import JSON

/// An argument that becomes part of the path, the query, a header or a cookie.
struct ParameterBinding: Sendable, Hashable {
    let argument: String
    let name: String
    let location: Parameter.Location
    var style: ParameterStyle
    let isRequired: Bool

    func refusal(_ code: RequestRefusal.Code, _ message: String) -> RequestRefusal {
        RequestRefusal(code: code, argument: argument, message: message)
    }

    /// A value without structure as text; an array or object inside one is written as JSON.
    func text(_ value: JSONValue) throws(RequestRefusal) -> String {
        switch value {
        case .string(let string):
            guard !string.utf8.contains(0) else { throw refusal(.controlCharacter, "The value contains U+0000.") }
            return string
        case .number(let number): return number.text
        case .bool(let bool): return bool ? "true" : "false"
        case .null: return "null"
        case .array, .object: return value.text
        }
    }

    /// An element of a list, refused where it would become two.
    func element(_ value: JSONValue) throws(RequestRefusal) -> String {
        let text = try text(value)
        if let byte = style.delimiterByte, text.utf8.contains(byte) {
            throw refusal(.unsafeValue, "An element contains the character that separates elements.")
        }
        return text
    }

    /// A member's name that becomes a name of the request.
    func member(_ name: String) throws(RequestRefusal) -> String {
        guard style.members.contains(where: { $0.hasSameBytes(as: name) }) else {
            throw refusal(.unsafeValue, "The object has a member that the parameter does not declare.")
        }
        return name
    }
}
