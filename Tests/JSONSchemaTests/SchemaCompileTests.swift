import JSON
import Testing

@testable import JSONSchema

struct Compiling {
    static let refused: [(schema: String, code: SchemaError.Code, pointer: String)] = [
        (##"1"##, .malformedKeyword, ""),
        (##"{"properties":{"a":1}}"##, .malformedKeyword, "/properties/a"),
        (##"{"properties":[]}"##, .malformedKeyword, "/properties"),
        (##"{"allOf":[]}"##, .malformedKeyword, "/allOf"),
        (##"{"anyOf":[true,null]}"##, .malformedKeyword, "/anyOf/1"),
        (##"{"items":[{}]}"##, .malformedKeyword, "/items"),
        (##"{"type":"text"}"##, .malformedKeyword, "/type"),
        (##"{"type":[]}"##, .malformedKeyword, "/type"),
        (##"{"required":"a"}"##, .malformedKeyword, "/required"),
        (##"{"required":[1]}"##, .malformedKeyword, "/required"),
        (##"{"minLength":-1}"##, .malformedKeyword, "/minLength"),
        (##"{"maxItems":1.5}"##, .malformedKeyword, "/maxItems"),
        (##"{"exclusiveMinimum":true}"##, .malformedKeyword, "/exclusiveMinimum"),
        (##"{"multipleOf":0}"##, .malformedKeyword, "/multipleOf"),
        (##"{"uniqueItems":1}"##, .malformedKeyword, "/uniqueItems"),
        (##"{"enum":"a"}"##, .malformedKeyword, "/enum"),
        (##"{"pattern":"(?=a)"}"##, .badPattern, "/pattern"),
        (##"{"patternProperties":{"(":true}}"##, .badPattern, "/patternProperties/("),
        (##"{"$ref":"#/nowhere"}"##, .unresolvableReference, "/$ref"),
        (##"{"$ref":"http://example.com/other"}"##, .unresolvableReference, "/$ref"),
        (##"{"$ref":"#name"}"##, .unresolvableReference, "/$ref"),
        (##"{"$ref":"#/%zz"}"##, .unresolvableReference, "/$ref"),
        (##"{"$ref":"#"}"##, .referenceLoop, "/$ref"),
        (
            ##"{"$ref":"#/$defs/a","$defs":{"a":{"$ref":"#/$defs/b"},"b":{"$ref":"#/$defs/a"}}}"##, .referenceLoop,
            "/$defs/a/$ref"
        ),
        (##"{"anyOf":[{"type":"string"},{"$ref":"#"}]}"##, .referenceLoop, ""),
        (##"{"if":{"not":{"$ref":"#"}}}"##, .referenceLoop, ""),
        (##"{"dependentSchemas":{"a":{"allOf":[{"$ref":"#"}]}}}"##, .referenceLoop, ""),
        (##"{"$schema":"http://example.com/dialect"}"##, .unknownDialect, "/$schema"),
        (##"{"$schema":"http://json-schema.org/draft-04/schema#"}"##, .unknownDialect, "/$schema"),
        (
            ##"{"properties":{"a":{"$schema":"http://json-schema.org/draft-07/schema#"}}}"##, .unknownDialect,
            "/properties/a/$schema"
        ),
        (##"{"$recursiveRef":"#"}"##, .unsupportedKeyword, "/$recursiveRef"),
        (##"{"$id":"http://a/b#c"}"##, .badIdentifier, "/$id"),
        (##"{"$anchor":"1a"}"##, .badIdentifier, "/$anchor"),
        (##"{"$defs":{"a":{"$id":"http://a/b"},"b":{"$id":"http://a/b"}}}"##, .duplicateIdentifier, "/$defs/b/$id"),
        (##"{"$defs":{"a":{"$anchor":"x"},"b":{"$anchor":"x"}}}"##, .duplicateIdentifier, "/$defs/b/$anchor"),
    ]

    @Test(arguments: refused.indices)
    func `is refused with code and place`(index: Int) throws {
        let (text, code, pointer) = Self.refused[index]
        let schema = try JSONParser.parse(text)
        do throws(SchemaError) {
            _ = try Schema.compile(schema)
            Issue.record("compiled: \(text)")
        } catch {
            #expect(error.code == code, "\(text)")
            #expect(error.pointer.description == pointer, "\(text)")
        }
    }

    @Test func `a vocabulary that is required and not known is refused`() throws {
        var options = Schema.Options()
        options.documents["http://example.com/dialect"] = [
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$vocabulary": ["https://json-schema.org/draft/2020-12/vocab/core": true, "http://example.com/v": true],
        ]
        #expect(throws: SchemaError.self) {
            try Schema.compile(["$schema": "http://example.com/dialect"], options: options)
        }
    }

    @Test func `limits are errors`() throws {
        var deep: JSONValue = true
        for _ in 0..<300 { deep = ["not": deep] }
        #expect(throws: SchemaError.self) { try Schema.compile(deep) }
        var options = Schema.Options()
        options.limits.maxSubschemas = 3
        #expect(throws: SchemaError.self) { try Schema.compile(["allOf": [true, true, true]], options: options) }
        #expect(throws: Never.self) { try Schema.compile(["allOf": [true, true]], options: options) }
    }

    @Test func `unknown keywords are listed`() throws {
        let schema = try Schema.compile([
            "x-note": 1, "properties": ["a": ["nullable": true, "type": "string"], "b": ["additionalItems": false]],
            "default": 1, "$comment": "",
        ])
        let unknown = schema.unknownKeywords.map(\.description).sorted()
        #expect(unknown == ["/properties/a/nullable", "/properties/b/additionalItems", "/x-note"])
    }

    @Test func `formats are asserted only where asked, and the unknown ones are listed`() throws {
        let root: JSONValue = ["properties": ["a": ["format": "date"], "b": ["format": "my-date"]]]
        #expect(try Schema.compile(root).isValid(["a": "x"]))
        var options = Schema.Options()
        options.assertsFormats = true
        let schema = try Schema.compile(root, options: options)
        #expect(!schema.isValid(["a": "x"]))
        #expect(schema.unknownKeywords.map(\.description) == ["/properties/b/format"])
    }

    @Test func `references reach given documents and relative identifiers`() throws {
        var options = Schema.Options()
        options.baseURI = "http://example.com/root.json"
        options.documents["http://example.com/parts/money.json"] = ["$defs": ["amount": ["type": "integer"]]]
        let schema = try Schema.compile(["$ref": "parts/money.json#/$defs/amount"], options: options)
        #expect(schema.isValid(1))
        #expect(!schema.isValid("1"))
    }

    @Test func `an error in another document names it`() throws {
        var options = Schema.Options()
        options.documents["http://example.com/other"] = ["type": "text"]
        do throws(SchemaError) {
            _ = try Schema.compile(["$ref": "http://example.com/other"], options: options)
            Issue.record("compiled")
        } catch {
            #expect(error.document == "http://example.com/other")
            #expect(error.pointer.description == "/type")
        }
    }

    @Test func `schemas that nothing reaches may hold what is not supported`() throws {
        #expect(throws: Never.self) { try Schema.compile(["$defs": ["unused": ["pattern": "(?=a)"]]]) }
    }

    @Test func `the metaschemas compile and accept themselves`() throws {
        for uri in ["https://json-schema.org/draft/2020-12/schema", "http://json-schema.org/draft-07/schema"] {
            let document = try #require(Metaschema.document(uri))
            #expect(try Schema.compile(document).validate(document) == [])
            #expect(try !Schema.compile(document).isValid(["minLength": -1]))
        }
    }
}
