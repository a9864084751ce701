/// What the importer asks of its surroundings, and how much it takes from one document.
package struct ImportOptions: Sendable {
    /// Whether the matcher that will check arguments understands a regular expression.
    ///
    /// An operation whose input uses another one is skipped; a declared output loses the keyword.
    package var isPatternSupported: @Sendable (String) -> Bool
    package var limits: Limits

    package init(
        limits: Limits = Limits(), isPatternSupported: @escaping @Sendable (String) -> Bool = { _ in true }
    ) {
        self.limits = limits
        self.isPatternSupported = isPatternSupported
    }

    /// Bounds, each far above what real documents need.
    package struct Limits: Sendable, Hashable {
        /// Operations of one document.
        package var operations = 20_000
        /// Files that one document reads beside itself.
        package var files = 5_000
        /// Parameters of one operation.
        package var parameters = 300
        /// Values in the input schema of one operation, its definitions included.
        package var inputNodes = 40_000
        /// Values in the output schema of one operation; definitions beyond accept everything.
        package var outputNodes = 5_000
        /// Definitions in the schemas of all operations, counted each time one is used.
        package var definitions = 2_000_000
        /// Levels of one schema as written, references not followed.
        package var schemaDepth = 64
        package var diagnostics = 10_000
        /// Characters.
        package var summary = 300
        /// Characters.
        package var description = 4_000
        /// Characters of a description inside a schema.
        package var schemaDescription = 1_000

        package init() {}
    }
}
