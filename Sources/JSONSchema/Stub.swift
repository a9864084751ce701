package import JSON
package struct Schema: Sendable {
    package static func compile(_ root: JSONValue) throws(SchemaError) -> Schema { Schema() }
    package func isValid(_ value: JSONValue) -> Bool { true }
    package func validate(_ value: JSONValue, maxFailures: Int = 8) -> [SchemaFailure] { [] }
}
package struct SchemaFailure: Sendable { package let instance: JSONPointer; package let message: String }
package struct SchemaError: Error { package let message: String }
