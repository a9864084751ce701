import NIOCore
import TestSupport
import Testing

@testable import Backends

@Suite struct ResponseParserTests {
    /// How a response was read.
    struct Reading: Equatable {
        var status = 0
        var headers: [String] = []
        var body: [UInt8] = []
        var keepsAlive = false
        /// Bytes behind the response.
        var rest = 0
        var fault: UpstreamFault.Code?
    }

    static let limits = ResponseParser.Limits(maxHeaderBytes: 1024, maxHeaderCount: 8, maxBodyBytes: 4096)

    /// Reads bytes in pieces, and then the end of the connection.
    ///
    /// - Parameter before: a response that the same connection brought before.
    static func read(_ bytes: [UInt8], cuts: [Int] = [], answersHead: Bool = false, before: [UInt8]? = nil) -> Reading {
        var former: ResponseParser?
        if let before {
            var parser = ResponseParser(limits: limits, answersHead: false)
            var buffer = ByteBuffer(bytes: before)
            _ = try? parser.consume(&buffer)
            former = parser
        }
        var parser = ResponseParser(limits: limits, answersHead: answersHead, after: former)
        var start = 0
        do throws(ResponseFlaw) {
            var isDone = false
            for end in cuts + [bytes.count] where !isDone {
                var buffer = ByteBuffer(bytes: bytes[start..<end])
                start = end
                isDone = try parser.consume(&buffer)
                if isDone { start = end - buffer.readableBytes }
            }
            if !isDone { try parser.end() }
            guard let response = parser.takeResponse() else { return Reading(fault: .invalidRequest) }
            return Reading(
                status: response.status, headers: response.headers.map { "\($0.name)=\($0.value)" },
                body: response.body,
                keepsAlive: parser.keepsAlive, rest: bytes.count - start)
        } catch {
            return Reading(fault: error.code)
        }
    }

    static func read(_ text: String, answersHead: Bool = false) -> Reading {
        read(Array(text.utf8), answersHead: answersHead)
    }

    static let accepted: [(String, Reading)] = [
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-A:  b \t\r\n\r\nhi",
            Reading(status: 200, headers: ["content-length=2", "x-a=b"], body: Array("hi".utf8), keepsAlive: true)
        ),
        ("HTTP/1.1 204\r\n\r\n", Reading(status: 204, keepsAlive: true)),
        ("HTTP/1.1 204 \r\n\r\n", Reading(status: 204, keepsAlive: true)),
        ("HTTP/1.1 204 No\tcontent\r\n\r\n", Reading(status: 204, keepsAlive: true)),
        (
            "HTTP/1.1 304 N\r\nContent-Length: 70000\r\n\r\n",
            Reading(status: 304, headers: ["content-length=70000"], keepsAlive: true)
        ),
        (
            "HTTP/1.1 204 N\r\nContent-Length: 2\r\n\r\nhi",
            Reading(status: 204, headers: ["content-length=2"], keepsAlive: false, rest: 2)
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\n",
            Reading(status: 200, headers: ["content-length=0"], keepsAlive: true, rest: 17)
        ),
        (
            "HTTP/1.1 200 OK\r\nConnection: x, CLOSE\r\nContent-Length: 1\r\n\r\na",
            Reading(
                status: 200, headers: ["connection=x, CLOSE", "content-length=1"], body: [0x61], keepsAlive: false)
        ),
        (
            "HTTP/1.0 200 OK\r\nContent-Length: 1\r\nConnection: keep-alive\r\n\r\na",
            Reading(
                status: 200, headers: ["content-length=1", "connection=keep-alive"], body: [0x61], keepsAlive: false)
        ),
        ("HTTP/1.1 200 OK\r\n\r\nabc", Reading(status: 200, body: Array("abc".utf8), keepsAlive: false)),
        ("HTTP/1.1 200 OK\r\n\r\n", Reading(status: 200, keepsAlive: false)),
        (
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 E\r\nLink: x\r\n\r\n"
                + "HTTP/1.1 201 C\r\nContent-Length: 1\r\n\r\na",
            Reading(status: 201, headers: ["content-length=1"], body: [0x61], keepsAlive: true)
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: CHUNKED\r\n\r\n"
                + "3\r\nabc\r\n00A;x=\"y\"\r\n0123456789\r\n0\r\nT: u\r\n\r\n",
            Reading(
                status: 200, headers: ["transfer-encoding=CHUNKED"], body: Array("abc0123456789".utf8), keepsAlive: true
            )
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            Reading(status: 200, headers: ["transfer-encoding=chunked"], keepsAlive: true)
        ),
        (
            "HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n",
            Reading(status: 302, headers: ["location=http://169.254.169.254/", "content-length=0"], keepsAlive: true)
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Encoding: identity\r\nContent-Length: 1\r\n\r\na",
            Reading(
                status: 200, headers: ["content-encoding=identity", "content-length=1"], body: [0x61], keepsAlive: true)
        ),
    ]

    @Test(arguments: accepted.indices)
    func `reads responses`(index: Int) {
        #expect(Self.read(Self.accepted[index].0) == Self.accepted[index].1)
    }

    @Test func `a response to HEAD has no body`() {
        let text = "HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n"
        #expect(Self.read(text, answersHead: true).fault == nil)
        #expect(Self.read(text, answersHead: true).keepsAlive)
        #expect(Self.read(text).fault == .tooLarge)
        let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Encoding: br\r\n\r\n"
        #expect(Self.read(chunked, answersHead: true).fault == nil)
    }

    @Test(arguments: [
        // Status line.
        "HTTP/2 200 OK\r\n\r\n", "HTTP/1.2 200 OK\r\n\r\n", "HTTP/1.1  200 OK\r\n\r\n", "HTTP/1.1 20 OK\r\n\r\n",
        "HTTP/1.1 2000 OK\r\n\r\n", "HTTP/1.1 099 X\r\n\r\n", "HTTP/1.1 600 X\r\n\r\n", "HTTP/1.1 +20 X\r\n\r\n",
        "http/1.1 200 OK\r\n\r\n", "\r\nHTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 O\u{0}K\r\n\r\n",
        "HTTP/1.1 200 O\rK\r\n\r\n",
        "HTTP/1.1\t200 OK\r\n\r\n", "GET / HTTP/1.1\r\n\r\n", "ICY 200 OK\r\n\r\n", "220 smtp.example ESMTP\r\n",
        // Lines and fields.
        "HTTP/1.1 200 OK\nContent-Length: 0\n\n", "HTTP/1.1 200 OK\r\nContent-Length: 0\n\r\n",
        "HTTP/1.1 200 OK\r\nA: b\rContent-Length: 0\r\n\r\n", "HTTP/1.1 200 OK\r\nA : b\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n", "HTTP/1.1 200 OK\r\n: b\r\n\r\n", "HTTP/1.1 200 OK\r\nA\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA: \u{0}\r\n\r\n", "HTTP/1.1 200 OK\r\n A: b\r\n\r\n", "HTTP/1.1 200 OK\r\nÄ: b\r\n\r\n",
        // Length.
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n\r\na", "HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\na",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 0x1\r\n\r\na",
        "HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 1 1\r\n\r\na",
        "HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551617\r\n\r\na",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\na",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: xchunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding:\r\n\r\n",
        "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        // Interim responses.
        "HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n", "HTTP/1.1 100 C\r\nContent-Length: 3\r\n\r\nabc",
        "HTTP/1.1 100 C\r\nTransfer-Encoding: chunked\r\n\r\n",
        String(repeating: "HTTP/1.1 100 C\r\n\r\n", count: 9) + "HTTP/1.1 204 N\r\n\r\n",
        // Chunks.
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\na\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0x1\r\na\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1 \r\na\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n;a\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;a\nb\r\na\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10000000000000000\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA b\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: b\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\rX",
    ])
    func `refuses what can be read in two ways`(text: String) {
        #expect(Self.read(text).fault == .protocolViolation)
    }

    static let oversized = [
        "HTTP/1.1 200 OK\r\nContent-Length: 4097\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 999999999999999\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\r\n" + String(repeating: "a", count: 4097),
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1001\r\n" + String(repeating: "a", count: 4097) + "\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
            + String(repeating: "400\r\n" + String(repeating: "a", count: 1024) + "\r\n", count: 5),
        "HTTP/1.1 200 OK\r\nA: " + String(repeating: "a", count: 1024) + "\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA: " + String(repeating: "a", count: 1024),
        "HTTP/1.1 200 OK\r\n" + String(repeating: "A: b\r\n", count: 9) + "\r\n",
        String(repeating: "HTTP/1.1 100 \(String(repeating: "C", count: 300))\r\n\r\n", count: 4),
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;" + String(repeating: "a", count: 1025),
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: " + String(repeating: "a", count: 1025),
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + String(repeating: "A: b\r\n", count: 9) + "\r\n",
    ]

    @Test(arguments: oversized.indices)
    func `refuses what is too large`(index: Int) {
        #expect(Self.read(Self.oversized[index]).fault == .tooLarge)
    }

    @Test(arguments: [
        "H", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", "HTTP/1.1 100 Continue\r\n\r\n",
    ])
    func `an early end is noticed`(text: String) {
        #expect(Self.read(text).fault == .truncated)
    }

    @Test func `no byte at all is told apart`() {
        #expect(Self.read("").fault == .closedBeforeResponse)
    }

    // MARK: Compression

    private func response(_ coding: String, _ body: [UInt8], chunked: Bool = false) -> [UInt8] {
        let head = "HTTP/1.1 200 OK\r\nContent-Encoding: \(coding)\r\nX-A: b\r\n"
        guard chunked else { return Array("\(head)Content-Length: \(body.count)\r\n\r\n".utf8) + body }
        var bytes = Array("\(head)Transfer-Encoding: chunked\r\n\r\n".utf8)
        for byte in body { bytes += Array("1\r\n".utf8) + [byte] + Array("\r\n".utf8) }
        return bytes + Array("0\r\n\r\n".utf8)
    }

    @Test(arguments: Deflate.allCases, [false, true])
    func `decompresses unasked`(deflate: Deflate, chunked: Bool) {
        let text = Array(String(repeating: "wörter ", count: 400).utf8)
        let coding = deflate == .gzip ? "GZip" : "deflate"
        let reading = Self.read(response(coding, deflate(text), chunked: chunked))
        #expect(reading.body == text)
        #expect(reading.headers == (chunked ? ["x-a=b", "transfer-encoding=chunked"] : ["x-a=b"]))
        #expect(reading.keepsAlive)
    }

    @Test func `an empty compressed body is empty`() {
        #expect(Self.read(response("gzip", Deflate.gzip([]))).body == [])
        #expect(Self.read(response("gzip", [])).fault == nil)
        #expect(Self.read(response("gzip", [], chunked: true)).fault == nil)
    }

    @Test func `a gzip body may have several members, a deflate body may not`() {
        let half = Array("half ".utf8)
        #expect(Self.read(response("gzip", Deflate.gzip(half) + Deflate.gzip(half))).body == half + half)
        #expect(Self.read(response("deflate", Deflate.zlib(half) + Deflate.zlib(half))).fault == .decompressionFailed)
    }

    @Test(arguments: Deflate.allCases)
    func `stops at the limit, whatever the ratio`(deflate: Deflate) {
        let coding = deflate == .gzip ? "gzip" : "deflate"
        #expect(Self.read(response(coding, deflate(Array(repeating: 0, count: 4096)))).body.count == 4096)
        #expect(Self.read(response(coding, deflate(Array(repeating: 0, count: 4097)))).fault == .tooLarge)
        let bomb = deflate(Array(repeating: 0, count: 2 << 20))
        #expect(bomb.count < 4096)
        #expect(Self.read(response(coding, bomb)).fault == .tooLarge)
    }

    @Test(arguments: ["br", "zstd", "gzip, gzip", "compress", "gzip;q=1"])
    func `refuses other codings`(coding: String) {
        #expect(Self.read(response(coding, [1, 2, 3])).fault == .decompressionFailed)
    }

    @Test func `refuses two fields of coding, and data that is not what it says`() {
        let packed = Deflate.gzip(Array("text".utf8))
        #expect(Self.read(response("gzip\r\nContent-Encoding: gzip", packed)).fault == .decompressionFailed)
        #expect(Self.read(response("gzip", Array("text".utf8))).fault == .decompressionFailed)
        #expect(Self.read(response("gzip", packed.dropLast())).fault == .decompressionFailed)
        #expect(Self.read(response("gzip", packed + [0])).fault == .decompressionFailed)
        #expect(Self.read(response("deflate", [0x78])).fault == .decompressionFailed)
        var damaged = packed
        damaged[damaged.count - 6] ^= 1
        #expect(Self.read(response("gzip", damaged)).fault == .decompressionFailed)
    }

    // MARK: Laws

    @Test func `how the bytes are cut makes no difference`() {
        var corpus = Self.accepted.map { Array($0.0.utf8) }
        corpus.append(response("gzip", Deflate.gzip(Array("some text".utf8)), chunked: true))
        corpus.append(response("deflate", Deflate.raw(Array("some text".utf8))))
        for bytes in corpus {
            let whole = Self.read(bytes)
            for cut in 0...bytes.count { #expect(Self.read(bytes, cuts: [cut]) == whole, "cut at \(cut)") }
            #expect(Self.read(bytes, cuts: Array(0...bytes.count)) == whole, "byte by byte")
        }
    }

    @Test func `what the connection brought before makes no difference`() {
        for (text, expected) in Self.accepted {
            for (other, _) in Self.accepted {
                let reading = Self.read(Array(text.utf8), before: Array(other.utf8))
                #expect(reading == expected, "\(text) after \(other)")
            }
            let cut = Self.read(Array(text.utf8), cuts: [text.utf8.count / 2], before: Array(text.utf8))
            #expect(cut == expected, "\(text) in two pieces after itself")
        }
    }

    @Test func `damaged responses never trap and never depend on the cuts`() {
        let seed: UInt64 = 23
        var random = SplitMix64(seed: seed)
        let corpus = Self.accepted.map { Array($0.0.utf8) } + [response("gzip", Deflate.gzip(Array("text".utf8)))]
        let favourites: [UInt8] = [0x0D, 0x0A, 0x20, 0x3A, 0x30, 0x31, 0x00, 0xFF, 0x3B, 0x2C]
        for round in 0..<6000 {
            var bytes = corpus.randomElement(using: &random) ?? []
            for _ in 0...Int.random(in: 0...3, using: &random) where !bytes.isEmpty {
                let index = Int.random(in: 0..<bytes.count, using: &random)
                switch random.next() % 4 {
                case 0: bytes[index] = favourites.randomElement(using: &random) ?? 0
                case 1: bytes.remove(at: index)
                case 2: bytes.insert(favourites.randomElement(using: &random) ?? 0, at: index)
                default: bytes[index] = UInt8(truncatingIfNeeded: random.next())
                }
            }
            let cuts = (0..<3).map { _ in Int.random(in: 0...bytes.count, using: &random) }.sorted()
            let whole = Self.read(bytes)
            let parts = Self.read(bytes, cuts: cuts)
            // A flaw behind a missing piece may be noticed earlier; an accepted response is one and the same.
            #expect((whole.fault == nil) == (parts.fault == nil), "seed \(seed), round \(round)")
            if whole.fault == nil { #expect(whole == parts, "seed \(seed), round \(round)") }
        }
    }
}
