package import Documents
package import JSON

/// One operation as a tool that could be offered.
package struct OperationDraft: Sendable {
    /// The tool's name: `[a-z0-9_]`, 1–48 characters, unique in the document and independent of its order.
    package let name: String
    /// Other names by which a reader may know the operation: its `operationId` as written.
    package let aliases: [String]
    package let operationID: String?
    /// In upper case.
    package let method: String
    /// The path template as the document writes it.
    package let path: String
    package let summary: String
    package let description: String
    package let tags: [String]
    package let isDeprecated: Bool
    /// Alternatives, one of which must be met; empty when the operation asks for none.
    package let security: [SecurityRequirement]
    /// Base URLs that replace the document's for this operation; empty when it declares none.
    package let servers: [String]
    /// Every argument with the place it is sent to, in the order of the input schema.
    package let parameters: [Parameter]
    /// A self-contained JSON Schema 2020-12 for the arguments: an object closed at the top, references only to its
    /// own `$defs`.
    package let inputSchema: JSONValue
    /// The same for the result; nil when no JSON is declared for success, or its schema cannot be used.
    package let outputSchema: JSONValue?
    /// Media types that successful responses declare.
    package let responseMediaTypes: [String]
    package let request: RequestTemplate
    /// The file that holds the operation, as the reader named it.
    package let file: String
    /// Where in that file.
    package let pointer: JSONPointer
    package internal(set) var position: SourcePosition?
}
