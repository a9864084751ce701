package import JSON
import JSONSchema

/// Arguments that match the tool's schema and carry nothing the gateway fills in itself.
package struct CheckedArguments: Sendable {
    package let tool: VisibleTool
    package let arguments: JSONObject

    /// - Throws: ``Refusal`` with what the agent should mend.
    package static func validate(_ arguments: JSONObject, for tool: VisibleTool) throws(Refusal) -> CheckedArguments {
        let bindings = tool.tool.scope.bindings
        if !bindings.isEmpty, let bound = arguments.first(where: { bindings.keys.contains($0.key) }) {
            throw Refusal(
                .identityArgument,
                "'\(bound.key)' is filled in from who you are and cannot be supplied. Leave it out.")
        }
        let value = JSONValue.object(arguments)
        let schema: Schema
        do throws(SchemaError) {
            schema = try tool.tool.arguments.compile()
        } catch {
            throw Refusal(
                .internalFault, "The arguments of this tool cannot be checked, so it cannot be called.",
                cause: "schema: \(error.message)")
        }
        guard schema.isValid(value) else {
            let failures = schema.validate(value, maxFailures: 4)
            let sentences = failures.map { failure in
                let place = failure.instance.description
                return place.isEmpty ? failure.message : "\(place): \(failure.message)"
            }
            throw Refusal(
                .invalidArguments,
                "The arguments do not match the tool's schema. \(sentences.joined(separator: "; "))")
        }
        return CheckedArguments(tool: tool, arguments: arguments)
    }
}

/// Checked arguments with the principal's values put in: exactly what is decided on, shown, hashed and sent.
package struct BoundArguments: Sendable {
    package let tool: VisibleTool
    package let arguments: JSONObject
    package let principal: Principal

    /// - Throws: ``Refusal`` when the token does not say what a binding needs.
    package static func bind(
        _ checked: CheckedArguments, to principal: Principal
    ) throws(Refusal) -> BoundArguments {
        var arguments = checked.arguments
        guard !checked.tool.tool.scope.bindings.isEmpty else {
            return BoundArguments(tool: checked.tool, arguments: arguments, principal: principal)
        }
        for (name, attribute) in checked.tool.tool.scope.bindings.sorted(by: { $0.key < $1.key }) {
            guard let value = principal[attribute], !value.isEmpty else {
                throw Refusal(
                    .missingIdentity, "Your token names no \(attribute.rawValue), which this tool needs.",
                    cause: "binding of '\(name)' to \(attribute.rawValue) has no value")
            }
            arguments[name] = .string(value)
        }
        return BoundArguments(tool: checked.tool, arguments: arguments, principal: principal)
    }

    /// What an approval covers and a repeat is recognised by: a version line and the canonical form of who calls
    /// which definition with which arguments. It is hashed under a key, so that no argument can be guessed from it.
    package var binding: [UInt8] {
        // INVARIANT: this is the canonical form (RFC 8785) of the object with these four members, in their order.
        let arguments = JSONValue.object(arguments)
        var writer = JSONWriter(reservingCapacity: 640)
        writer.raw("sallyport/call/v1\n{\"arguments\":")
        writer.raw(arguments.canonicalBytes(.exact) ?? arguments.bytes)
        writer.raw(tool.tool.bindingMiddle)
        writer.raw(principal.identityText.utf8)
        writer.raw(tool.tool.bindingEnd)
        return writer.bytes
    }
}
