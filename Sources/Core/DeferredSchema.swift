package import JSON
package import JSONSchema
import Synchronization

/// A schema that is compiled when it is first needed: catalogues hold thousands, and few are ever used.
package final class DeferredSchema: Sendable {
    package let json: JSONValue
    private let options: Schema.Options
    private let compiled = Mutex<Result<Schema, SchemaError>?>(nil)

    package init(_ json: JSONValue, options: Schema.Options = Schema.Options()) {
        self.json = json
        self.options = options
    }

    /// - Throws: ``SchemaError`` when the schema cannot be enforced.
    package func compile() throws(SchemaError) -> Schema {
        let result = compiled.withLock { compiled in
            if let known = compiled { return known }
            let fresh: Result<Schema, SchemaError>
            do throws(SchemaError) {
                fresh = .success(try Schema.compile(json, options: options))
            } catch {
                fresh = .failure(error)
            }
            compiled = fresh
            return fresh
        }
        return try result.get()
    }
}
