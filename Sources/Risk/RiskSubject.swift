/// What is known about an operation when its risk is judged.
package struct RiskSubject: Sendable, Hashable {
    /// The operation's name, in any of the usual spellings.
    package var name: String
    /// The HTTP method in upper case, where there is one.
    package var method: String?
    /// The path template, where there is one.
    package var path: String?
    package var description: String
    package var tags: [String]
    /// Names of parameters and of the body's fields.
    package var fields: [String]

    package init(
        name: String, method: String? = nil, path: String? = nil, description: String = "", tags: [String] = [],
        fields: [String] = []
    ) {
        self.name = name
        self.method = method
        self.path = path
        self.description = description
        self.tags = tags
        self.fields = fields
    }
}
