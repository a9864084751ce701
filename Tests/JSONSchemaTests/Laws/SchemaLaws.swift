import JSON
import TestSupport
import Testing

@testable import JSONSchema

/// Laws over random schemas and values. A failure prints its seed.
struct `Schema laws` {
    @Test(arguments: 0..<25 as Range<UInt64>)
    func `deciding and collecting agree`(seed: UInt64) throws {
        var generator = SchemaGenerator(seed: seed)
        var valid = 0
        for _ in 0..<40 {
            let root = generator.root()
            let schema = try Schema.compile(root)
            for _ in 0..<10 {
                let value = generator.value(depth: 3)
                let isValid = schema.isValid(value)
                let failures = schema.failures(of: value, max: 8)
                #expect(isValid == failures.isEmpty, "seed \(seed): \(root) on \(value)")
                #expect(schema.validate(value).isEmpty == isValid)
                if isValid { valid += 1 }
                for failure in failures {
                    #expect(value[failure.instance] != nil, "seed \(seed): \(failure)")
                    #expect(root[failure.keyword] != nil, "seed \(seed): \(failure)")
                }
            }
        }
        #expect(valid > 20 && valid < 380, "seed \(seed): the values say nothing")
    }

    @Test(arguments: 0..<15 as Range<UInt64>)
    func `compositions mean what logic says`(seed: UInt64) throws {
        var generator = SchemaGenerator(seed: seed &+ 1_000)
        for _ in 0..<10 {
            let one = generator.schema(depth: 2)
            let two = generator.schema(depth: 2)
            let first = try Schema.compile(one)
            let second = try Schema.compile(two)
            let both = try Schema.compile(["allOf": [one, two]])
            let any = try Schema.compile(["anyOf": [one, two]])
            let exactly = try Schema.compile(["oneOf": [one, two]])
            let opposite = try Schema.compile(["not": one])
            let condition = try Schema.compile(["if": one, "then": two, "else": ["not": two]])
            let reference = try Schema.compile(["$ref": "#/$defs/one", "$defs": ["one": one]])
            let items = try Schema.compile(["prefixItems": [one], "items": two])
            let some = try Schema.compile(["contains": one])
            for _ in 0..<8 {
                let value = generator.value(depth: 2)
                let (a, b) = (first.isValid(value), second.isValid(value))
                let comment: Comment = "seed \(seed): \(one), \(two) on \(value)"
                #expect(both.isValid(value) == (a && b), comment)
                #expect(any.isValid(value) == (a || b), comment)
                #expect(exactly.isValid(value) == (a != b), comment)
                #expect(opposite.isValid(value) == !a, comment)
                #expect(condition.isValid(value) == (a == b), comment)
                #expect(reference.isValid(value) == a, comment)
                let other = generator.value(depth: 2)
                #expect(items.isValid([value, other]) == (a && second.isValid(other)), comment)
                #expect(some.isValid([value, other]) == (a || first.isValid(other)), comment)
            }
        }
    }

    @Test(arguments: 0..<15 as Range<UInt64>)
    func `unevaluated beside its neighbours is additional`(seed: UInt64) throws {
        var generator = SchemaGenerator(seed: seed &+ 2_000)
        for _ in 0..<10 {
            let properties = generator.properties(depth: 1)
            let rest = generator.schema(depth: 1)
            let additional = try Schema.compile(["properties": properties, "additionalProperties": rest])
            let unevaluated = try Schema.compile(["properties": properties, "unevaluatedProperties": rest])
            let nested = try Schema.compile([
                "allOf": [["$ref": "#/$defs/p"]], "$defs": ["p": ["properties": properties]],
                "unevaluatedProperties": rest,
            ])
            for _ in 0..<8 {
                let value = generator.value(depth: 2)
                let expected = additional.isValid(value)
                #expect(unevaluated.isValid(value) == expected, "seed \(seed): \(properties) on \(value)")
                #expect(nested.isValid(value) == expected, "seed \(seed): \(properties) on \(value)")
            }
        }
    }

    @Test(arguments: 0..<25 as Range<UInt64>)
    func `any value is a schema or refused`(seed: UInt64) {
        var generator = SchemaGenerator(seed: seed &+ 4_000)
        var options = Schema.Options()
        options.assertsFormats = true
        options.limits.maxSteps = 10_000
        for _ in 0..<200 {
            let root = generator.wildSchema(depth: 3)
            guard let schema = try? Schema.compile(root, options: options) else { continue }
            for _ in 0..<3 {
                let value = generator.value(depth: 3)
                #expect(schema.isValid(value) == schema.validate(value).isEmpty, "seed \(seed): \(root) on \(value)")
            }
        }
    }

    @Test(arguments: 0..<15 as Range<UInt64>)
    func `equality is that of the JSON room`(seed: UInt64) throws {
        var generator = SchemaGenerator(seed: seed &+ 3_000)
        for _ in 0..<100 {
            let (one, two) = (generator.value(depth: 2), generator.value(depth: 2))
            var steps = Int.max
            #expect(JSONEquality.areEqual(one, two, steps: &steps) == one.isEqual(to: two), "seed \(seed)")
            let isRepeated = JSONEquality.firstRepeated([one, two], steps: &steps) != nil
            #expect(isRepeated == one.isEqual(to: two), "seed \(seed): \(one), \(two)")
        }
    }
}

/// Random schemas and values over few names and small numbers, so that they meet.
private struct SchemaGenerator {
    private var random: SplitMix64
    private static let names = ["a", "b", "c", "d"]

    init(seed: UInt64) {
        random = SplitMix64(seed: seed)
    }

    /// A schema with definitions that it may refer to.
    mutating func root() -> JSONValue {
        guard case .object(var object) = schema(depth: 3, refers: true) else { return true }
        object["$defs"] = ["x": schema(depth: 2), "y": schema(depth: 1)]
        return .object(object)
    }

    mutating func properties(depth: Int) -> JSONValue {
        var object = JSONObject()
        for name in Self.names where random.below(2) == 0 { object[name] = schema(depth: depth) }
        return .object(object)
    }

    mutating func schema(depth: Int, refers: Bool = false) -> JSONValue {
        if depth == 0 || random.below(12) == 0 { return .bool(random.below(5) > 0) }
        var object = JSONObject()
        for _ in 0...random.below(3) {
            let (keyword, value) = keyword(depth: depth - 1, refers: refers)
            object[keyword] = value
        }
        return .object(object)
    }

    private mutating func keyword(depth: Int, refers: Bool) -> (String, JSONValue) {
        switch random.below(refers ? 27 : 25) {
        case 0, 1: return ("type", .string(random.one(of: ["integer", "number", "string", "array", "object", "null"])))
        case 2: return ("type", ["object", "array", "boolean", "string"])
        case 3: return ("minimum", JSONValue(random.below(4)))
        case 4: return ("exclusiveMaximum", JSONValue(random.below(4)))
        case 5: return ("multipleOf", JSONValue(1 + random.below(3)))
        case 6: return ("maxLength", JSONValue(random.below(3)))
        case 7: return ("pattern", .string(random.one(of: ["^a", "b$", "[ab]{2}", "."])))
        case 8: return ("minItems", JSONValue(random.below(3)))
        case 9: return ("uniqueItems", true)
        case 10: return ("items", schema(depth: depth))
        case 11: return ("prefixItems", [schema(depth: depth), schema(depth: depth)])
        case 12: return ("contains", schema(depth: depth))
        case 13: return ("maxContains", 1)
        case 14: return ("properties", properties(depth: depth))
        case 15: return ("additionalProperties", schema(depth: depth))
        case 16: return ("patternProperties", ["[ab]": schema(depth: depth)])
        case 17: return ("required", .array([.string(random.one(of: Self.names))]))
        case 18: return ("propertyNames", ["pattern": .string(random.one(of: ["^[abc]$", "a"]))])
        case 19: return (random.one(of: ["unevaluatedProperties", "unevaluatedItems"]), schema(depth: depth))
        case 20: return (random.one(of: ["anyOf", "allOf", "oneOf"]), [schema(depth: depth), schema(depth: depth)])
        case 21: return (random.one(of: ["if", "then", "else", "not"]), schema(depth: depth))
        case 22: return ("dependentSchemas", .object(["a": schema(depth: depth)]))
        case 23: return ("dependentRequired", ["a": ["b"]])
        case 24: return (random.one(of: ["const", "enum"]), .array([value(depth: 1), value(depth: 0)]))
        default: return ("$ref", .string(random.one(of: ["#/$defs/x", "#/$defs/y"])))
        }
    }

    /// Any keyword with anything in it, references to anywhere included.
    mutating func wildSchema(depth: Int) -> JSONValue {
        if depth == 0 || random.below(10) == 0 { return random.below(3) == 0 ? value(depth: 1) : true }
        var object = JSONObject()
        for _ in 0..<random.below(4) {
            let keyword = random.one(of: Keyword.allCases)
            object[keyword.rawValue] =
                switch random.below(6) {
                case 0: value(depth: 1)
                case 1: .string(random.one(of: ["#", "#/$defs/a", "#a", "a", "http://a/b", "", "date-time", "regex"]))
                case 2: [wildSchema(depth: depth - 1), wildSchema(depth: depth - 1)]
                case 3: ["a": wildSchema(depth: depth - 1), "b": wildSchema(depth: depth - 1)]
                default: wildSchema(depth: depth - 1)
                }
        }
        return .object(object)
    }

    mutating func value(depth: Int) -> JSONValue {
        switch random.below(depth == 0 ? 6 : 12) {
        case 0: return .null
        case 1: return .bool(random.below(2) == 0)
        case 2, 3:
            return JSONNumber(random.one(of: ["0", "1", "2", "3", "1.0", "2.5", "10e-1", "-1"])).map { .number($0) }
                ?? 0
        case 4, 5: return .string(random.one(of: ["", "a", "ab", "ba", "é"]))
        case 6, 7, 8: return .array((0..<random.below(4)).map { _ in value(depth: depth - 1) })
        default:
            var object = JSONObject()
            for name in Self.names where random.below(2) == 0 { object[name] = value(depth: depth - 1) }
            return .object(object)
        }
    }
}
