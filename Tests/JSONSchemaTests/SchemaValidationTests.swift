import JSON
import Testing

@testable import JSONSchema

struct Validating {
    private func messages(_ schema: JSONValue, _ value: JSONValue) throws -> [String] {
        try Schema.compile(schema).validate(value).map(\.message)
    }

    private func number(_ text: String) throws -> JSONValue {
        .number(try #require(JSONNumber(text)))
    }

    @Test func `failures are sentences with places`() throws {
        let schema = try Schema.compile(
            JSONParser.parse(
                """
                {"type":"object","required":["amount","to"],"additionalProperties":false,"properties":{
                "amount":{"type":"number","maximum":500},"currency":{"enum":["EUR","USD"]},"to":{"type":"string"},
                "lines":{"type":"array","items":{"type":"integer","minimum":1}}}}
                """))
        let value = try JSONParser.parse(#"{"amount":501,"currency":"GBP","lines":[1,0,"x"],"extra":1}"#)
        let failures = schema.validate(value)
        #expect(
            failures.map { "\($0.instance) \($0.keyword) \($0.message)" } == [
                "/amount /properties/amount/maximum amount must be at most 500",
                "/currency /properties/currency/enum currency must be one of \"EUR\", \"USD\"",
                "/lines/1 /properties/lines/items/minimum item 1 of lines must be at least 1",
                "/lines/2 /properties/lines/items/type item 2 of lines must be an integer, not a string",
                "/extra /additionalProperties extra is not a known property here; leave it out",
                " /required the value must have the property \"to\"",
            ])
        #expect(schema.validate(value, maxFailures: 2).count == 2)
        #expect(schema.validate(value, maxFailures: 0).count == 1)
    }

    @Test func `sentences name the closest alternative`() throws {
        let schema = try JSONParser.parse(
            """
            {"oneOf":[{"type":"object","required":["kind"],"properties":{"kind":{"const":"card"},"number":{"type":"string"}}},
            {"type":"string"}]}
            """)
        #expect(
            try messages(schema, ["kind": "card", "number": 1]) == [
                "the value must fit one of 2 alternatives", "number must be a string, not a number",
            ])
        #expect(
            try messages(["oneOf": [true, true]], 1) == [
                "the value must fit exactly one of 2 alternatives, but fits more"
            ])
    }

    @Test func `a refused name is said with its reason`() throws {
        let schema: JSONValue = ["properties": ["o": ["propertyNames": ["maxLength": 3]]]]
        #expect(
            try messages(schema, ["o": ["long": 1]]) == [
                "o must not have a property named \"long\": long must have at most 3 characters"
            ])
    }

    @Test func `types are named in words`() throws {
        #expect(try messages(["type": "integer"], number("1.5")) == ["the value must be an integer, not a fraction"])
        #expect(try messages(["type": ["string", "null"]], 1) == ["the value must be a string or null, not a number"])
        #expect(try messages(["type": "array"], true) == ["the value must be an array, not a boolean"])
        #expect(try messages(false, 1) == ["the value is not allowed here"])
    }

    @Test func `sentences are short and clean whatever the value holds`() throws {
        let long = String(repeating: "k", count: 10_000)
        let hostile = "a\u{202E}b\u{1B}[31m\n"
        let object: JSONValue = .object(
            JSONObject(members: [.init(key: long, value: 1), .init(key: hostile, value: 1)]))
        let messages = try messages(["additionalProperties": false, "propertyNames": ["maxLength": 3]], object)
        #expect(messages.count == 4)
        for message in messages {
            #expect(message.unicodeScalars.count < 250)
            #expect(!message.unicodeScalars.contains { $0 == "\u{202E}" || $0 == "\u{1B}" || $0 == "\n" })
        }
    }

    @Test func `numbers are exact`() throws {
        let cases: [(schema: String, number: String, isValid: Bool)] = [
            (#"{"maximum":18446744073709551615}"#, "18446744073709551616", false),
            (#"{"maximum":18446744073709551616}"#, "18446744073709551616", true),
            (#"{"exclusiveMaximum":1}"#, "0.99999999999999999999999999", true),
            (#"{"exclusiveMaximum":1}"#, "1.0", false),
            (#"{"multipleOf":0.1}"#, "0.3", true), (#"{"multipleOf":0.1}"#, "0.35", false),
            (#"{"multipleOf":3}"#, "3e400", true), (#"{"multipleOf":7}"#, "1e400", false),
            (#"{"multipleOf":0.01}"#, "1e-3", false),
            (#"{"type":"integer"}"#, "1e2", true), (#"{"type":"integer"}"#, "1.5", false),
            (#"{"type":"integer"}"#, "1.0", true), (#"{"type":"integer"}"#, "1e400", true),
            (#"{"const":1}"#, "1.0", true), (#"{"enum":[100]}"#, "1e2", true),
            (#"{"const":9007199254740993}"#, "9007199254740992", false),
        ]
        for (schema, text, isValid) in cases {
            let compiled = try Schema.compile(JSONParser.parse(schema))
            #expect(try compiled.isValid(number(text)) == isValid, "\(schema) \(text)")
        }
    }

    @Test func `lengths count Unicode scalars`() throws {
        let schema = try Schema.compile(["minLength": 2, "maxLength": 3])
        #expect(!schema.isValid("🐲"))
        #expect(schema.isValid("🐲🐲"))
        #expect(schema.isValid("e\u{301}"))
        #expect(!schema.isValid("e\u{301}e\u{301}"))
        #expect(schema.isValid("äöü"))
    }

    @Test func `names compare by bytes`() throws {
        let schema = try Schema.compile([
            "properties": ["K": ["type": "integer"], "é": true], "required": ["é"], "additionalProperties": false,
        ])
        #expect(schema.isValid(["é": 1, "K": 1]))
        #expect(!schema.isValid(["é": 1, "\u{212A}": 1]))
        #expect(!schema.isValid(["e\u{301}": 1]))
        #expect(try !Schema.compile(["enum": ["é"]]).isValid("e\u{301}"))
        #expect(try Schema.compile(["uniqueItems": true]).isValid(["é", "e\u{301}"]))
    }

    @Test func `more than 64 names can be required`() throws {
        let names = (0..<100).map { "n\($0)" }
        let schema = try Schema.compile(["required": .array(names.map { .string($0) })])
        var object = JSONObject()
        for name in names { object[name] = 1 }
        #expect(schema.isValid(.object(object)))
        for missing in ["n0", "n63", "n64", "n99"] {
            var less = object
            less[missing] = nil
            #expect(!schema.isValid(.object(less)))
            #expect(
                schema.validate(.object(less)).map(\.message) == ["the value must have the property \"\(missing)\""])
        }
    }

    @Test func `recursive schemas follow the value`() throws {
        let schema = try Schema.compile(
            JSONParser.parse(
                ##"{"type":"object","properties":{"next":{"$ref":"#"},"v":{"type":"integer"}},"additionalProperties":false}"##
            ))
        var list: JSONValue = ["v": 1]
        for _ in 0..<100 { list = ["next": list, "v": 1] }
        #expect(schema.isValid(list))
        #expect(!schema.isValid(["next": ["next": ["v": "x"]]]))
    }

    @Test func `unevaluated keywords see through every applicator, and no further`() throws {
        let schema = try Schema.compile(
            JSONParser.parse(
                """
                {"allOf":[{"properties":{"a":true}}],"anyOf":[{"properties":{"b":{"const":1}},"required":["b"]},
                {"properties":{"c":true},"required":["c"]}],"not":{"properties":{"z":true},"required":["z"]},
                "if":{"properties":{"d":{"const":1}},"required":["d"]},"then":{"properties":{"e":true}},
                "unevaluatedProperties":false}
                """))
        #expect(schema.isValid(["a": 1, "b": 1]))
        #expect(schema.isValid(["b": 1, "c": 2]))
        #expect(!schema.isValid(["b": 2, "c": 2]), "a failed branch evaluates nothing")
        #expect(schema.isValid(["c": 1, "d": 1, "e": 1]))
        #expect(!schema.isValid(["c": 1, "d": 2]))
        #expect(!schema.isValid(["c": 1, "y": 1]))
        var wide = JSONObject()
        for index in 0..<200 { wide["p\(index)"] = 1 }
        let wideSchema = try Schema.compile(["patternProperties": ["^p": true], "unevaluatedProperties": false])
        #expect(wideSchema.isValid(.object(wide)))
        wide["q"] = 1
        #expect(!wideSchema.isValid(.object(wide)))
    }
}
