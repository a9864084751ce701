import JSON

extension BodyTemplate {
    /// `application/x-www-form-urlencoded`, every character but the unreserved ones escaped.
    func form(_ value: JSONValue) throws(RequestRefusal) -> [UInt8] {
        var text = ""
        for (part, argument, value) in try fields(value) {
            var style = part.style ?? ParameterStyle(form: .form, explode: true)
            if part.style == nil, part.content == .json || value.object != nil {
                style = ParameterStyle(form: .json, explode: false)
            }
            let binding = ParameterBinding(
                argument: argument, name: part.property, location: .body, style: style, isRequired: false)
            for pair in try binding.pairs(value) {
                if !text.isEmpty { text += "&" }
                text += pair.name + "=" + pair.value
            }
        }
        return Array(text.utf8)
    }
}
