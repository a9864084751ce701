import JSON
import TestSupport
import Testing

@Suite struct JSONValueTests {
    @Test func `accessors answer for their own type only`() throws {
        let value = try JSONParser.parse(#"{"s":"x","n":1.0,"b":false,"z":null,"a":[1],"o":{"k":2}}"#)
        #expect(value["s"]?.string == "x" && value["s"]?.int == nil)
        #expect(value["n"]?.int == 1 && value["n"]?.string == nil)
        #expect(value["b"]?.bool == false && value["b"]?.isNull == false)
        #expect(value["z"]?.isNull == true && value["missing"] == nil)
        #expect(value["a"]?.array == [1] && value["a"]?["k"] == nil)
        #expect(value["o"]?["k"] == 2)
        let names = value.object?.map(\.value.typeName)
        #expect(names == ["string", "number", "boolean", "null", "array", "object"])
    }

    @Test func `strings are equal by bytes`() {
        #expect(JSONValue.string("K") != JSONValue.string("\u{212A}"))
        #expect(JSONValue.string("\u{E9}") != JSONValue.string("e\u{301}"))
        #expect(!JSONValue.string("\u{E9}").isEqual(to: "e\u{301}"))
    }

    @Test func `equal meaning disregards order and spelling of numbers`() throws {
        let left = try JSONParser.parse(#"{"a":1.0,"b":[1e2,{"c":0}]}"#)
        let right = try JSONParser.parse(#"{"b":[100,{"c":-0.0}],"a":1}"#)
        #expect(left != right)
        #expect(left.isEqual(to: right))
        #expect(try !left.isEqual(to: JSONParser.parse(#"{"a":1,"b":[{"c":0},100]}"#)))
        #expect(try !left.isEqual(to: JSONParser.parse(#"{"a":1,"c":[100,{"c":0}]}"#)))
        #expect(try !left.isEqual(to: JSONParser.parse(#"{"a":1}"#)))
        #expect(!JSONValue.bool(true).isEqual(to: 1))
    }

    @Test(arguments: seeds)
    func `a shuffled object has equal meaning, a changed one has not`(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        let members = (0..<Int.random(in: 10...60, using: &generator)).map {
            JSONObject.Member(key: "\($0)\(generator.string())", value: generator.value(depth: 2))
        }
        var shuffled = members.shuffled(using: &generator)
        let object = JSONValue.object(JSONObject(members: members))
        #expect(object.isEqual(to: .object(JSONObject(members: shuffled))), "seed \(seed)")
        let index = Int.random(in: 0..<shuffled.count, using: &generator)
        shuffled[index].value = ["changed"]
        #expect(!object.isEqual(to: .object(JSONObject(members: shuffled))), "seed \(seed)")
    }

    @Test func `large objects in another order are compared in linear time`() {
        let members = (0..<100_000).map { JSONObject.Member(key: String($0), value: .null) }
        let object = JSONValue.object(JSONObject(members: members))
        #expect(object.isEqual(to: .object(JSONObject(members: members.reversed()))))
    }
}
