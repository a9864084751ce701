package import JSON
import JSONSchema
import Synchronization

/// What a source declares of a tool's answers.
package final class DeclaredAnswer: Sendable {
    private let deferred: DeferredSchema
    private let shape = Mutex<Shape?>(nil)

    package init(schema: JSONValue) {
        deferred = DeferredSchema(schema)
    }

    /// A self-contained JSON Schema.
    package var schema: JSONValue { deferred.json }

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
        (try? deferred.compile())?.isValid(value) ?? false
    }
}
