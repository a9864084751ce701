/// A JSON value (RFC 8259) that loses nothing: members keep their order, numbers keep their source text.
///
/// Two values are equal when they are written from the same tokens: strings by their UTF-8 bytes (never by
/// Unicode canonical equivalence, which would make two different names one), numbers by their text. For equality
/// by mathematical value see ``isEqual(to:)``.
public enum JSONValue: Sendable {
    case null
    case bool(Bool)
    case number(JSONNumber)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)
}

extension JSONValue {
    /// The string, or nil when the value is of another type.
    public var string: String? {
        if case .string(let string) = self { string } else { nil }
    }

    /// The object, or nil when the value is of another type.
    public var object: JSONObject? {
        if case .object(let object) = self { object } else { nil }
    }

    /// The elements, or nil when the value is of another type.
    public var array: [JSONValue]? {
        if case .array(let array) = self { array } else { nil }
    }

    /// The truth value, or nil when the value is of another type.
    public var bool: Bool? {
        if case .bool(let bool) = self { bool } else { nil }
    }

    /// The number, or nil when the value is of another type.
    public var number: JSONNumber? {
        if case .number(let number) = self { number } else { nil }
    }

    /// The number as an exact integer, or nil when it is none or does not fit.
    public var int: Int? {
        number?.int
    }

    public var isNull: Bool {
        if case .null = self { true } else { false }
    }

    /// The member of an object, or nil when there is none or the value is no object.
    public subscript(key: String) -> JSONValue? {
        object?[key]
    }

    /// The name of the value's type as JSON Schema writes it; an integer is a `number` here.
    public var typeName: String {
        switch self {
        case .null: "null"
        case .bool: "boolean"
        case .number: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }
}

extension JSONValue: Hashable {
    public static func == (left: JSONValue, right: JSONValue) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let left), .bool(let right)): left == right
        case (.number(let left), .number(let right)): left == right
        case (.string(let left), .string(let right)): left.hasSameBytes(as: right)
        case (.array(let left), .array(let right)): left == right
        case (.object(let left), .object(let right)): left == right
        default: false
        }
    }

    public func hash(into hasher: inout Hasher) {
        switch self {
        case .null: hasher.combine(0)
        case .bool(let bool): hasher.combine(bool)
        case .number(let number): hasher.combine(number)
        // Swift hashes the canonical form, so equal bytes have equal hashes.
        case .string(let string): hasher.combine(string)
        case .array(let array): hasher.combine(array)
        case .object(let object): hasher.combine(object)
        }
    }

    /// Equality as JSON Schema means it (2020-12 core §4.2.2): numbers by mathematical value, objects without
    /// regard to the order of members.
    public func isEqual(to other: JSONValue) -> Bool {
        switch (self, other) {
        case (.number(let left), .number(let right)):
            left == right || left.decimal == right.decimal
        case (.array(let left), .array(let right)):
            left.count == right.count && zip(left, right).allSatisfy { $0.isEqual(to: $1) }
        case (.object(let left), .object(let right)):
            left.count == right.count && left.hasEqualMembers(to: right)
        default: self == other
        }
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByNilLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    public init(stringLiteral value: String) { self = .string(value) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(integerLiteral value: Int) { self = .number(JSONNumber(value)) }
    public init(nilLiteral: ()) { self = .null }
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        var object = JSONObject()
        for (key, value) in elements { object[key] = value }
        self = .object(object)
    }

    /// An integer as a value.
    public init(_ int: Int) { self = .number(JSONNumber(int)) }
}

extension String {
    /// Whether both strings are the same UTF-8 bytes.
    ///
    /// Swift's `==` compares by canonical equivalence, under which U+212A KELVIN SIGN equals "K".
    @inlinable
    public func hasSameBytes(as other: String) -> Bool {
        guard utf8.count == other.utf8.count else { return false }
        let left = utf8Span.span, right = other.utf8Span.span
        for index in left.indices where left[index] != right[index] { return false }
        return true
    }
}
