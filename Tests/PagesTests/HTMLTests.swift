import Pages
import Testing

@Suite struct HTMLTests {
    @Test(arguments: [
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("\" onmouseover=\"x", "&quot; onmouseover=&quot;x"), ("'&'", "&#39;&amp;&#39;"),
        ("a\u{202E}b\u{0000}c", "a&lt;U+202E&gt;b&lt;U+0000&gt;c"),
    ])
    func `text of others is no markup`(_ text: String, _ expected: String) {
        let line: HTML = "<p title=\"\(text)\">\(text)</p>"
        #expect(line.text == "<p title=\"\(expected)\">\(expected)</p>")
        let outer: HTML = "<div>\(line)</div>"
        #expect(outer.text == "<div>\(line.text)</div>")
    }

    @Test func `fields of a form are read or refused`() {
        func fields(_ text: String) -> [String: String]? { PageRequest.fields(Array(text.utf8)[...]) }
        #expect(fields("a=1&b=x+y%26z&c=") == ["a": "1", "b": "x y&z", "c": ""])
        #expect(fields("") == [:] && fields("flag") == ["flag": ""])
        for broken in ["a=%", "a=%4", "a=%zz", "a=1&a=2", "a=%ff"] { #expect(fields(broken) == nil, "\(broken)") }
    }
}
