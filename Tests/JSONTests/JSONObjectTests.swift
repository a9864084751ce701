import JSON
import Testing

@Suite struct JSONObjectTests {
    @Test func `members keep their order through changes`() {
        var object: JSONObject = ["b": 1, "a": 2]
        object["c"] = 3
        object["b"] = 4
        object["a"] = nil
        object["missing"] = nil
        #expect(Array(object.keys) == ["b", "c"])
        #expect(object["b"] == 4)
        #expect(object.contains("c") && !object.contains("a"))
    }

    @Test func `names are looked up by bytes`() {
        let object: JSONObject = ["K": 1, "\u{E9}": 2]
        #expect(object["\u{212A}"] == nil)
        #expect(object["e\u{301}"] == nil)
        #expect(object["\u{E9}"] == 2)
    }

    @Test func `the first of two names wins`() {
        let object = JSONObject(members: [.init(key: "a", value: 1), .init(key: "a", value: 2)])
        #expect(object["a"] == 1)
    }

    @Test func `equality keeps to the order`() {
        #expect(JSONObject(dictionaryLiteral: ("a", 1), ("b", 2)) != JSONObject(dictionaryLiteral: ("b", 2), ("a", 1)))
    }
}
