package import JSON
import JSONSchema
import Synchronization

/// What a source declares of a tool's answers.
///
/// Compiled when it is first needed: catalogues hold thousands of tools, and few are ever used.
package final class DeclaredAnswer: Sendable {
    /// A self-contained JSON Schema.
    package let schema: JSONValue
    private let shape = Mutex<Shape?>(nil)
    private let compiled = Mutex<Schema??>(nil)

    package init(schema: JSONValue) {
        self.schema = schema
    }

    /// Whether answers are objects, which is what MCP can carry as structured content in every revision.
    package var isObject: Bool {
        schema["type"]?.string == "object"
    }

    /// The declared fields of an answer, and how many members were left out.
    package func reduce(_ value: JSONValue) -> (value: JSONValue, leftOut: Int) {
        let shape = shape.withLock { shape in
            if let shape { return shape }
            let fresh = Shape(schema: schema)
            shape = fresh
            return fresh
        }
        return shape.reduce(value)
    }

    /// Whether an answer is what is declared. A schema that cannot be compiled matches nothing.
    package func matches(_ value: JSONValue) -> Bool {
        let validator = compiled.withLock { compiled in
            if let known = compiled { return known }
            let fresh = try? Schema.compile(schema)
            compiled = .some(fresh)
            return fresh
        }
        return validator?.isValid(value) ?? false
    }
}
