package import JSON

/// A compiled JSON Schema (2020-12; 2019-09 without `$recursiveRef`, and draft 7, where `$schema` says so).
///
/// Immutable and cheap to copy. Every keyword of the standard is enforced, is an annotation by the standard, or was
/// refused when the schema was compiled. Validation never reads anything but its arguments and ends within
/// ``Limits``; a value that would take more is invalid.
package struct Schema: Sendable {
    package struct Limits: Sendable {
        /// Subschemas of all documents that were read.
        package var maxSubschemas = 50_000
        /// Names and indices from the root of a document to a subschema.
        package var maxSchemaDepth = 256
        /// Size of the program of one regular expression.
        package var maxPatternProgram = 8192
        /// Units of work for one value: schemas applied, members and items seen, scalars matched.
        package var maxSteps = 5_000_000
        /// Schemas applied within schemas.
        package var maxDepth = 256

        package init() {}
    }

    package struct Options: Sendable {
        /// URI of the document, against which its identifiers and references are resolved.
        package var baseURI = ""
        /// Documents that references may lead to, by absolute URI. The metaschemas are always there.
        package var documents: [String: JSONValue] = [:]
        /// Enforce `format`, which is an annotation otherwise.
        package var assertsFormats = false
        package var limits = Limits()

        package init() {}
    }

    /// Keywords that no known vocabulary defines: they are annotations and have no effect on validity. Formats that
    /// should be asserted but are not known are among them.
    package let unknownKeywords: [JSONPointer]

    let program: SchemaProgram

    /// - Throws: ``SchemaError`` for the first thing that cannot be enforced as it is written.
    package static func compile(
        _ root: JSONValue, options: Options = Options()
    ) throws(SchemaError) -> Schema {
        var compiler = try SchemaCompiler(root, options: options)
        return try compiler.compile()
    }

    /// Whether the value fits.
    package func isValid(_ value: JSONValue) -> Bool {
        var evaluator = SchemaEvaluator(program, collects: false)
        return evaluator.run(value)
    }

    /// Why the value does not fit; empty when it does.
    ///
    /// - Parameter maxFailures: at least one is returned for an invalid value.
    package func validate(_ value: JSONValue, maxFailures: Int = 8) -> [SchemaFailure] {
        var evaluator = SchemaEvaluator(program, collects: false)
        if evaluator.run(value) { return [] }
        // To collect costs more than to decide.
        return evaluator.isExhausted ? evaluator.failures : failures(of: value, max: maxFailures)
    }

    /// Collects without deciding first.
    func failures(of value: JSONValue, max: Int) -> [SchemaFailure] {
        var evaluator = SchemaEvaluator(program, collects: true)
        if evaluator.run(value) { return [] }
        return Array(evaluator.failures.prefix(Swift.max(1, max)))
    }
}
