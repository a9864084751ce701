package import Documents

/// Reads OpenAPI 2.0, 3.0 and 3.1 documents.
package enum OpenAPIImporter {
    /// Imports a document. Total: what cannot be used is a diagnostic, an operation that cannot be represented is
    /// skipped alone, and an unusable document yields no operations.
    ///
    /// - Parameters:
    ///   - root: the document itself. The last component of its file name is how other files refer to it.
    ///   - load: reads a file by its path relative to the folder of the root document, normalised and never outside
    ///     it; nil when there is none. Called once for each path. What symbolic links may lead to is its concern.
    package static func importDocument(
        _ root: SourceDocument, options: ImportOptions = ImportOptions(),
        load: (_ path: String) throws(Diagnostic) -> SourceDocument? = { _ in nil }
    ) -> OpenAPIImport {
        withoutActuallyEscaping(load) { load in
            DocumentReader(root: root, options: options, load: load).read()
        }
    }
}
