import Core
import JSON
import Testing

@Suite struct ShapeTests {
    private func reduce(_ schema: String, _ value: String) throws -> String {
        Shape(schema: try JSONParser.parse(schema)).reduce(try JSONParser.parse(value)).value.text
    }

    @Test(
        arguments: [
            (##"{"type":"object","properties":{"a":{}}}"##, ##"{"a":{"x":1},"b":2}"##, ##"{"a":{"x":1}}"##),
            (##"{"type":"object"}"##, ##"{"a":1}"##, ##"{"a":1}"##),
            (
                ##"{"type":"object","properties":{"a":{}},"additionalProperties":true}"##, ##"{"a":1,"b":2}"##,
                ##"{"a":1,"b":2}"##
            ),
            (
                ##"{"properties":{"a":{}},"additionalProperties":{"properties":{"x":{}}}}"##, ##"{"b":{"x":1,"y":2}}"##,
                ##"{"b":{"x":1}}"##
            ),
            (##"{"type":"array","items":{"properties":{"a":{}}}}"##, ##"[{"a":1,"b":2}]"##, ##"[{"a":1}]"##),
            (
                ##"{"allOf":[{"properties":{"a":{}}},{"properties":{"b":{}}}]}"##, ##"{"a":1,"b":2,"c":3}"##,
                ##"{"a":1,"b":2}"##
            ),
            (##"{"oneOf":[{"properties":{"a":{}}},{"type":"string"}]}"##, ##"{"a":1,"c":3}"##, ##"{"a":1}"##),
            (##"{"type":"string"}"##, ##"{"a":1}"##, ##"{}"##),
            ("true", ##"{"a":[1]}"##, ##"{"a":[1]}"##),
            (
                ##"{"$ref":"#/$defs/n","$defs":{"n":{"properties":{"v":{},"next":{"$ref":"#/$defs/n"}}}}}"##,
                ##"{"v":1,"x":2,"next":{"v":2,"x":3,"next":null}}"##, ##"{"v":1,"next":{"v":2,"next":null}}"##
            ),
            (##"{"$ref":"#/$defs/a","$defs":{"a":{"$ref":"#/$defs/a"}}}"##, ##"{"x":1}"##, ##"{}"##),
        ] as [(String, String, String)])
    func `only declared fields pass`(schema: String, value: String, expected: String) throws {
        #expect(try reduce(schema, value) == expected)
    }
}
