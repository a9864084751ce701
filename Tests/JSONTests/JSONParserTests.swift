import JSON
import TestSupport
import Testing

@Suite struct JSONParserTests {
    private func error(_ bytes: [UInt8], _ options: JSONParser.Options = .init()) -> JSONSyntaxError? {
        do {
            _ = try JSONParser.parse(bytes, options: options)
            return nil
        } catch {
            return error
        }
    }

    private func error(_ text: String, _ options: JSONParser.Options = .init()) -> JSONSyntaxError? {
        error(Array(text.utf8), options)
    }

    @Test func `reads every kind of value in order`() throws {
        let value = try JSONParser.parse(#" {"z":[1,-2.50,true,false,null,"é\n"],"a":{},"m":[]} "#)
        let expected: JSONValue = .object([
            "z": [1, .number(try #require(JSONNumber("-2.50"))), true, false, nil, "é\n"], "a": [:], "m": [],
        ])
        #expect(value == expected)
    }

    @Test(arguments: [
        (#""\u00e9\u20AC\ud83d\ude00""#, "é€😀"), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{c}\n\r\t"),
        (#""12345678901234567é890\n12345678""#, "12345678901234567é890\n12345678"), (#""""#, ""),
        ("\"\u{7F}\"", "\u{7F}"),
        (#""\u2028a\\u0041""#, "\u{2028}a\\u0041"),
    ])
    func `decodes strings`(_ text: String, _ expected: String) throws {
        #expect(try #require(JSONParser.parse(text).string).hasSameBytes(as: expected))
    }

    @Test(
        arguments: [
            ("", .unexpectedEnd, 0), (" ", .unexpectedEnd, 1), ("nul", .unexpectedEnd, 3),
            ("nulx", .unexpectedByte(0x78), 3),
            ("True", .unexpectedByte(0x54), 0), ("[1,]", .unexpectedByte(0x5D), 3), ("[1 2]", .unexpectedByte(0x32), 3),
            ("[", .unexpectedEnd, 1), ("[1", .unexpectedEnd, 2), ("{\"a\"}", .unexpectedByte(0x7D), 4),
            ("{\"a\":1,}", .unexpectedByte(0x7D), 7), ("{a:1}", .unexpectedByte(0x61), 1),
            ("{'a':1}", .unexpectedByte(0x27), 1),
            ("{\"a\":1", .unexpectedEnd, 6), ("{\"a\"", .unexpectedEnd, 4), ("{\"a\":", .unexpectedEnd, 5),
            ("{", .unexpectedEnd, 1),
            ("01", .invalidNumber, 1), ("-", .invalidNumber, 1), ("1.", .invalidNumber, 2), ("1e+", .invalidNumber, 3),
            ("+1", .unexpectedByte(0x2B), 0), (".5", .unexpectedByte(0x2E), 0), ("NaN", .unexpectedByte(0x4E), 0),
            ("1 1", .trailingBytes, 2), ("{}x", .trailingBytes, 2), ("1//", .trailingBytes, 1),
            ("\"abc", .unexpectedEnd, 4), ("\"abcdefghijkl", .unexpectedEnd, 13), ("\"\\", .unexpectedEnd, 2),
            ("\"\\x\"", .invalidEscape, 1), ("\"\\u12g4\"", .invalidEscape, 5), ("\"\\u12", .unexpectedEnd, 5),
            ("\"\\ud800\"", .loneSurrogate, 1), ("\"\\udc00\"", .loneSurrogate, 1),
            ("\"\\ud800\\u0041\"", .loneSurrogate, 1),
            ("\"a\nb\"", .controlCharacter, 2), ("\"0123456789\u{1}\"", .controlCharacter, 11),
            ("\"\\n\t\"", .controlCharacter, 3),
            ("\"\\u0000\"", .nullCharacter, 1), ("\u{FEFF}1", .unexpectedByte(0xEF), 0), ("[1]\0", .trailingBytes, 3),
            ("\u{A0}1", .unexpectedByte(0xC2), 0), ("\u{C}1", .unexpectedByte(0x0C), 0),
        ] as [(String, JSONSyntaxError.Reason, Int)])
    func `refuses with the offset`(_ text: String, _ reason: JSONSyntaxError.Reason, _ offset: Int) {
        #expect(error(text) == JSONSyntaxError(reason, at: offset))
    }

    @Test(
        arguments: [
            ([0x22, 0x61, 0xFF, 0x22], 2), ([0x22, 0xC0, 0x80, 0x22], 1), ([0x22, 0xED, 0xA0, 0x80, 0x22], 1),
            ([0x22, 0xF4, 0x90, 0x80, 0x80, 0x22], 1), ([0x22, 0x5C, 0x6E, 0x61, 0xE2, 0x82, 0x22], 4),
            ([0x7B, 0x22, 0xC3, 0x22, 0x3A, 0x31, 0x7D], 2),
        ] as [([UInt8], Int)])
    func `refuses what is not UTF-8`(_ bytes: [UInt8], _ offset: Int) {
        #expect(error(bytes) == JSONSyntaxError(.invalidUTF8, at: offset))
    }

    @Test func `bounds depth, bytes and values`() {
        let deep = String(repeating: "[", count: 128) + String(repeating: "]", count: 128)
        #expect(error(deep) == nil)
        #expect(error("[" + deep + "]") == JSONSyntaxError(.tooDeep(limit: 128), at: 128))
        #expect(error(String(repeating: "{\"a\":", count: 300)) == JSONSyntaxError(.tooDeep(limit: 128), at: 640))
        #expect(error("[1]", .init(maxBytes: 3)) == nil)
        #expect(error("[12]", .init(maxBytes: 3)) == JSONSyntaxError(.tooLarge(limit: 3), at: 3))
        #expect(error("[1,2]", .init(maxValues: 3)) == nil)
        #expect(error("[1,2,3]", .init(maxValues: 3)) == JSONSyntaxError(.tooManyValues(limit: 3), at: 5))
    }

    @Test(arguments: [
        #"{"a":1,"a":1}"#, #"{"a":1,"\u0061":2}"#, "{\"\u{E9}\":1,\"e\u{301}\":2}", "{\"K\":1,\"\u{212A}\":2}",
    ])
    func `refuses repeated names`(_ text: String) {
        guard case .duplicateKey = error(text)?.reason else {
            Issue.record("\(text) was read")
            return
        }
    }

    @Test func `refuses repeated names among many`() {
        let names = (0..<100).map { "\"n\($0)\":0" }
        #expect(error("{" + names.joined(separator: ",") + "}") == nil)
        for index in [0, 15, 16, 99] {
            let text = "{" + names.joined(separator: ",") + ",\"n\(index)\":1}"
            #expect(error(text)?.reason == .duplicateKey("n\(index)"))
        }
    }

    @Test func `records repeated names with their objects`() throws {
        let text = Array(#"{"a":[{"x":1,"y":2,"x":1.0},{"k":{"q":[],"q":{}}}],"a":3,"b":4}"#.utf8)
        let document = try JSONParser.document(text.span, options: .init(recordsDuplicates: true))
        #expect(document.value == (try JSONParser.parse(#"{"a":[{"x":1,"y":2},{"k":{"q":[]}}],"b":4}"#)))
        #expect(document.duplicates.map(\.object.description) == ["/a/0", "/a/1/k", ""])
        #expect(document.duplicates.map(\.key) == ["x", "q", "a"])
        #expect(document.duplicates.map(\.offset) == [19, 41, 51])
        #expect(document.duplicates.map(\.isSameMeaning) == [true, false, false])
    }

    @Test func `records a bounded number of repeated names`() throws {
        func document(_ count: Int) throws(JSONSyntaxError) -> JSONParser.Document {
            let text = Array("{\(String(repeating: "\"a\":0,", count: count))\"a\":0}".utf8)
            return try JSONParser.document(text.span, options: .init(recordsDuplicates: true))
        }
        #expect(try document(JSONParser.maxDuplicates).duplicates.count == JSONParser.maxDuplicates)
        #expect(throws: JSONSyntaxError.self) { try document(JSONParser.maxDuplicates + 1) }
    }

    @Test func `accepts U+0000 where asked to`() throws {
        #expect(try JSONParser.parse(#""\u0000""#, options: .init(allowsNull: true)) == "\0")
    }

    @Test(arguments: seeds)
    func `never traps on broken bytes`(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        for _ in 0..<100 {
            var bytes = generator.value().bytes
            for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty {
                let index = Int.random(in: 0..<bytes.count, using: &generator)
                if Bool.random(using: &generator) {
                    bytes[index] = UInt8.random(in: 0...255, using: &generator)
                } else {
                    bytes.remove(at: index)
                }
            }
            guard let offset = error(bytes)?.offset else { continue }
            #expect((0...bytes.count).contains(offset), "seed \(seed)")
        }
    }
}
