import Core
import JSON
import Testing

@Suite struct HiddenPlacesTests {
    private func places(_ object: JSONObject) -> Set<String> { Set(hiddenPlaces(in: object).map(\.description)) }

    @Test func `whatever a redaction takes out is found again`() throws {
        let sweeper = Sweeper(known: { nil }, digest: { Digest(of: $0) })
        let treatments = [
            try #require(FieldTreatment(path: "mail", .mask)), try #require(FieldTreatment(path: "to.name", .drop)),
            try #require(FieldTreatment(path: "ssn", .hash)),
        ]
        let redaction = Redaction(secrets: ["door"], fields: treatments)
        let arguments: JSONObject = [
            "mail": "ana@example.test", "to": ["name": "Ana", "city": "Bonn"], "ssn": 123, "door": ["a": 1],
            "password": "x", "list": [["mail": "abc"], 3], "amount": 5,
        ]
        let expected: Set = ["/mail", "/to/name", "/ssn", "/door", "/password", "/list/0/mail"]
        #expect(places(redaction.redact(arguments)) == expected)
        #expect(places(redaction.redact(arguments, with: sweeper)) == expected)
    }

    @Test func `a text that lost a part is hidden, and an object whose name did is hidden as a whole`() {
        #expect(places(["note": "key [redacted:00ff] here"]) == ["/note"])
        #expect(places(["to": ["[redacted:00ff]": 1, "x": 2]]) == ["/to"])
        #expect(places(["[redacted:00ff]": 1]) == [""])
    }

    @Test(arguments: [
        "\u{600}secret", "abc\u{301}e", "ab\u{301}", "\u{1F468}\u{200D}x\u{1F469}", "secret\u{200D}\u{301}",
    ])
    func `what is masked is hidden, whatever joins the stars`(_ text: String) throws {
        let redaction = Redaction(fields: [try #require(FieldTreatment(path: "mail", .mask))])
        #expect(places(redaction.redact(["mail": .string(text)])) == ["/mail"])
    }

    @Test(arguments: [
        "\u{600}***xy", "a***\u{301}y", "***\u{301}", "x***\u{200D}y", "see a***om here", "a****om",
        "[redacted:\u{301}00ff]", "\u{600}[redacted:00ff]",
    ])
    func `what was taken out is found by its bytes`(_ text: String) {
        #expect(places(["a": .string(text)]) == ["/a"])
    }

    @Test func `a name that lost something is found by its bytes`() {
        #expect(places(["to": ["\u{600}[redacted:\u{301}00ff]": 1]]) == ["/to"])
    }

    @Test func `what is whole is not hidden`() {
        #expect(places(["a": "plain", "b": 1, "c": ["x"], "d": "a**b", "e": "* * *"]).isEmpty)
    }
}
