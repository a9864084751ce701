import JSON
import Testing

@Suite struct JSONPointerTests {
    /// RFC 6901 §5.
    private let document =
        #"{"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"e^f":3,"g|h":4,"i\\j":5,"k\"l":6," ":7,"m~n":8}"#

    @Test(arguments: [
        ("/foo", #"["bar","baz"]"#), ("/foo/0", #""bar""#), ("/", "0"), ("/a~1b", "1"), ("/c%d", "2"), ("/e^f", "3"),
        ("/g|h", "4"), ("/i\\j", "5"), ("/k\"l", "6"), ("/ ", "7"), ("/m~0n", "8"),
    ])
    func `the examples of RFC 6901 hold`(_ pointer: String, _ expected: String) throws {
        let value = try JSONParser.parse(document)
        let parsed = try #require(JSONPointer(parsing: pointer))
        #expect(value[parsed]?.text == expected)
        #expect(parsed.description == pointer)
        #expect(value[JSONPointer()] == value)
    }

    @Test(arguments: ["foo", "/a~", "/a~2", "#/foo"])
    func `refuses what is no pointer`(_ text: String) {
        #expect(JSONPointer(parsing: text) == nil)
    }

    @Test(arguments: [
        "/foo/2", "/foo/-", "/foo/01", "/foo/+1", "/foo/-1", "/foo/99999999999999999999", "/foo/0/x", "/x",
    ])
    func `leads nowhere`(_ text: String) throws {
        #expect(try JSONParser.parse(document)[#require(JSONPointer(parsing: text))] == nil)
    }

    @Test func `~01 is a tilde and a one`() {
        #expect(JSONPointer(parsing: "/~01")?.tokens == ["~1"])
        #expect(JSONPointer(["~1", "a/b"]).description == "/~01/a~1b")
        #expect(JSONPointer().appending("a").appending(3).description == "/a/3")
    }

    @Test func `differently normalised tokens differ`() {
        #expect(JSONPointer(["\u{E9}"]) != JSONPointer(["e\u{301}"]))
        #expect(Set([JSONPointer(["\u{E9}"]), JSONPointer(["e\u{301}"])]).count == 2)
    }
}
