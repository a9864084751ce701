import Testing

@testable import Backends

@Suite struct BaseURLTests {
    @Test(arguments: [
        ("https://api.example.com", "https://api.example.com", ""),
        ("https://api.example.com/", "https://api.example.com", ""),
        ("HTTPS://API.Example.COM/V1", "https://api.example.com", "/V1"),
        ("https://api.example.com:443/v1/", "https://api.example.com", "/v1"),
        ("http://api.example.com:80", "http://api.example.com", ""),
        ("https://api.example.com:8443/a/b%20c", "https://api.example.com:8443", "/a/b%20c"),
        ("http://127.0.0.1:9", "http://127.0.0.1:9", ""), ("http://[::1]:9/x", "http://[::1]:9", "/x"),
        ("http://[2001:DB8::1]", "http://[2001:db8::1]", ""),
        ("http://my_service:80/a;b=c/@d", "http://my_service", "/a;b=c/@d"),
        ("https://3com.example", "https://3com.example", ""),
        ("https://1.2.3.4.example", "https://1.2.3.4.example", ""),
        ("https://0xcafe.example", "https://0xcafe.example", ""),
        ("https://xn--bcher-kva.example", "https://xn--bcher-kva.example", ""),
    ])
    func `reads origin and base path`(text: String, origin: String, path: String) throws {
        let url = try BaseURL.parse(text)
        #expect(url.origin.description == origin)
        #expect(url.path == path)
    }

    @Test(arguments: [
        ("", BaseURL.Flaw.badScheme), ("api.example.com", .badScheme), ("ftp://a.example", .badScheme),
        ("https:/a.example", .badScheme), ("https:a.example", .badScheme), ("//a.example", .badScheme),
        ("https://", .noHost), ("https:///path", .noHost), ("https://user@a.example", .userInfo),
        ("https://user:secret@a.example", .userInfo), ("https://a.example@evil.example", .userInfo),
        ("https://a.example?q=1", .query), ("https://a.example/p?", .query), ("https://a.example/#f", .fragment),
        ("https://a.example#@b.example", .fragment), ("https://a.example/ b", .badByte),
        ("https://a.exa\nmple", .badByte),
        ("https://a.example\u{0}", .badByte), ("https://a.example\\@b.example", .badByte),
        ("https://bücher.example", .badByte),
        ("https://a.example\u{FF0E}com", .badByte), ("https://a%2eexample", .badHost), ("https://-a.example", .badHost),
        ("https://a-.example", .badHost), ("https://a..example", .badHost), ("https://.example", .badHost),
        ("https://a.example.", .badHost), ("https://a,b", .badHost), ("https://a*b", .badHost),
        ("https://[::1", .badHost), ("https://[::1]x", .badHost), ("https://[::1%25lo]", .badHost),
        ("https://[127.0.0.1]", .badHost), ("https://[]", .badHost), ("https://::1", .badPort),
        ("https://a]", .badHost),
        ("https://a.example:", .badPort), ("https://a.example:0", .badPort), ("https://a.example:65536", .badPort),
        ("https://a.example:08", .badPort), ("https://a.example:+8", .badPort), ("https://a.example:8a", .badPort),
        ("https://a.example:99999999999999999999", .badPort), ("https://a.example:80:80", .badPort),
        ("https://2130706433", .obscureAddress), ("https://0x7f000001", .obscureAddress),
        ("https://0x7f.1", .obscureAddress), ("https://0177.0.0.1", .obscureAddress),
        ("https://127.1", .obscureAddress),
        ("https://127.0.0.01", .obscureAddress), ("https://017700000001", .obscureAddress),
        ("https://127.0.0.0x1", .obscureAddress), ("https://1.2.3.4.5", .obscureAddress),
        ("https://0x", .obscureAddress),
        ("https://256.1.1.1", .obscureAddress), ("https://a.0XA9", .obscureAddress),
        ("https://a.example/..", .badPath), ("https://a.example/a/../b", .badPath), ("https://a.example/./b", .badPath),
        ("https://a.example/%2e%2E/b", .badPath), ("https://a.example/.%2e", .badPath),
        ("https://a.example//b", .badPath),
        ("https://a.example/a//", .badPath), ("https://a.example/a%2Fb", .badPath),
        ("https://a.example/a%5cb", .badPath),
        ("https://a.example/%00", .badPath), ("https://a.example/%0d%0a", .badPath),
        ("https://a.example/%zz", .badPath),
        ("https://a.example/%2", .badPath), ("https://a.example/%", .badPath), ("https://a.example/<b>", .badPath),
    ])
    func `refuses everything else`(text: String, flaw: BaseURL.Flaw) {
        #expect(throws: flaw) { try BaseURL.parse(text) }
    }

    @Test func `lengths are bounded`() throws {
        let label = String(repeating: "a", count: 63)
        #expect(try BaseURL.parse("https://\(label).example").path.isEmpty)
        #expect(throws: BaseURL.Flaw.badHost) { try BaseURL.parse("https://a\(label).example") }
        #expect(throws: BaseURL.Flaw.badHost) { try BaseURL.parse("https://\(label).\(label).\(label).\(label)") }
        #expect(throws: BaseURL.Flaw.tooLong) {
            try BaseURL.parse("https://a.example/" + String(repeating: "a", count: 2048))
        }
    }
}
