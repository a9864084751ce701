import Documents
import JSON
import Testing

@Suite struct SourceDocumentTests {
    @Test(arguments: [
        (#"{"a": 1}"#, SourceDocument.Format.json), ("\u{FEFF} \n[1]", .json), ("a: 1", .yaml), ("# c\n{a: 1}", .yaml),
        ("{a: 1}", .yaml), (#"{"a": 1,}"#, .yaml), ("[1, 2] # c", .yaml), ("\u{FEFF}a: 1", .yaml), ("\"text\"", .yaml),
        ("--- {\"a\": 1}", .yaml), ("a: 1\n...\n", .yaml), ("a: 1\r\nb: 2\r\n", .yaml),
    ])
    func `the format follows from the text`(_ text: String, _ format: SourceDocument.Format) throws {
        #expect(try outcome(text).get().format == format)
    }

    @Test(arguments: [
        ("{\n  \"a\": 1\n  \"b\": 2\n}", "invalid-json 3:3"), ("{\"a\": tru}", #"{"a":"tru"}"#),
        ("[1, 2", "invalid-json 1:6"),
        ("{\"a\": \"\\ud800\"}", "invalid-json 1:8"), ("{\"é\": @}", "invalid-json 1:8"),
        ("{\"a\": \"\\u0000\"}", "invalid-json 1:8"),
        ("", "empty-document 1:1"), ("\u{FEFF}", "empty-document 1:1"), (" \n\t\n", "empty-document 1:1"),
        ("# only a comment\n", "empty-document 1:1"), ("---\n", "empty-document 1:1"), ("null", "null"), ("~", "null"),
        ("a: 1\n---\nb: 2", "several-documents 2:1"), ("a: 1\n---\n", "several-documents 2:1"),
        ("--- 1\n--- 2", "several-documents 2:1"), ("a: [1, 2\nb: 3", "invalid-yaml 2:2"),
        ("a: b: c", "invalid-yaml 1:5"),
        ("a: 'x", "invalid-yaml 1:6"), ("a:\n\t- 1", "invalid-yaml 2:1"), ("é: \"x\" y", "invalid-yaml 1:9"),
        ("a: \u{1}", "invalid-yaml 1:4"), ("é: é\u{7F}", "invalid-yaml 1:7"), ("a: \"\\ud800\"", "invalid-yaml 1:7"),
        ("a: \"\\0\"", "invalid-yaml 1:4"), ("%YAML 2.0\n---\na: 1", "invalid-yaml 1:1"), ("a: @x", "invalid-yaml 1:4"),
    ])
    func `errors have a code and a place`(_ text: String, _ expected: String) {
        #expect(summary(text) == expected)
    }

    @Test(
        arguments: [
            ([0x61, 0x3A, 0x20, 0xFF], "not-utf8 1:4"), ([0x61, 0x3A, 0x0A, 0xC3], "not-utf8 2:1"),
            ([0xEF, 0xBB, 0xBF, 0x61, 0x80], "not-utf8 1:2"), ([0xFF, 0xFE, 0x61, 0x00], "not-utf8 1:1"),
            ([0xFE, 0xFF, 0x00, 0x61], "not-utf8 1:1"), ([0x7B, 0x00, 0x7D, 0x00], "not-utf8 1:1"),
            ([0x00, 0x7B, 0x00, 0x7D], "not-utf8 1:1"), ([0x7B, 0x22, 0xED, 0xA0, 0x80, 0x22], "not-utf8 1:3"),
        ] as [([UInt8], String)])
    func `other encodings are refused`(_ bytes: [UInt8], _ expected: String) {
        guard case .failure(let error) = outcome(bytes) else {
            Issue.record("\(bytes) was read")
            return
        }
        #expect("\(error.code) \(error.position?.line ?? 0):\(error.position?.column ?? 0)" == expected)
    }

    @Test func `size, depth and number of values are bounded in JSON`() {
        #expect(summary("[1,\n2]", limits: .init(maxBytes: 5)) == "too-large 2:2")
        #expect(summary("[1,\n2]", limits: .init(maxNodes: 2)) == "too-large 2:1")
        #expect(summary("{\"a\":\n[[1]]}", limits: .init(maxDepth: 2)) == "too-deep 2:2")
    }

    @Test func `an error says what to do`() {
        guard case .failure(let error) = outcome("a: {b: 1") else { return }
        #expect(error.severity == .error)
        #expect(error.hint != nil)
        #expect(error.description.hasPrefix("x:1: error: "))
        #expect(!error.message.isEmpty)
    }

    @Test func `repeated keys of JSON are reported with their place`() throws {
        let document = try outcome("{\"a\": {\"é\": 1, \"b\": 1,\n  \"b\": 1.0},\n \"a\": 2}").get()
        #expect(document.value.text == #"{"a":{"é":1,"b":1}}"#)
        #expect(
            document.repeatedKeys == [
                RepeatedKey(
                    object: JSONPointer(["a"]), key: "b", position: SourcePosition(line: 2, column: 3),
                    isSameMeaning: true),
                RepeatedKey(
                    object: JSONPointer(), key: "a", position: SourcePosition(line: 3, column: 2),
                    isSameMeaning: false),
            ])
    }

    @Test func `positions in JSON`() throws {
        let text = """
            {"é": [1, {"k\\u0041": [true, "x]\\"",
               {"deep": null}]}],
             "a": 1, "a": {"b": 2},
            \t"": {"": {"/~": -1}}}
            """
        let found = try places(
            text,
            ["", "/é", "/é/0", "/é/1", "/é/1/kA", "/é/1/kA/1", "/é/1/kA/2/deep", "/a", "//", "///~1~0", "/a/b", "/é/2"])
        #expect(
            found == [
                "1:1", "1:2", "1:9", "1:12", "1:13", "1:31", "2:5", "3:2", "4:7", "4:12", nil, nil,
            ])
    }

    @Test func `positions in YAML`() throws {
        let text = """
            # é
            é: &a
              - 1
              - "k A": ü
                x: 2
            merged:
              <<: {m: 1, 'n': [5]}
              p: 3
            alias: [*a, *a]
            \u{2028}? q
            : r
            """
        let found = try places(
            text,
            [
                "", "/é", "/é/0", "/é/1", "/é/1/k A", "/é/1/x", "/merged/m", "/merged/n/0", "/merged/p", "/alias/1",
                "/alias/1/1/x", "/q", "/nothing",
            ])
        #expect(
            found == [
                "2:1", "2:1", "3:5", "4:5", "4:5", "5:5", "7:8", "7:20", "8:3", "9:13", "5:5", "10:6", nil,
            ])
    }

    @Test func `positions count CR LF as one line end`() throws {
        #expect(try places("a: 1\r\nb: 2\r\n\r\nc: 3", ["/b", "/c"]) == ["2:1", "4:1"])
        #expect(try places("{\"a\": 1,\r\n\"b\": [\r2]}", ["/b", "/b/0"]) == ["2:1", "3:1"])
        #expect(try places("\u{FEFF}a: 1", ["/a"]) == ["1:1"])
        #expect(try places("\u{FEFF}{\"a\": 1}", ["/a"]) == ["1:2"])
    }
}
