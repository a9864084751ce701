import Documents
import JSON
import Testing

@testable import OpenAPI

struct SchemaConverterTests {
    private func converted(_ schema: String, version: String = "3.0.3", rest: String = "") throws -> JSONValue? {
        let result = try operation(
            """
            parameters:
            - {name: p, in: query, schema: \(schema)}
            """, version: version, rest: rest)
        return result.operations.first?.property("p")
    }

    private func json(_ text: String) throws -> JSONValue { try JSONParser.parse(text) }

    @Test(arguments: [
        ("{type: string, nullable: true}", #"{"type":["string","null"]}"#),
        ("{type: string, nullable: true, enum: [a]}", #"{"type":["string","null"],"enum":["a",null]}"#),
        ("{nullable: true, oneOf: [{type: string}]}", #"{"anyOf":[{"oneOf":[{"type":"string"}]},{"type":"null"}]}"#),
        ("{nullable: true, anyOf: [{type: string}]}", #"{"anyOf":[{"type":"string"},{"type":"null"}]}"#),
        ("{type: integer, minimum: 1, exclusiveMinimum: true}", #"{"type":"integer","exclusiveMinimum":1}"#),
        ("{type: integer, maximum: 9, exclusiveMaximum: false}", #"{"type":"integer","maximum":9}"#),
        ("{type: array}", #"{"type":"array","items":{}}"#),
        ("{type: string, example: x, xml: {}, x-a: 1, externalDocs: {}}", #"{"type":"string","examples":["x"]}"#),
        ("{type: string, format: byte}", #"{"type":"string","format":"byte","contentEncoding":"base64"}"#),
        ("{type: user, minLength: -1, enum: []}", "{}"),
        ("{type: object, required: true, properties: {a: true}}", #"{"type":"object","properties":{"a":true}}"#),
    ])
    func `the older dialect becomes 2020-12`(_ schema: String, _ expected: String) throws {
        #expect(try converted(schema) == json(expected))
    }

    @Test func `keywords of 2020-12 stay as they are in 3.1`() throws {
        let schema = "{type: [string, 'null'], const: a, if: {minLength: 1}, then: true, prefixItems: [{type: string}]}"
        let expected =
            #"{"type":["string","null"],"const":"a","if":{"minLength":1},"then":true,"#
            + #""prefixItems":[{"type":"string"}]}"#
        #expect(try converted(schema, version: "3.1.0") == json(expected))
    }

    @Test func `siblings of a reference count from 3.1 on`() throws {
        let rest = "components: {schemas: {S: {type: string}}}"
        let schema = "{$ref: '#/components/schemas/S', maxLength: 3, description: d}"
        #expect(
            try converted(schema, rest: rest) == json(##"{"$ref":"#/$defs/S","description":"d"}"##))
        #expect(
            try converted(schema, version: "3.1.0", rest: rest)
                == json(##"{"$ref":"#/$defs/S","maxLength":3,"description":"d"}"##))
    }

    private static let person = """
        components:
          schemas:
            Base:
              type: object
              properties: {id: {type: string, readOnly: true}}
            Secret: {type: string, writeOnly: true}
            Person:
              allOf:
              - $ref: '#/components/schemas/Base'
              - type: object
                required: [id, name, password]
                properties:
                  name: {type: string}
                  password: {$ref: '#/components/schemas/Secret'}
                  items: {type: array, items: {type: object, properties: {id: {type: string}}}}
        """

    @Test func `read-only members do not go up and write-only members do not come down`() throws {
        let result = try operation(
            """
            requestBody:
              required: true
              content: {application/json: {schema: {$ref: '#/components/schemas/Person'}}}
            responses:
              '200': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/Person'}}}}
            """, method: "post", rest: Self.person)
        let draft = try #require(result.operations.first)
        #expect(draft.arguments == ["name", "password", "items"])
        #expect(draft.inputSchema["required"] == ["name", "password"])
        // The name is hidden in one object only.
        #expect(draft.property("items")?["items"]?["properties"]?["id"] != nil)
        let output = try #require(draft.outputSchema)
        #expect(output.text.contains(#""required":["id","name"]"#))
        #expect(!output.text.contains("password"))
    }

    @Test func `cycles stay references`() throws {
        let result = try operation(
            """
            requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Node'}}}}
            responses: {}
            """, method: "post",
            rest: """
                components:
                  schemas:
                    Node: {type: object, properties: {next: {$ref: '#/components/schemas/Node'}, v: {type: integer}}}
                """)
        let draft = try #require(result.operations.first)
        #expect(draft.property("next") == ["$ref": "#/$defs/Node"])
        #expect(draft.inputSchema["$defs"]?["Node"]?["properties"]?["next"] == ["$ref": "#/$defs/Node"])
    }

    @Test(arguments: [
        "{$ref: '#/components/schemas/A'}", "{allOf: [{$ref: '#/components/schemas/B'}]}",
        "{$ref: '#/components/schemas/C'}",
    ])
    func `a schema that leads only to itself skips the operation`(_ schema: String) throws {
        let result = try operation(
            "requestBody: {content: {application/json: {schema: \(schema)}}}", method: "post",
            rest: """
                components:
                  schemas:
                    A: {$ref: '#/components/schemas/A'}
                    B: {anyOf: [{type: string}, {$ref: '#/components/schemas/B'}]}
                    C: {allOf: [{$ref: '#/components/schemas/D'}]}
                    D: {$ref: '#/components/schemas/C'}
                """)
        #expect(result.operations.isEmpty)
        #expect(result.operationCount == 1)
        #expect(result.codes == ["reference-circular"])
    }

    @Test func `a pattern that cannot be matched skips input and loosens output`() throws {
        var options = ImportOptions()
        options.isPatternSupported = { !$0.contains("(?=") }
        let result = try imported(
            """
            openapi: 3.0.0
            paths:
              /a:
                get:
                  parameters: [{name: p, in: query, schema: {type: string, pattern: '(?=a)'}}]
              /b:
                get:
                  responses:
                    '200':
                      content: {application/json: {schema: {type: string, pattern: '(?=a)', minLength: 1}}}
            """, options: options)
        #expect(result.operations.map(\.path) == ["/b"])
        #expect(result.operations[0].outputSchema == ["type": "string", "minLength": 1])
        #expect(result.codes == ["pattern-unsupported"])
        #expect(result.diagnostics[0].position?.line == 5)
    }

    @Test func `a result that is too large is open further down, never more strict`() throws {
        var options = ImportOptions()
        options.limits.outputNodes = 20
        func output(_ keyword: String) throws -> JSONValue? {
            let result = try operation(
                "responses: {'200': {content: {application/json: {schema: {$ref: '#/components/schemas/A'}}}}}",
                rest: """
                    components:
                      schemas:
                        A: {type: object, properties: {b: {$ref: '#/components/schemas/B'}}}
                        B: {\(keyword): [{$ref: '#/components/schemas/C'}, {type: string}]}
                        C: {enum: [\((0..<30).map(String.init).joined(separator: ","))]}
                    """, options: options)
            #expect(result.codes == ["output-truncated"])
            return result.operations.first?.outputSchema
        }
        #expect(
            try output("anyOf")?["$defs"] == ["B": ["anyOf": [["$ref": "#/$defs/C"], ["type": "string"]]], "C": [:]])
        #expect(try output("oneOf")?["$defs"] == ["B": [:]])
    }

    @Test func `names of definitions do not depend on who comes first`() throws {
        let files = ["m.yaml": "A: {type: string}\nB: {type: integer}"]
        func schemas(_ order: [String]) throws -> [JSONValue] {
            let parameters = order.map { "{name: \($0), in: query, schema: {$ref: 'm.yaml#/\($0)'}}" }
            let text = "openapi: 3.0.0\npaths: {/x: {get: {parameters: [\(parameters.joined(separator: ", "))]}}}"
            let draft = try #require(try imported(text, files: files).operations.first)
            return ["A", "B"].compactMap { draft.property($0) }
        }
        #expect(try schemas(["A", "B"]) == schemas(["B", "A"]))
    }

    @Test func `descriptions and examples are bounded and cleaned`() throws {
        let long = String(repeating: "x", count: 5000)
        let converted = try converted("{type: string, description: 'a\u{200B}b\u{202E}c', example: '\(long)'}")
        #expect(converted == ["type": "string", "description": "abc"])
    }
}
