import JSON

extension PathTemplate {
    /// The path with every variable replaced.
    ///
    /// - Throws: ``RequestRefusal`` when a segment would be empty, `.` or `..`, or a value holds a control character
    ///   or such a segment of its own.
    func expand(_ arguments: JSONObject, _ bindings: [ParameterBinding]) throws(RequestRefusal) -> String {
        var path = ""
        for segment in segments {
            path += "/"
            var text = ""
            var last: ParameterBinding?
            for piece in segment {
                switch piece {
                case .literal(let literal): text += literal
                case .variable(let name):
                    guard
                        let binding = bindings.first(where: { $0.location == .path && $0.name.hasSameBytes(as: name) })
                    else {
                        throw RequestRefusal(
                            code: .missingArgument, argument: name, message: "A variable of the path has no argument.")
                    }
                    guard let value = arguments[binding.argument], !value.isNull else {
                        throw binding.refusal(.missingArgument, "A part of the path needs a value.")
                    }
                    text += try binding.pathText(value)
                    last = binding
                }
            }
            if let last {
                guard !text.isEmpty else {
                    throw last.refusal(.emptySegment, "A part of the path would be empty.")
                }
                guard !DotSegment.isOne(Array(text.utf8)[...]) else {
                    throw last.refusal(.dotSegment, "A part of the path would be . or ..")
                }
            }
            path += text
        }
        return path
    }
}

extension ParameterBinding {
    /// The expansion of one path variable (RFC 6570 §3.2.2, §3.2.5, §3.2.7).
    fileprivate func pathText(_ value: JSONValue) throws(RequestRefusal) -> String {
        switch style.form {
        case .label:
            return "." + (try joined(value, separator: style.explode ? "." : ",", pairs: style.explode ? "=" : ","))
        case .matrix:
            let name = PercentEncoding.strict.encode(name)
            switch value {
            case .array(let elements) where style.explode:
                guard !elements.isEmpty else { throw refusal(.emptySegment, "A part of the path would be empty.") }
                var text = ""
                for element in elements { text += ";\(name)=" + (try encoded(element)) }
                return text
            case .object(let object) where style.explode:
                guard !object.isEmpty else { throw refusal(.emptySegment, "A part of the path would be empty.") }
                var text = ""
                for entry in object {
                    text +=
                        ";" + PercentEncoding.strict.encode(try member(entry.key)) + "=" + (try encoded(entry.value))
                }
                return text
            default: return ";\(name)=" + (try joined(value, separator: ",", pairs: ","))
            }
        case .json: return try encoded(.string(value.text))
        default: return try joined(value, separator: ",", pairs: style.explode ? "=" : ",")
        }
    }

    private func joined(_ value: JSONValue, separator: String, pairs: String) throws(RequestRefusal) -> String {
        switch value {
        case .array(let elements):
            guard !elements.isEmpty else { throw refusal(.emptySegment, "A part of the path would be empty.") }
            var parts: [String] = []
            for element in elements { parts.append(try encoded(element)) }
            return parts.joined(separator: separator)
        case .object(let object):
            guard !object.isEmpty else { throw refusal(.emptySegment, "A part of the path would be empty.") }
            var parts: [String] = []
            for entry in object { parts.append((try encoded(.string(entry.key))) + pairs + (try encoded(entry.value))) }
            return parts.joined(separator: separator)
        default:
            let text = try encoded(value)
            guard !text.isEmpty else { throw refusal(.emptySegment, "A part of the path would be empty.") }
            return text
        }
    }

    private func encoded(_ value: JSONValue) throws(RequestRefusal) -> String {
        let text = try text(value)
        guard !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
            throw refusal(.controlCharacter, "A part of the path contains a control character.")
        }
        guard !DotSegment.isInside(text) else {
            throw refusal(.dotSegment, "A part of the path contains the segment . or ..")
        }
        return PercentEncoding.strict.encode(text)
    }
}
