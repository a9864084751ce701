package import JSON

/// One argument of an operation and where it goes.
package struct Parameter: Sendable, Hashable {
    package enum Location: String, Sendable, Hashable, CaseIterable {
        case path, query, header, cookie, body
    }

    /// The name that the upstream knows; `body` when the argument is the whole body.
    package let name: String
    package let location: Location
    /// The name in the input schema.
    package let argument: String
    package let isRequired: Bool
    /// As in the input schema, whose `$defs` its references mean.
    package let schema: JSONValue
    package let description: String
}
