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

    @Test func `what is whole is not hidden`() {
        #expect(places(["a": "plain", "b": 1, "c": ["x"], "d": "a**b", "e": "* * *"]).isEmpty)
    }
}
