import Documents
import JSON
import Testing

@Suite struct YAMLBuilderTests {
    @Test func `anchors and aliases are written out`() {
        #expect(
            summary("a: &x {b: [1, &y 2]}\nc: *x\nd: [*y, *x]")
                == #"{"a":{"b":[1,2]},"c":{"b":[1,2]},"d":[2,{"b":[1,2]}]}"#)
        #expect(summary("- &x 1\n- *x\n- &x 2\n- *x") == "[1,1,2,2]")
        #expect(summary("- &x 0x10\n- {*x : 1}\n- {&k key: v}\n- *k") == #"[16,{"0x10":1},{"key":"v"},"key"]"#)
    }

    @Test func `the nearest anchor before an alias counts`() {
        #expect(summary("&x [&x 1, *x]") == "[1,1]")
        #expect(summary("a: &x [&x 1]\nb: *x") == #"{"a":[1],"b":1}"#)
    }

    @Test(arguments: [
        ("a: *x", "unknown-alias 1:4"), ("a: *x\nb: &x 1", "unknown-alias 1:4"), ("&x [*x]", "recursive-alias 1:5"),
        ("&x\na:\n  b: *x", "recursive-alias 3:6"), ("&x {*x : 1}", "recursive-alias 1:5"),
        ("- &x [1]\n- {*x : 1}", "unsupported-key 2:4"), ("? [1]\n: 2", "unsupported-key 1:3"),
        ("x: {{a: 1}: 2}", "unsupported-key 1:5"), ("? {a: 1}\n: 2", "unsupported-key 1:3"),
    ])
    func `aliases and keys without a meaning are refused`(_ text: String, _ expected: String) {
        #expect(summary(text) == expected)
    }

    @Test(arguments: [
        ("a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3}", #"{"x":1,"y":3}"#),
        ("a: &a {x: 1, y: 2}\nb: {y: 3, z: 4, <<: *a}", #"{"y":3,"z":4,"x":1}"#),
        ("a: &a {x: 1}\nb: {p: 0, <<: *a, q: 0}", #"{"p":0,"x":1,"q":0}"#),
        ("a: [&a {x: 1}, &b {x: 2, y: 2}]\nb: {<<: [*a, *b], z: 0}", #"{"x":1,"y":2,"z":0}"#),
        ("a: [&a {x: 1}, &b {x: 2, y: 2}]\nb: {<<: *a, z: 0, <<: *b}", #"{"x":1,"z":0,"y":2}"#),
        ("b: {<<: {x: 1}, y: 2}", #"{"x":1,"y":2}"#), ("b: {'<<': 1}", #"{"<<":1}"#),
        ("b: {!!merge <<: {x: 1}}", #"{"x":1}"#),
        ("a: &a {x: 1}\nc: &c {<<: *a, y: 2}\nb: {<<: *c}", #"{"x":1,"y":2}"#), ("b: {<<: []}", "{}"),
    ])
    func `merge keys give way to what is written`(_ text: String, _ expected: String) throws {
        let document = try outcome(text).get()
        #expect(document.value["b"]?.text == expected)
        #expect(document.repeatedKeys.isEmpty)
    }

    @Test(arguments: ["{<<: 1}", "{<<: [1]}", "{<<: }", "{<<: [[{a: 1}]]}"])
    func `merge keys take mappings only`(_ text: String) {
        #expect(summary("b: \(text)") == "invalid-merge 1:5")
    }

    @Test func `a long chain of merges is not deep`() {
        var text = "a0: &a0 {k0: 0}\n"
        for index in 1...200 { text += "a\(index): &a\(index) {<<: *a\(index - 1), k\(index): 0}\n" }
        guard case .success(let document) = outcome(text) else {
            Issue.record("refused: \(summary(text))")
            return
        }
        #expect(document.value["a200"]?.object?.count == 201)
    }

    @Test func `expansion is bounded`() {
        var laughs = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n"
        for index in 1...12 {
            laughs += "a\(index): &a\(index) [\(Array(repeating: "*a\(index - 1)", count: 9).joined(separator: ","))]\n"
        }
        #expect(summary(laughs).hasPrefix("too-large 7:"))
        var merges = "a0: &a0 {k: [1, 2, 3, 4, 5, 6, 7, 8, 9]}\n"
        for index in 1...12 {
            let list = Array(repeating: "*a\(index - 1)", count: 9).joined(separator: ",")
            merges += "a\(index): &a\(index) {<<: [\(list)], k\(index): [\(list)]}\n"
        }
        #expect(summary(merges).hasPrefix("too-large"))
        #expect(summary("[1, 2, 3]", limits: .init(maxNodes: 4)) == "[1,2,3]")
        #expect(summary("- 1\n- 2\n- 3\n- 4", limits: .init(maxNodes: 4)) == "too-large 4:3")
    }

    @Test func `the number of anchors is bounded`() {
        let text = (0..<65_537).map { "- &a\($0) x\n" }.joined()
        #expect(summary(text) == "too-large 65537:3")
    }

    @Test func `aliases cannot blow up text`() {
        let text = "- &t \(String(repeating: "x", count: 1000))\n" + String(repeating: "- *t\n", count: 5)
        #expect(summary(text, limits: .init(maxBytes: 2000)) == "too-large 5:3")
        let keys = "- &t \(String(repeating: "x", count: 1000))\n" + String(repeating: "- {*t : 1}\n", count: 5)
        #expect(summary(keys, limits: .init(maxBytes: 2000)) == "too-large 4:4")
    }

    @Test func `depth is bounded`() {
        #expect(summary(String(repeating: "- ", count: 128) + "x").hasPrefix("[[[["))
        #expect(summary(String(repeating: "- ", count: 129) + "x") == "too-deep 1:257")
        #expect(summary(String(repeating: "[", count: 200) + String(repeating: "]", count: 200)) == "too-deep 1:129")
        #expect(summary("x: " + String(repeating: "[", count: 900)) == "too-deep 1:131")
        #expect(summary("x: " + String(repeating: "[", count: 5000)).hasPrefix("too-deep 1:"))
        #expect(summary(String(repeating: "? ", count: 100_000)) == "unsupported-key 1:3")
        let block = (0..<200).map { String(repeating: " ", count: $0) + "a:\n" }.joined()
        #expect(summary(block) == "too-deep 129:129")
        // An alias brings its depth with it.
        #expect(summary("a: &a [[[1]]]\nb: [[*a]]", limits: .init(maxDepth: 6)) == #"{"a":[[[1]]],"b":[[[[[1]]]]]}"#)
        #expect(summary("a: &a [[[1]]]\nb: [[*a]]", limits: .init(maxDepth: 5)) == "too-deep 2:6")
    }

    @Test func `directives are bounded`() {
        #expect(summary("%YAML 1.2\n%TAG !y! tag:yaml.org,2002:\n---\n- !y!str 1") == #"["1"]"#)
        let many = (0..<100_000).map { "%TAG !a\($0)! b\n" }.joined()
        #expect(summary(many + "---\na: 1") == "invalid-yaml 65:1")
    }

    @Test func `repeated keys keep the first value and are reported`() throws {
        let document = try outcome(
            "a:\n  - x: 1\n    'x': 0x1\n    \"x\": 2\nb:\n  é: 1\n  e\u{301}: 1\na: 3\n200: p\n\"200\": p\n"
        ).get()
        #expect(document.value.text == #"{"a":[{"x":1}],"b":{"é":1},"200":"p"}"#)
        let repeated = document.repeatedKeys.map {
            "\($0.object.description) \($0.key) \($0.position.line):\($0.position.column) \($0.isSameMeaning)"
        }
        #expect(
            repeated == [
                "/a/0 x 3:5 true", "/a/0 x 4:5 false", "/b e\u{301} 7:3 true", " a 8:1 false", " 200 10:1 true",
            ])
    }

    @Test func `too many repeated keys are refused`() {
        #expect(summary(String(repeating: "a: 1\n", count: 1001)) == #"{"a":1}"#)
        #expect(summary(String(repeating: "a: 1\n", count: 1002)) == "repeated-key 1002:1")
        #expect(summary("{" + String(repeating: "\"a\": 1,\n", count: 1001) + "\"a\": 1}") == "repeated-key 1002:1")
    }
}
