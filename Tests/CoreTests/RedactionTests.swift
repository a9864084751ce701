import Core
import Crypto
import JSON
import Testing

@Suite struct RedactionTests {
    private static let key = SymmetricKey(data: [UInt8](repeating: 3, count: 32))
    private static let sweeper = Sweeper(known: { nil }) { Digest(keyed: key, of: $0) }

    @Test func `fields are treated as the operator says, by name and by path`() throws {
        let fields = try [
            #require(FieldTreatment(path: "email", .hash)), #require(FieldTreatment(path: "customer.name", .mask)),
            #require(FieldTreatment(path: "note", .drop)),
        ]
        let redaction = Redaction(secrets: ["door_code"], fields: fields)
        let record: JSONObject = [
            "email": "ana@example.com", "name": "stays", "door_code": 4711,
            "customer": ["name": "Ana Example", "email": "ana@example.com", "pets": [["note": "x", "name": "Rex"]]],
            "password": "p",
        ]
        let result = redaction.redact(record, with: Self.sweeper)
        let mark = Self.sweeper.placeholder(Array("ana@example.com".utf8))
        #expect(result["email"]?.string == mark)
        #expect(result["name"] == "stays")
        #expect(result["door_code"]?.string == Self.sweeper.placeholder(Array("4711".utf8)))
        #expect(result["customer"]?["email"]?.string == mark, "the same value leaves the same mark")
        #expect(result["customer"]?["name"] == "A***le")
        #expect(result["customer"]?["pets"]?.array?.first?["note"] == "[dropped]")
        #expect(result["customer"]?["pets"]?.array?.first?["name"] == "Rex")
        #expect(result["password"]?.string?.hasPrefix("[redacted:") == true)
        #expect(redaction.redact(record)["password"] == "[redacted]")
    }

    @Test func `a text that holds JSON is looked into`() throws {
        let redaction = Redaction(fields: try [#require(FieldTreatment(path: "ssn", .drop))])
        let twice = JSONValue.string(#"{"inner":"{\"ssn\":\"1\",\"a\":2}"}"#)
        let result = redaction.redact([
            "raw": #"{"ssn":"078-05-1120","name":"Ada"}"#, "list": .string(#" [{"password":"p"}]"#), "deep": twice,
            "twice": #"{"a":1,"a":2,"ssn":"1","ssn":"2","x":"\u0000"}"#, "same": #"{ "name" : "Ada" }"#,
            "text": "{ssn: 1}", "open": #"{"ssn":"#,
        ])
        #expect(result["raw"] == #"{"ssn":"[dropped]","name":"Ada"}"#)
        #expect(result["list"] == #"[{"password":"[redacted]"}]"#)
        #expect(
            result["deep"]?.string?.contains("[dropped]") == true && result["deep"]?.string?.contains("\"1\"") == false)
        #expect(
            result["twice"]?.string?.contains("\"2\"") == false && result["twice"]?.string?.contains("\"1\"") == false)
        #expect(result["same"] == #"{ "name" : "Ada" }"#, "what nothing is taken out of stays as it is")
        #expect(result["text"] == "{ssn: 1}" && result["open"] == #"{"ssn":"#)
        #expect(hiddenPlaces(in: result).map(\.description).sorted() == ["/deep", "/list", "/raw", "/twice"])
        var nested = #""x""#
        for _ in 0..<12 { nested = JSONValue.object(["a": .string(nested)]).text }
        _ = redaction.redact(["a": .string(nested)])
    }

    @Test(arguments: ["", ".", "a.", ".a", "a..b"])
    func `what is no path is refused`(path: String) {
        #expect(FieldTreatment(path: path, .drop) == nil)
    }
}
