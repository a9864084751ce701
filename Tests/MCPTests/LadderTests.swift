import JSON
import Testing

@testable import MCP

/// One way to break one rung, with the answer that must follow.
private struct Breakage: CustomStringConvertible, Sendable {
    let rung: String
    let eras: [Era]
    let code: ErrorCode
    let number: Int
    let status: [Era: Int]
    /// What the breakage changes; two that change the same thing cannot be combined.
    let touches: Set<String>
    let apply: @Sendable (inout Sample) -> Void

    init(
        _ rung: String, _ code: ErrorCode, _ number: Int, _ modern: Int, _ legacy: Int, eras: [Era] = Era.allCases,
        touches: Set<String>, _ apply: @escaping @Sendable (inout Sample) -> Void
    ) {
        self.rung = rung
        self.eras = eras
        self.code = code
        self.number = number
        status = [.modern: modern, .legacy: legacy]
        self.touches = touches
        self.apply = apply
    }

    var description: String { rung }

    static let all: [Breakage] = [
        Breakage("origin", .originRefused, -32600, 403, 403, touches: ["origin"]) {
            $0.set("Origin", "https://evil.test")
        },
        Breakage("host", .hostRefused, -32600, 403, 403, touches: ["host"]) { $0.set("Host", "rebind.test:8080") },
        Breakage("http-method", .methodNotAllowed, -32600, 405, 405, touches: ["http-method"]) {
            $0.httpMethod = "GET"
        },
        Breakage("accept", .notAcceptable, -32600, 406, 406, touches: ["accept"]) { $0.set("Accept", "text/html") },
        Breakage("content-type", .unsupportedMediaType, -32600, 415, 415, touches: ["content-type"]) {
            $0.set("Content-Type", "text/plain")
        },
        Breakage("content-encoding", .unsupportedContentCoding, -32600, 415, 415, touches: ["content-encoding"]) {
            $0.set("Content-Encoding", "gzip")
        },
        Breakage("content-length", .bodyTooLarge, -32600, 413, 413, touches: ["content-length"]) {
            $0.set("Content-Length", "4097")
        },
        Breakage("body-size", .bodyTooLarge, -32600, 413, 413, touches: ["size"]) {
            $0.prefix = String(repeating: " ", count: 4096)
        },
        Breakage("syntax", .parseError, -32700, 400, 400, touches: ["syntax"]) { $0.suffix = "}" },
        Breakage("single-message", .invalidRequest, -32600, 400, 400, touches: ["batch"]) { $0.isBatch = true },
        Breakage("envelope", .invalidRequest, -32600, 400, 400, touches: ["jsonrpc"]) {
            $0.message["jsonrpc"] = "1.0"
        },
        Breakage(
            "response", .invalidRequest, -32600, 400, 400, eras: [.modern], touches: ["method", "params", "meta", "id"]
        ) {
            $0.message = ["jsonrpc": $0.message["jsonrpc"] ?? "2.0", "id": 7, "result": [:]]
        },
        Breakage("notification", .invalidRequest, -32600, 400, 400, touches: ["id"]) { $0.message["id"] = nil },
        Breakage("duplicate-header", .headerMismatch, -32020, 400, 400, touches: ["copies"]) {
            $0.headers.append(HeaderField("mcp-METHOD", "tools/call"))
            $0.headers.append(HeaderField("Mcp-Method", "tools/call"))
        },
        Breakage("handshake", .methodNotFound, -32601, 404, 404, eras: [.modern], touches: ["method", "name"]) {
            $0.message["method"] = "initialize"
        },
        Breakage("meta", .invalidParams, -32602, 400, 200, touches: ["token"]) { $0.setMeta("progressToken", [1]) },
        Breakage("request-envelope", .invalidParams, -32602, 400, 400, eras: [.modern], touches: ["capabilities"]) {
            $0.setMeta("io.modelcontextprotocol/clientCapabilities", nil)
        },
        Breakage("header-match", .headerMismatch, -32020, 400, 400, touches: ["method-header", "copies"]) {
            $0.set("Mcp-Method", "tools/list")
        },
        Breakage("version", .unsupportedProtocolVersion, -32022, 400, 400, touches: ["version"]) {
            let version = $0.era == .modern ? "2099-01-01" : "2025-03-26"
            $0.set("MCP-Protocol-Version", version)
            if $0.era == .modern { $0.setMeta("io.modelcontextprotocol/protocolVersion", .string(version)) }
        },
        Breakage(
            "method", .methodNotFound, -32601, 404, 200, touches: ["method", "method-header", "copies", "name"]
        ) {
            $0.message["method"] = "prompts/get"
            if $0.era == .modern { $0.set("Mcp-Method", "prompts/get") }
        },
        Breakage("params", .invalidParams, -32602, 400, 200, touches: ["arguments"]) {
            $0.setParam("arguments", [])
        },
    ]

    static func all(in era: Era) -> [Breakage] { all.filter { $0.eras.contains(era) } }
}

@Suite struct LadderTests {
    @Test func `every rung has a way to break it, in the order of the ladder`() {
        #expect(Breakage.all.map(\.rung) == Rung.all.map(\.name.description))
        for (breakage, rung) in zip(Breakage.all, Rung.all) where breakage.rung != "response" {
            #expect(breakage.eras == (rung.era.map { [$0] } ?? Era.allCases), "\(breakage)")
        }
    }

    @Test(arguments: Era.allCases) func `a whole request passes`(era: Era) throws {
        let exchange = try #require(Sample(era).read().exchange)
        #expect(exchange.era == era)
        guard case .callTool("get_order", let arguments) = exchange.method else {
            Issue.record("not a call")
            return
        }
        #expect(arguments == ["id": "o-1"])
    }

    @Test(arguments: Era.allCases) func `a broken rung gives its own answer`(era: Era) throws {
        for breakage in Breakage.all(in: era) {
            var sample = Sample(era)
            breakage.apply(&sample)
            try expect(breakage, from: sample)
        }
    }

    @Test(arguments: Era.allCases) func `of two broken rungs the earlier answers`(era: Era) throws {
        let breakages = Breakage.all(in: era)
        var pairs = 0
        for (index, first) in breakages.enumerated() {
            for second in breakages[(index + 1)...] where first.touches.isDisjoint(with: second.touches) {
                // Whichever is applied last, the earlier rung wins.
                for order in [[first, second], [second, first]] {
                    var sample = Sample(era)
                    for breakage in order { breakage.apply(&sample) }
                    try expect(first, from: sample, also: second)
                }
                pairs += 1
            }
        }
        #expect(pairs >= breakages.count * (breakages.count - 1) / 2 - 15)
    }

    private func expect(_ breakage: Breakage, from sample: Sample, also: Breakage? = nil) throws {
        let note = Comment(rawValue: "\(sample.era): \(breakage), \(also.map(\.rung) ?? "alone")")
        let refusal = try #require(sample.read().refusal, note)
        #expect(refusal.rung == breakage.rung, note)
        #expect(refusal.code == breakage.code, note)
        let reply = refusal.reply
        #expect(reply.status == breakage.status[sample.era], note)
        #expect(reply.header("Content-Type") == "application/json", note)
        let error = try #require(reply.json, note)
        #expect(error["jsonrpc"] == "2.0" && error["result"] == nil, note)
        #expect(error["error"]?["code"]?.int == breakage.number, note)
        #expect(error["error"]?["message"]?.string?.isEmpty == false, note)
        let isReadRequest = Rung.all.firstIndex { $0.name.description == breakage.rung } ?? 0 > 12
        #expect(error["id"] == (isReadRequest ? 7 : .null), note)
    }
}
