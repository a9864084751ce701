package import JSON
package import OpenAPI
package import Risk

extension RiskSubject {
    /// Everything that a document says about an operation, as far as risk is concerned.
    package init(_ draft: OperationDraft) {
        var fields: [Field] = []
        for parameter in draft.parameters {
            // The parameter `body` stands for the whole body: what counts is in it.
            let inner = parameter.location == .body ? Field.fields(of: parameter.schema) : []
            fields += inner.isEmpty ? [Field(parameter.name, schema: parameter.schema)] : inner
        }
        self.init(
            name: draft.operationID ?? draft.name, method: draft.method, path: draft.path,
            description: draft.summary.isEmpty ? draft.description : "\(draft.summary)\n\(draft.description)",
            tags: draft.tags, fields: fields, answerFields: draft.outputSchema.map(Field.fields(of:)) ?? [],
            securityScopes: draft.security.flatMap { $0.parts.flatMap(\.scopes) })
    }
}

extension RiskSubject.Field {
    /// A field with what its schema says about it.
    package init(_ name: String, schema: JSONValue) {
        self.init(name, type: schema["type"]?.string, format: schema["format"]?.string)
    }

    /// The properties of a schema of objects or of lists of objects; the first 200.
    package static func fields(of schema: JSONValue) -> [RiskSubject.Field] {
        let object = schema["properties"] != nil ? schema : schema["items"] ?? schema
        return (object["properties"]?.object ?? JSONObject()).prefix(200)
            .map { RiskSubject.Field($0.key, schema: $0.value) }
    }
}
