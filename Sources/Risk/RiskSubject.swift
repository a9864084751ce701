/// What is known about an operation when its risk is judged.
package struct RiskSubject: Sendable, Hashable {
    /// One parameter, field of the body or field of the answer.
    package struct Field: Sendable, Hashable {
        package var name: String
        /// The JSON type, where it is known: "string", "array".
        package var type: String?
        /// The format of a string: "password", "email".
        package var format: String?

        package init(_ name: String, type: String? = nil, format: String? = nil) {
            self.name = name
            self.type = type
            self.format = format
        }
    }

    /// What the author of a tool says about it. A claim may raise its risk and never lowers it.
    package struct Annotations: Sendable, Hashable {
        package var readOnly: Bool?
        package var destructive: Bool?
        package var idempotent: Bool?
        package var openWorld: Bool?

        package init(
            readOnly: Bool? = nil, destructive: Bool? = nil, idempotent: Bool? = nil, openWorld: Bool? = nil
        ) {
            self.readOnly = readOnly
            self.destructive = destructive
            self.idempotent = idempotent
            self.openWorld = openWorld
        }
    }

    /// The operation's name, in any of the usual spellings.
    package var name: String
    package var title: String
    /// The service, vendor or server that the operation belongs to.
    package var service: String
    /// The HTTP method in upper case, where there is one.
    package var method: String?
    /// The path template, where there is one.
    package var path: String?
    package var description: String
    package var tags: [String]
    /// Parameters and the body's fields.
    package var fields: [Field]
    /// Fields of the answer.
    package var answerFields: [Field]
    /// OAuth scopes that the operation asks for: "orders:write".
    package var securityScopes: [String]
    package var annotations: Annotations

    package init(
        name: String, title: String = "", service: String = "", method: String? = nil, path: String? = nil,
        description: String = "", tags: [String] = [], fields: [Field] = [], answerFields: [Field] = [],
        securityScopes: [String] = [], annotations: Annotations = Annotations()
    ) {
        self.name = name
        self.title = title
        self.service = service
        self.method = method
        self.path = path
        self.description = description
        self.tags = tags
        self.fields = fields
        self.answerFields = answerFields
        self.securityScopes = securityScopes
        self.annotations = annotations
    }
}

extension RiskSubject.Field: ExpressibleByStringLiteral {
    package init(stringLiteral name: String) {
        self.init(name)
    }
}
