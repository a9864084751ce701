/// An HTTP request without its server and without credentials.
package struct RequestDraft: Sendable, Hashable {
    package struct Field: Sendable, Hashable {
        package let name: String
        package let value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    package let method: String
    /// Path and query in origin form (RFC 9112 §3.2.1), percent-encoded, to be appended to the path of the server's
    /// base URL. Starts with exactly one `/`.
    package let target: String
    /// Fields that arguments fill; a `Cookie` field is one of them where the operation has cookie parameters.
    package let headers: [Field]
    /// Nil when nothing is sent.
    package let body: [UInt8]?
    /// Set exactly when there is a body.
    package let contentType: String?
}

/// Why arguments cannot become a request.
package struct RequestRefusal: Error, Sendable, Hashable {
    package enum Code: String, Sendable, Hashable {
        case missingArgument = "missing-argument"
        case unknownArgument = "unknown-argument"
        case emptySegment = "empty-path-segment"
        case dotSegment = "dot-path-segment"
        case controlCharacter = "control-character"
        case unsafeValue = "value-breaks-structure"
        case unsupportedValue = "value-cannot-be-sent"
        case invalidBase64 = "invalid-base64"
        case tooLarge = "too-large"
    }

    package let code: Code
    /// The argument as the input schema names it.
    package let argument: String
    /// One sentence that the agent can act on; it never repeats the value.
    package let message: String
}
