package import Documents

/// What a document yields: drafts of tools, and everything that was wrong on the way.
package struct OpenAPIImport: Sendable {
    /// `info.title`, cleaned.
    package var title = ""
    /// `info.version`, cleaned.
    package var version = ""
    /// The version of OpenAPI as the document writes it; empty when it names none.
    package var openAPIVersion = ""
    /// Base URLs as declared, variables replaced by their defaults. Suggestions: none of them is ever contacted
    /// because a document says so.
    package var servers: [String] = []
    package var securitySchemes: [SecurityScheme] = []
    /// In the document's order.
    package var operations: [OperationDraft] = []
    package var diagnostics: [Diagnostic] = []
    /// Operations that the document holds, the skipped ones included.
    package var operationCount = 0
}
