/// Index of a compiled schema in ``SchemaProgram/nodes``; negative where there is none.
typealias NodeID = Int32

/// Positions in one of the program's tables.
struct Slice: Sendable {
    let start: Int32
    let count: Int32

    var range: Range<Int> { Int(start)..<Int(start) + Int(count) }
}

/// Types of JSON Schema as bits; a number is an `integer` or a `fraction`.
struct TypeSet: OptionSet, Sendable {
    let rawValue: UInt8
    static let null = TypeSet(rawValue: 1)
    static let boolean = TypeSet(rawValue: 2)
    static let integer = TypeSet(rawValue: 4)
    static let fraction = TypeSet(rawValue: 8)
    static let string = TypeSet(rawValue: 16)
    static let array = TypeSet(rawValue: 32)
    static let object = TypeSet(rawValue: 64)
    static let number: TypeSet = [.integer, .fraction]
    static let all = TypeSet(rawValue: 127)
}

/// A compiled schema: its types, and the checks for each kind of value as positions in ``SchemaProgram/checks``.
struct SchemaNode: Sendable {
    /// The schema `false`.
    var isNever = false
    var types = TypeSet.all
    /// Whether the node asks what other keywords have evaluated.
    var asksUnevaluated = false
    var resource: Int32 = 0
    var string = Slice(start: 0, count: 0)
    var number = Slice(start: 0, count: 0)
    var array = Slice(start: 0, count: 0)
    var object = Slice(start: 0, count: 0)
    /// Checks of any value, after those of its kind.
    var any = Slice(start: 0, count: 0)
    /// Checks that need the results of all others.
    var last = Slice(start: 0, count: 0)
}

/// One keyword to check. Everything that is not a plain number stands in a table of the program.
enum SchemaCheck: Sendable {
    case const(value: Int32)
    case enumeration(Int32)
    case reference(NodeID)
    case dynamicReference(Int32)
    case allOf(Slice)
    case anyOf(Slice)
    case oneOf(Slice)
    case not(NodeID)
    case condition(Int32)
    case minLength(Int)
    case maxLength(Int)
    case pattern(Int32)
    case format(StringFormat)
    case bound(Int32)
    case multipleOf(Int32)
    case items(first: Slice, rest: NodeID)
    case minItems(Int)
    case maxItems(Int)
    case uniqueItems
    case contains(Int32)
    case members(Int32)
    case minProperties(Int)
    case maxProperties(Int)
    case dependencies(Int32)
    case unevaluatedItems(NodeID)
    case unevaluatedProperties(NodeID)
}
