import JSON

/// Which way a value travels: members that are read-only do not go up, members that are write-only do not come down.
enum Direction: Int {
    case request = 0
    case response = 1
}

/// A schema in the 2020-12 dialect whose references are `#/$defs/…` of the library, and what is known about it.
struct ConvertedSchema {
    var value: JSONValue
    /// Definitions that it refers to, in order of first use.
    var references: [Int] = []
    /// Those that apply to the same instance.
    var inPlace: [Int] = []
    /// Those that must not be replaced by something more generous, because they stand under `not` or `oneOf`.
    var strict: [Int] = []
    /// Values in it.
    var nodes = 1
    var problems: [SchemaProblem] = []
    /// Whether the other direction may give another schema.
    var dependsOnDirection = false

    static let anything = ConvertedSchema(value: .object([:]))
}

/// A conversion that many operations share.
final class SharedSchema {
    let schema: ConvertedSchema

    init(_ schema: ConvertedSchema) {
        self.schema = schema
    }
}

/// Something in a schema that no operation can be imported with.
struct SchemaProblem: Hashable {
    let code: String
    /// A clause that follows "because".
    let message: String
    var hint: String?
    let site: Site
    /// A result may still be described by the schema, because what is wrong was left out and accepts more.
    var spoilsResponse = true
}
