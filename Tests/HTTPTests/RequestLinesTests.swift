import Testing

@testable import HTTP

@Suite struct RequestLinesTests {
    private static let wanted: [StaticString] = ["authorization", "host", "accept"]

    private func read(_ text: String, limits: RequestLines.Limits = .init()) throws -> (RequestLines, [UInt8]) {
        let bytes = Array(text.utf8)
        var searched = 0
        let end = try #require(try HeaderSection.end(in: bytes.span, searched: &searched))
        return (try RequestLines(bytes.span, end: end, wanted: Self.wanted, limits: limits), bytes)
    }

    private func text(_ bytes: [UInt8], _ range: Range<Int>) -> String {
        String(decoding: bytes[range], as: UTF8.self)
    }

    @Test func `a head is read with the fields that were asked for`() throws {
        let (lines, bytes) = try read(
            "POST /mcp?x=1 HTTP/1.1\r\nhOST: gw.test\r\nX-Other: y\r\nAccept:\t a \r\nAccept:\r\ncontent-length: 12\r\n\r\n"
        )
        #expect(text(bytes, lines.method) == "POST")
        #expect(text(bytes, lines.target) == "/mcp?x=1")
        #expect(lines.fields.map(\.index) == [1, 2, 2])
        #expect(lines.fields.map { text(bytes, $0.value) } == ["gw.test", "a", ""])
        #expect(lines.body == .counted(12))
        #expect(lines.isCurrent)
        #expect(lines.keepsAlive)
        #expect(!lines.expectsContinue)
    }

    @Test(arguments: [
        ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", true, true), ("GET / HTTP/1.0\r\n\r\n", false, false),
        ("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", false, true),
        ("GET / HTTP/1.1\r\nHost: a\r\nConnection: x, Close\r\n\r\n", true, false),
        ("GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\nConnection: close\r\n\r\n", true, false),
    ])
    func `a connection is kept as version and fields say`(_ head: String, _ isCurrent: Bool, _ keepsAlive: Bool) throws
    {
        let (lines, _) = try read(head)
        #expect(lines.isCurrent == isCurrent)
        #expect(lines.keepsAlive == keepsAlive)
    }

    @Test func `a body is counted or chunked`() throws {
        #expect(try read("POST / HTTP/1.1\r\nHost: a\r\n\r\n").0.body == .counted(0))
        #expect(try read("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n").0.body == .chunked)
        let (lines, _) = try read("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 0\r\n\r\n")
        #expect(lines.expectsContinue)
        #expect(lines.body == .counted(0))
    }

    /// Everything here is a request that two readers could understand in two ways, or none at all.
    @Test(arguments: [
        "Content-Length: 1\r\nContent-Length: 1\r\n", "Content-Length: 1\r\nContent-Length: 2\r\n",
        "Content-Length: +1\r\n", "Content-Length: 0x1\r\n", "Content-Length:\r\n", "Content-Length: 1, 1\r\n",
        "Content-Length: 1234567890123456\r\n", "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: gzip, chunked\r\n", "Transfer-Encoding: identity\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "Transfer-Encoding: \u{0B}chunked\r\n",
        "Host: b\r\n", "X : y\r\n", " X: y\r\n", "X: a\r\n folded\r\n", ": y\r\n", "X\r\n", "X: a\u{0}b\r\n",
        "X: a\rb\r\n", "X\u{e9}: y\r\n",
    ])
    func `what could be read in two ways is refused`(_ fields: String) {
        let flaw = #expect(throws: FramingFlaw.self) {
            _ = try read("POST /mcp HTTP/1.1\r\nHost: a\r\n\(fields)\r\n")
        }
        #expect(flaw?.code == .violation)
    }

    @Test(arguments: [
        "", "GET /\r\n", "GET / HTTP/1.1 \r\n", "GET  / HTTP/1.1\r\n", "GET / HTTP/2.0\r\n", "GET / HTTP/1.2\r\n",
        "GET / http/1.1\r\n", "GET /a b HTTP/1.1\r\n", "G(T / HTTP/1.1\r\n", " GET / HTTP/1.1\r\n",
        "GET /\u{7F} HTTP/1.1\r\n", "\u{16}\u{03}\u{01}\r\n",
    ])
    func `what is no request line is refused`(_ line: String) {
        #expect(throws: FramingFlaw.self) { _ = try read(line + "Host: a\r\n\r\n") }
    }

    @Test func `a request of HTTP 1_1 names one host`() throws {
        #expect(throws: FramingFlaw.self) { _ = try read("GET / HTTP/1.1\r\nX: y\r\n\r\n") }
        #expect(throws: FramingFlaw.self) { _ = try read("GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n") }
        _ = try read("GET / HTTP/1.0\r\nX: y\r\n\r\n")
    }

    @Test func `chunks are for HTTP 1_1`() {
        #expect(throws: FramingFlaw.self) { _ = try read("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n") }
    }

    @Test func `fields are bounded in number and size`() throws {
        var limits = RequestLines.Limits()
        limits.maxFields = 2
        limits.maxFieldBytes = 10
        _ = try read("GET / HTTP/1.1\r\nHost: abcd\r\nX: 1234567\r\n\r\n", limits: limits)
        for fields in ["X: 12345678\r\n", "X: 1\r\nY: 2\r\n"] {
            let flaw = #expect(throws: FramingFlaw.self) {
                _ = try read("GET / HTTP/1.1\r\nHost: abcd\r\n\(fields)\r\n", limits: limits)
            }
            #expect(flaw?.code == .tooLarge)
        }
    }

    @Test func `the end is found however the bytes are cut`() throws {
        let bytes = Array("GET / HTTP/1.1\r\nHost: a\r\n\r\nrest".utf8)
        for cut in 0..<(bytes.count - 4) {
            var searched = 0
            let early = try HeaderSection.end(in: Array(bytes[..<cut]).span, searched: &searched)
            #expect(early == nil)
            #expect(try HeaderSection.end(in: bytes.span, searched: &searched) == bytes.count - 4)
        }
    }

    @Test(arguments: ["GET / HTTP/1.1\n\n", "\n", "GET / HTTP/1.1\r\nA: b\n\r\n"])
    func `a bare line feed ends nothing`(_ text: String) {
        let bytes = Array(text.utf8)
        var searched = 0
        #expect(throws: FramingFlaw.self) { _ = try HeaderSection.end(in: bytes.span, searched: &searched) }
    }
}
