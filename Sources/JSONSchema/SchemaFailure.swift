package import JSON

/// One reason why a value does not fit a schema.
package struct SchemaFailure: Sendable, Hashable {
    /// The offending part of the value.
    package let instance: JSONPointer
    /// The keyword in the document that holds it, or the schema itself where the schema is `false`.
    package let keyword: JSONPointer
    /// A sentence for the one who wrote the value, such as `amount must be at most 500`. It repeats at most 64
    /// characters of any name or value.
    package let message: String
}
