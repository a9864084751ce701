import MCP
import TestSupport
import Testing

@Suite struct HeaderTextTests {
    /// The examples of 2026-07-28, streamable-http, Value Encoding.
    @Test(arguments: [
        ("us-west1", "us-west1"), ("Hello, 世界", "=?base64?SGVsbG8sIOS4lueVjA==?="),
        (" padded ", "=?base64?IHBhZGRlZCA=?="), ("line1\nline2", "=?base64?bGluZTEKbGluZTI=?="),
        ("=?base64?literal?=", "=?base64?PT9iYXNlNjQ/bGl0ZXJhbD89?="), ("", ""),
    ]) func `examples of the specification`(text: String, header: String) {
        #expect(HeaderText.encoded(text) == header)
        #expect(HeaderText.decoded(header) == text)
    }

    @Test(arguments: [
        "=?base64?QQ?=", "=?base64?QQ=?=", "=?base64?QR==?=", "=?base64?Q===?=", "=?base64?QQ==QQ==?=",
        "=?base64?====?=", "=?base64?Q Q=?=", "=?base64?_-__?=", "=?base64?/w==?=", "=?base64?gICA?=", "é", "a\u{7F}",
        "a\nb", "\u{0}",
    ]) func `what is not strict is nothing`(header: String) {
        #expect(HeaderText.decoded(header) == nil)
    }

    @Test func `space around a value is not part of it`() {
        #expect(HeaderText.decoded(" \ta b\t ") == "a b")
        #expect(HeaderText.decoded(" =?base64?QQ==?= ") == "A")
        #expect(HeaderText.decoded("=?base64??=") == "")
        #expect(HeaderText.decoded("=?base64?=") == "=?base64?=")
    }

    @Test(arguments: [1, 2, 3] as [UInt64]) func `every text survives`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for _ in 0..<500 {
            var scalars = String.UnicodeScalarView()
            for _ in 0..<Int.random(in: 0...12, using: &random) {
                let code = UInt32.random(in: 0...(Bool.random(using: &random) ? 0x7F : 0x10FFFF), using: &random)
                if let scalar = UnicodeScalar(code) { scalars.append(scalar) }
            }
            let text = String(scalars)
            let header = HeaderText.encoded(text)
            #expect(header.utf8.allSatisfy { $0 >= 0x20 && $0 <= 0x7E }, "seed \(seed)")
            #expect(HeaderText.decoded(header).map { Array($0.utf8) } == Array(text.utf8), "seed \(seed)")
        }
    }
}
