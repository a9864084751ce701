import NIOCore
import TestSupport
import Testing

@testable import Backends

@Suite struct RequestWriterTests {
    private func write(
        _ method: String = "GET", _ target: String = "/", _ headers: [(name: String, value: String)] = [],
        body: [UInt8]? = nil, url: String = "https://api.example.com:8443", acceptsGzip: Bool = false
    ) throws -> String {
        let writer = RequestWriter(origin: try BaseURL.parse(url).origin, acceptsGzip: acceptsGzip)
        let request = UpstreamRequest(
            method: method, target: target, headers: headers, body: body, isIdempotent: true)
        return String(buffer: try writer.write(request))
    }

    @Test func `writes line, host, fields and body`() throws {
        let text = try write(
            "POST", "/v1/a%20b?x=1", [("Authorization", "Bearer t"), ("X-Note", "grün\tund blau")],
            body: Array("{}".utf8))
        #expect(
            text == """
                POST /v1/a%20b?x=1 HTTP/1.1\r
                Host: api.example.com:8443\r
                Accept-Encoding: identity\r
                Authorization: Bearer t\r
                X-Note: grün\tund blau\r
                Content-Length: 2\r
                \r
                {}
                """)
    }

    @Test func `a body is counted, its absence said where one is expected`() throws {
        #expect(try write("GET").hasSuffix("identity\r\n\r\n"))
        #expect(try write("DELETE").hasSuffix("identity\r\n\r\n"))
        #expect(try write("POST").hasSuffix("Content-Length: 0\r\n\r\n"))
        #expect(try write("PUT", body: []).hasSuffix("Content-Length: 0\r\n\r\n"))
        #expect(try write("GET", acceptsGzip: true).contains("\r\nAccept-Encoding: gzip\r\n"))
        #expect(try write(url: "http://[::1]:80").contains("\r\nHost: [::1]\r\n"))
    }

    @Test(arguments: [
        "Host", "host", "HOST", "Content-Length", "content-length", "Transfer-Encoding", "Connection", "connection",
        "Keep-Alive", "TE", "Trailer", "Upgrade", "Expect", "Proxy-Connection", "Accept-Encoding",
        "", " ", "X Y", "X:Y", "X\r\nHost", "X\n", "X\u{0}", "Ünicode", "X\t", "(X)",
    ])
    func `refuses field names that are reserved or no tokens`(name: String) {
        #expect(throws: RequestWriter.Flaw.self) { try write("GET", "/", [(name, "x")]) }
    }

    @Test(arguments: ["\r", "\n", "\r\n", "a\r\nX: y", "a\u{0}b", "\u{7F}", "\u{B}", "\u{1B}[0m"])
    func `refuses control bytes in values`(value: String) {
        #expect(throws: RequestWriter.Flaw.self) { try write("GET", "/", [("X-A", value)]) }
    }

    @Test(arguments: [
        "", "a", "*", "//evil.example/", "http://evil.example/", "/a b", "/a\r\nX: y", "/a\n", "/a\u{0}", "/ü", "/a#b",
        "/a\\b", "/%", "/%2", "/%zz", "/a?%4", "/\"", "/<", "/{a}", "/a|b", "/a^b", "/a`b", "?a",
    ])
    func `refuses targets that are not encoded paths`(target: String) {
        #expect(throws: RequestWriter.Flaw.self) { try write("GET", target) }
    }

    @Test(arguments: ["/", "/a//b", "/a?b=c&d=%20", "/a;b=c/(d)!$'*+,@:~-._", "/a?filter[x]=1/2?"])
    func `accepts targets that are`(target: String) throws {
        #expect(try write("GET", target).hasPrefix("GET \(target) HTTP/1.1\r\n"))
    }

    @Test(arguments: ["", "GET ", "GET /x HTTP/1.1\r\nX:", "G\u{0}T", "CONNECT", "GÉT"])
    func `refuses methods that are no tokens`(method: String) {
        #expect(throws: RequestWriter.Flaw.self) { try write(method) }
    }

    @Test func `no random field ends the message early`() {
        var random = SplitMix64(seed: 11)
        let alphabet = Array("aZ9-: \t\r\n\u{0}%/?#é".unicodeScalars)
        for round in 0..<3000 {
            func text(_ limit: Int) -> String {
                let count = Int.random(in: 0...limit, using: &random)
                return String(
                    String.UnicodeScalarView((0..<count).map { _ in alphabet.randomElement(using: &random) ?? "a" }))
            }
            let name = text(6)
            let value = text(12)
            let target = "/" + text(8)
            guard let written = try? write("GET", target, [(name, value)]) else { continue }
            let lines = Array(written.utf8).split(separator: 0x0A, omittingEmptySubsequences: false)
            #expect(lines.count == 6, "round \(round): \(written.debugDescription)")
            #expect(written.utf8.filter { $0 == 0x0D }.count == 5, "round \(round)")
        }
    }
}
