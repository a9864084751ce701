import JSON
import Testing

@testable import Settings

@Suite struct SecretNamesTests {
    @Test func `members that a schema marks are found wherever they stand`() throws {
        let schema = try JSONParser.parse(
            #"""
            {"type":"object","properties":{
              "top":{"type":"string","format":"password"},"plain":{"type":"string"},
              "account":{"type":"object","properties":{"door_code":{"type":"string","writeOnly":true},"name":{}}},
              "list":{"type":"array","items":{"properties":{"phrase":{"format":"password"}}}},
              "codes":{"type":"array","items":{"format":"password"}},
              "either":{"anyOf":[{"type":"null"},{"$ref":"#/$defs/Word"}]},
              "loop":{"$ref":"#/$defs/Loop"},"odd":{"$ref":"#/$defs/none"}},
             "$defs":{"Word":{"type":"string","format":"password"},
               "Loop":{"allOf":[{"$ref":"#/$defs/Loop"}],"properties":{"inner":{"$ref":"#/$defs/Word"}}}}}
            """#)
        #expect(secretNames(in: schema) == ["top", "door_code", "phrase", "codes", "either", "inner"])
    }
}
