/// What a scan knows of a document.
package struct DocumentFacts: Sendable {
    /// An operation that could not be read.
    package struct Skipped: Sendable, Hashable {
        /// Which operation or path it is, the same from scan to scan.
        package var subject: String
        /// Why, stable, in kebab case.
        package var code: String
        package var message: String
        package var file: String
        package var line: Int?

        package init(subject: String, code: String, message: String, file: String, line: Int?) {
            self.subject = subject
            self.code = code
            self.message = message
            self.file = file
            self.line = line
        }
    }

    /// A text with the form of a secret. The text itself is not kept.
    package struct Secret: Sendable, Hashable {
        /// What it looks like.
        package var name: String
        /// The first digits of its SHA-256, which tell it from others.
        package var mark: String
        package var line: Int

        package init(name: String, mark: String, line: Int) {
            self.name = name
            self.mark = mark
            self.line = line
        }
    }

    package var title: String
    package var version: String
    /// The version of OpenAPI as the document writes it.
    package var openAPIVersion: String
    package var file: String
    /// SHA-256 of the file, in hexadecimal digits.
    package var digest: String
    /// In the document's order.
    package var tools: [ScannedTool]
    /// How many operations the document has, those that could not be read included.
    package var operationCount: Int
    package var skipped: [Skipped]
    /// Each once, in the order of the file.
    package var secrets: [Secret]

    package init(
        title: String, version: String, openAPIVersion: String, file: String, digest: String, tools: [ScannedTool],
        operationCount: Int, skipped: [Skipped], secrets: [Secret] = []
    ) {
        self.title = title
        self.version = version
        self.openAPIVersion = openAPIVersion
        self.file = file
        self.digest = digest
        self.tools = tools
        self.operationCount = operationCount
        self.skipped = skipped
        self.secrets = secrets
    }
}
