package import Risk

/// What a scan knows of one operation that could be a tool. Its texts come from outside.
package struct ScannedTool: Sendable {
    /// Who a call would act as, as far as the document tells.
    package enum ProposedScope: String, Sendable, Hashable, CaseIterable {
        /// A security scheme allows the user's own credential.
        case userCredential = "user-credential"
        /// A parameter is plainly the caller's identity.
        case bound
        /// Nothing says; a person has to.
        case undeclared
    }

    package var name: String
    /// In upper case.
    package let method: String
    package var path: String { didSet { key = method + " " + path } }
    package var summary: String
    package var description: String
    package var tags: [String]
    package var isDeprecated: Bool
    package var risk: Risk
    /// The names of the security schemes that the operation asks for; empty when it answers anybody.
    package var schemes: [String]
    /// The permissions (OAuth scopes) that it asks for, where it names any.
    package var permissions: [String]
    package var scope: ProposedScope
    /// Whether the fields of the answer are declared, so that all others can be left out.
    package var declaresAnswer: Bool
    /// Arguments that take anything: an object or a list without a schema for what is in it.
    package var openArguments: [String]
    /// Parameters in path or query that hold a secret.
    package var secretsInAddress: [String]
    /// What in its texts, as they stand in the document, is not meant for a reader.
    package var flaws: [TextFlaw]
    /// Where the operation stands.
    package var file: String
    package var line: Int?

    package init(
        name: String, method: String, path: String, summary: String = "", description: String = "",
        tags: [String] = [], isDeprecated: Bool = false, risk: Risk, schemes: [String] = [],
        permissions: [String] = [], scope: ProposedScope = .undeclared, declaresAnswer: Bool = false,
        openArguments: [String] = [], secretsInAddress: [String] = [], flaws: [TextFlaw] = [], file: String = "",
        line: Int? = nil
    ) {
        self.name = name
        self.method = method
        self.path = path
        key = method + " " + path
        self.summary = summary
        self.description = description
        self.tags = tags
        self.isDeprecated = isDeprecated
        self.risk = risk
        self.schemes = schemes
        self.permissions = permissions
        self.scope = scope
        self.declaresAnswer = declaresAnswer
        self.openArguments = openArguments
        self.secretsInAddress = secretsInAddress
        self.flaws = flaws
        self.file = file
        self.line = line
    }

    /// What the operation is known by from scan to scan: method and path, which do not change with its name.
    package private(set) var key: String

    /// Whether anybody may call the operation.
    package var isOpen: Bool { schemes.isEmpty }
}
