import Testing

@testable import OpenAPI

struct CleanTextTests {
    @Test(arguments: [
        "a\u{202E}b", "a\u{200B}b", "a\u{2066}b", "a\u{E0041}b", "a\u{FEFF}b", "a\u{0}b", "a\u{7F}b", "a\u{85}b",
        "a\u{FE0F}b", "a\u{3164}b", "a\u{00AD}b", "a\u{FFF9}b", "a\u{1B}b",
    ])
    func `hidden characters are removed`(_ text: String) {
        #expect(CleanText.line(text, limit: 100) == "ab")
        #expect(CleanText.block(text, limit: 100) == "ab")
    }

    @Test func `lines stay in a block and become spaces in a line`() {
        #expect(CleanText.line("a\r\n\tb\u{2028}c ", limit: 100) == "a b c")
        #expect(CleanText.block("a\nb\u{2029}c\n", limit: 100) == "a\nb\nc")
    }

    @Test func `long text is cut`() {
        let umlauts = String(repeating: "ä", count: 20)
        #expect(CleanText.line(umlauts, limit: 10) == umlauts.prefix(10) + "…")
        #expect(CleanText.line("plain", limit: 5) == "plain")
    }
}
