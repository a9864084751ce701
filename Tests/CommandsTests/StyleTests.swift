import Core
import Documents
import JSON
import Testing

@testable import Commands

@Suite struct StyleTests {
    @Test(arguments: [
        ("plain text, Ünïcödé, 日本語, 👍", "plain text, Ünïcödé, 日本語, 👍"),
        ("\u{1B}[31mred\u{1B}[0m", "<U+001B>[31mred<U+001B>[0m"),
        ("\u{9B}2J", "<U+009B>2J"),
        ("a\u{8}b\rc\nd\te\u{7F}", "a<U+0008>b c d e<U+007F>"),
        ("\u{202E}gpj.exe", "<U+202E>gpj.exe"),
        ("\u{2066}x\u{2069}", "<U+2066>x<U+2069>"),
        ("a\u{200B}b\u{200D}c\u{FEFF}d\u{2060}e\u{FE0F}", "a<U+200B>b<U+200D>c<U+FEFF>d<U+2060>e"),
        ("line\u{2028}line\u{2029}line\u{85}", "line line line "),
        ("tag\u{E0041}\u{E007F}", "tag<U+E0041><U+E007F>"),
        ("\u{E000}\u{10FFFF}\u{378}", "<U+E000><U+10FFFF><U+0378>"),
        ("", ""),
    ])
    func `nothing that came from outside draws on the terminal`(_ text: String, _ shown: String) {
        #expect(clean(text) == shown)
    }

    private static let evil = "a\u{1B}[2J\u{9B}31m\u{202E}b\u{200B}\u{2028}\u{7F}\u{3164}"

    @Test func `JSON shows nothing that draws and means the same`() throws {
        let value: JSONValue = [
            "plain": "Ünï 日本 👍", Self.evil: .array([.string(Self.evil + "\u{E0041}\u{10FFFF}\n\t\"\\")]),
        ]
        let text = escaped(value.text)
        let isShown = text.unicodeScalars.allSatisfy(\.isPrintable)
        #expect(isShown)
        #expect(text.contains("Ünï 日本 👍") && text.contains("\\u009b") && text.contains("\\udb40\\udc41"))
        #expect(try JSONParser.parse(text) == value)
        #expect(escaped("{\"a\":1}") == "{\"a\":1}")
    }

    @Test func `a problem keeps its lines and none of its parts draws`() {
        let problem = Diagnostic(
            .error, code: "x", "'\(Self.evil)\n' is bad", hint: "Not '\(Self.evil)'.", file: "f.yaml",
            position: SourcePosition(line: 3, column: 1))
        let clean = "a<U+001B>[2J<U+009B>31m<U+202E>b<U+200B> <U+007F><U+3164>"
        #expect(problem.shown == "f.yaml:3: error: '\(clean) ' is bad\n    hint: Not '\(clean)'.")
        let error = CommandError("no '\(Self.evil)'\nsecond", hint: Self.evil)
        #expect(error.description == "no '\(clean)'\nsecond\n    hint: \(clean)")
    }

    @Test func `text is bounded`() {
        let long = clean(String(repeating: "x", count: 10_000))
        #expect(long == String(repeating: "x", count: 400) + "… (9600 more characters; --json shows all)")
        let marks = clean(String(repeating: "\u{301}", count: 10_000), limit: 7)
        #expect(marks.unicodeScalars.prefix { $0 == "\u{301}" }.count == 7)
        #expect(marks.hasSuffix("… (9993 more characters; --json shows all)"))
        #expect(clean("1234567", limit: 7) == "1234567")
    }

    @Test func `no character that hides or reorders is left`() {
        for value in Array(UInt32(0)...0x1FFFF) + Array(0xE0000...0xE0FFF) {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let properties = scalar.properties
            let isHidden =
                properties.isBidiControl || properties.isDefaultIgnorableCodePoint
                || properties.generalCategory == .control
                || properties.generalCategory == .format
            guard isHidden else { continue }
            let text = clean(String(scalar))
            let isShown = text.unicodeScalars.allSatisfy(\.isPrintable)
            #expect(isShown, "\(scalar.named)")
            #expect([" ", "", "<\(scalar.named)>"].contains(text), "\(scalar.named)")
        }
    }

    @Test(arguments: [
        ("30s", 30), ("10m", 600), ("12h", 43_200), ("7d", 604_800), ("0s", 0), ("", nil), ("s", nil), ("-1s", nil),
        ("1w", nil), ("1.5h", nil), ("9223372036854775807d", nil), ("1 h", nil), ("１h", nil),
    ])
    func `times are read or refused`(_ text: String, _ expected: Int?) {
        #expect(seconds(text) == expected)
    }

    @Test func `a list of objects is told by what names each`() throws {
        let list = try JSONParser.parse(
            #"[{"tool":"a/b","x":1},{"finding":"k:s"},{"tool":"c"},{"id":"d"},{"name":"e"},{"tool":"f"}]"#)
        #expect(short(list) == "a/b,k:s,c,d,e and 1 more")
        #expect(short(try JSONParser.parse(#"["a","b"]"#)) == #"["a","b"]"#)
        #expect(short("text") == "text")
        #expect(short(try JSONParser.parse(#"[{"other":1},{"tool":"a"}]"#)) == "a and 1 more")
    }
}
