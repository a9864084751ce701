import JSON

/// What a schema compiles to. Nodes refer to each other by index, so recursive schemas are plain data.
final class SchemaProgram: Sendable {
    /// `enum`, with strings kept apart for their number.
    struct Enumeration: Sendable {
        let strings: NameTable
        let others: [JSONValue]
        let all: [JSONValue]
    }

    struct Condition: Sendable {
        let test: NodeID
        let then: NodeID
        let otherwise: NodeID
    }

    /// `$dynamicRef` (2020-12 core §8.2.3.2).
    struct DynamicReference: Sendable {
        let target: NodeID
        /// Column of ``SchemaProgram/dynamicAnchors``.
        let name: Int32
    }

    struct Bound: Sendable {
        enum Kind: String, Sendable {
            case minimum, maximum, exclusiveMinimum, exclusiveMaximum
        }

        let kind: Kind
        let number: JSONNumber
        let decimal: JSONDecimal
        let int: Int?
    }

    struct Divisor: Sendable {
        let number: JSONNumber
        let decimal: JSONDecimal
        let int: Int?
    }

    struct Contains: Sendable {
        let node: NodeID
        let min: Int
        /// `Int.max` where there is no limit.
        let max: Int
        /// Whether an item that fits counts as evaluated: since 2020-12.
        let marks: Bool
    }

    /// Everything that looks at the members of an object one by one. Shared: a copy would cost more than a look.
    final class Members: Sendable {
        struct Property: Sendable {
            /// Negative where the name is only required.
            let node: NodeID
            /// The bit of a required name in the mask, 0 for the others.
            let bit: UInt64
        }

        let names: NameTable
        let properties: [Property]
        let required: UInt64
        /// Names that are required beyond the 64 that have a bit.
        let moreRequired: [String]
        let requiredNames: [String]
        let patterns: [(pattern: Int32, node: NodeID)]
        let additional: NodeID
        let propertyNames: NodeID

        init(
            names: NameTable, properties: [Property], required: UInt64, moreRequired: [String],
            requiredNames: [String], patterns: [(pattern: Int32, node: NodeID)], additional: NodeID,
            propertyNames: NodeID
        ) {
            self.names = names
            self.properties = properties
            self.required = required
            self.moreRequired = moreRequired
            self.requiredNames = requiredNames
            self.patterns = patterns
            self.additional = additional
            self.propertyNames = propertyNames
        }
    }

    /// `dependentRequired`, `dependentSchemas` and `dependencies` for one name.
    struct Dependency: Sendable {
        let name: String
        let required: [String]
        let node: NodeID
        let keyword: Keyword
    }

    let nodes: [SchemaNode]
    let checks: [SchemaCheck]
    let children: [NodeID]
    let values: [JSONValue]
    let enumerations: [Enumeration]
    let conditions: [Condition]
    let dynamicReferences: [DynamicReference]
    /// Row by resource, column by name: the schema with that dynamic anchor.
    let dynamicAnchors: [[NodeID]]
    let bounds: [Bound]
    let divisors: [Divisor]
    let contains: [Contains]
    let patterns: [Pattern]
    let members: [Members]
    let dependencies: [[Dependency]]
    /// Where each node stands in its document.
    let pointers: [JSONPointer]
    let root: NodeID
    let limits: Schema.Limits
    let hasDynamicScope: Bool

    init(_ tables: SchemaTables, pointers: [JSONPointer], root: NodeID, limits: Schema.Limits) {
        nodes = tables.nodes
        checks = tables.checks
        children = tables.children
        values = tables.values
        enumerations = tables.enumerations
        conditions = tables.conditions
        dynamicReferences = tables.dynamicReferences
        dynamicAnchors = tables.dynamicAnchors
        bounds = tables.bounds
        divisors = tables.divisors
        contains = tables.contains
        patterns = tables.patterns
        members = tables.members
        dependencies = tables.dependencies
        self.pointers = pointers
        self.root = root
        self.limits = limits
        hasDynamicScope = !tables.dynamicReferences.isEmpty
    }
}

/// The tables of a program while they grow.
struct SchemaTables {
    var nodes: [SchemaNode] = []
    var checks: [SchemaCheck] = []
    var children: [NodeID] = []
    var values: [JSONValue] = []
    var enumerations: [SchemaProgram.Enumeration] = []
    var conditions: [SchemaProgram.Condition] = []
    var dynamicReferences: [SchemaProgram.DynamicReference] = []
    var dynamicAnchors: [[NodeID]] = []
    var bounds: [SchemaProgram.Bound] = []
    var divisors: [SchemaProgram.Divisor] = []
    var contains: [SchemaProgram.Contains] = []
    var patterns: [Pattern] = []
    var members: [SchemaProgram.Members] = []
    var dependencies: [[SchemaProgram.Dependency]] = []

    mutating func addChecks(_ new: [SchemaCheck]) -> Slice {
        let start = Int32(checks.count)
        checks += new
        return Slice(start: start, count: Int32(new.count))
    }

    mutating func addChildren(_ new: [NodeID]) -> Slice {
        let start = Int32(children.count)
        children += new
        return Slice(start: start, count: Int32(new.count))
    }
}

extension Array {
    /// Appends and returns the position.
    mutating func add(_ element: Element) -> Int32 {
        append(element)
        return Int32(count - 1)
    }
}
