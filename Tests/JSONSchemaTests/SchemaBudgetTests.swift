import JSON
import Testing

@testable import JSONSchema

struct Budgets {
    private static let tooMuch = ["the value takes too much work to check; make it smaller"]

    private func steps(_ schema: Schema, _ value: JSONValue) -> Int {
        var evaluator = SchemaEvaluator(schema.program, collects: false)
        let before = evaluator.steps
        _ = evaluator.run(value)
        return before - evaluator.steps
    }

    @Test func `what exceeds the steps is invalid and says so`() throws {
        var options = Schema.Options()
        options.limits.maxSteps = 100
        let schema = try Schema.compile(["items": ["type": "integer"]], options: options)
        #expect(schema.isValid(.array(Array(repeating: 1, count: 50))))
        let large: JSONValue = .array(Array(repeating: 1, count: 200))
        #expect(!schema.isValid(large))
        #expect(schema.validate(large).map(\.message) == Self.tooMuch)
    }

    @Test func `exceeding is invalid below not and in every branch`() throws {
        var options = Schema.Options()
        options.limits.maxSteps = 100
        let large: JSONValue = .array(Array(repeating: 1, count: 200))
        let costly: JSONValue = ["items": ["type": "integer"]]
        for root: JSONValue in [
            ["not": costly], ["anyOf": [costly, true]], ["if": costly, "else": true], ["oneOf": [costly, true]],
            ["contains": ["type": "string"], "minContains": 0, "maxContains": 1],
        ] {
            let schema = try Schema.compile(root, options: options)
            #expect(!schema.isValid(large))
            #expect(schema.validate(large).map(\.message) == Self.tooMuch)
        }
    }

    @Test func `a deep value ends at the depth limit`() throws {
        let schema = try Schema.compile(["additionalProperties": ["$ref": "#"]])
        var value: JSONValue = 1
        for _ in 0..<1000 { value = ["a": value] }
        #expect(!schema.isValid(value))
        #expect(schema.validate(value).map(\.message) == Self.tooMuch)
    }

    @Test func `dynamic references that consume nothing end`() throws {
        let schema = try Schema.compile(
            JSONParser.parse(##"{"$id":"http://a/b","$dynamicAnchor":"x","anyOf":[{"$dynamicRef":"#x"}]}"##))
        #expect(!schema.isValid(1))
        #expect(schema.validate(1).map(\.message) == Self.tooMuch)
    }

    @Test func `branches that multiply end at the steps`() throws {
        // Each level applies the next one twice: 2^40 ways.
        var definitions = JSONObject()
        for level in 0..<40 {
            let next: JSONValue = ["$ref": .string("#/$defs/l\(level + 1)")]
            definitions["l\(level)"] = ["anyOf": [["allOf": [next, false]], next]]
        }
        definitions["l40"] = ["type": "string"]
        var options = Schema.Options()
        options.limits.maxSteps = 50_000
        let schema = try Schema.compile(["$ref": "#/$defs/l0", "$defs": .object(definitions)], options: options)
        #expect(schema.validate(1).map(\.message) == Self.tooMuch)
    }

    @Test func `uniqueness, equality and patterns take linear work`() throws {
        var members = JSONObject()
        for index in 0..<5_000 { members.append("k\(index)", JSONValue(index)) }
        let object: JSONValue = .object(members)
        let reversed: JSONValue = .object(JSONObject(members: members.reversed()))
        let unique = try Schema.compile(["uniqueItems": true])
        #expect(steps(unique, [object, reversed]) < 100_000)
        #expect(!unique.isValid([object, reversed]))
        #expect(try Schema.compile(["const": object]).isValid(reversed))
        let numbers: JSONValue = .array((0..<10_000).map { JSONValue($0) })
        #expect(steps(unique, numbers) < 100_000)
        #expect(unique.isValid(numbers))
        let pattern = try Schema.compile(["pattern": "^(a+)+$"])
        #expect(steps(pattern, .string(String(repeating: "a", count: 50_000) + "!")) < 500_000)
    }

    @Test func `long numbers are paid for`() throws {
        let digits = String(repeating: "7", count: 8_000)
        let value: JSONValue = .number(try #require(JSONNumber(digits + "e-4000")))
        let schema = try Schema.compile(JSONParser.parse(#"{"multipleOf":0.5}"#))
        #expect(steps(schema, value) >= 8_000)
        #expect(!schema.isValid(value))
    }
}
