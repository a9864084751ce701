import JSON
import MCP
import Testing

/// Answers byte for byte. A change here is a change that every client sees.
@Suite struct AnswerTests {
    private func exchange(_ era: Era, _ method: String = "tools/call", params: JSONObject? = nil) throws -> Exchange {
        try #require(Sample(era, method: method, params: params).read().exchange)
    }

    private let server = #""_meta":{"io.modelcontextprotocol/serverInfo":{"name":"sallyport","version":"1.0"}}"#

    private func expect(
        _ answer: Answer, _ result: String, status: Int = 200, location: SourceLocation = #_sourceLocation
    ) {
        #expect(answer.reply.text == #"{"jsonrpc":"2.0","id":7,"# + result + "}", sourceLocation: location)
        #expect(answer.reply.status == status, sourceLocation: location)
        #expect(answer.reply.headers == [HeaderField("Content-Type", "application/json")], sourceLocation: location)
    }

    @Test func `discover`() throws {
        let answer = try exchange(.modern, "server/discover")
            .discovered(capabilities: ["tools": [:]], instructions: "Ask first.", timeToLive: 60_000)
        expect(
            answer,
            #""result":{"resultType":"complete","supportedVersions":["2026-07-28","2025-11-25","2025-06-18"],"#
                + #""capabilities":{"tools":{}},"instructions":"Ask first.","ttlMs":60000,"cacheScope":"private","#
                + server + "}")
    }

    @Test func `initialize`() throws {
        let answer = try exchange(.legacy, "initialize", params: ["protocolVersion": "2025-06-18"])
            .initialized(capabilities: ["tools": ["listChanged": false]], instructions: "Ask first.")
        expect(
            answer,
            #""result":{"protocolVersion":"2025-06-18","capabilities":{"tools":{"listChanged":false}},"#
                + #""serverInfo":{"name":"sallyport","version":"1.0"},"instructions":"Ask first."}"#)
        #expect(answer.reply.headers.allSatisfy { $0.name != "Mcp-Session-Id" })
    }

    private let tools = [
        EncodedJSON(trusting: Array(#"{"name":"a","inputSchema":{"type":"object"}}"#.utf8)),
        EncodedJSON(["name": "b"]),
    ]

    @Test func `modern lists`() throws {
        let list = try exchange(.modern, "tools/list")
        expect(
            list.tools(tools, nextCursor: "n\"1", timeToLive: 5),
            #""result":{"resultType":"complete","tools":[{"name":"a","inputSchema":{"type":"object"}},{"name":"b"}],"#
                + #""nextCursor":"n\"1","ttlMs":5,"cacheScope":"private","# + server + "}")
        expect(
            list.tools([], timeToLive: -1),
            #""result":{"resultType":"complete","tools":[],"ttlMs":0,"cacheScope":"private","# + server + "}")
    }

    @Test func `legacy lists`() throws {
        expect(
            try exchange(.legacy, "tools/list").tools(tools, nextCursor: "n", timeToLive: 5),
            #""result":{"tools":[{"name":"a","inputSchema":{"type":"object"}},{"name":"b"}],"#
                + #""nextCursor":"n","cacheScope":"private"}"#)
    }

    @Test func `structured results`() throws {
        let result = ToolResult.structured(EncodedJSON(trusting: Array(#"{"a":"\n"}"#.utf8)))
        let content =
            #""content":[{"type":"text","text":"{\"a\":\"\\n\"}"}],"structuredContent":{"a":"\n"},"isError":false"#
        expect(
            try exchange(.modern).toolResult(result),
            #""result":{"resultType":"complete","# + content + "," + server + "}")
        expect(try exchange(.legacy).toolResult(result), #""result":{"# + content + "}")
    }

    @Test func `values that are no objects are structured content for modern clients only`() throws {
        let result = ToolResult.structured(EncodedJSON(trusting: Array(" [1]".utf8)))
        expect(
            try exchange(.modern).toolResult(result),
            #""result":{"resultType":"complete","content":[{"type":"text","text":" [1]"}],"structuredContent": [1],"#
                + #""isError":false,"# + server + "}")
        expect(
            try exchange(.legacy).toolResult(result),
            #""result":{"content":[{"type":"text","text":" [1]"}],"isError":false}"#)
    }

    @Test func `failures, further content and meta`() throws {
        var result = ToolResult.failure("no\u{1}", meta: ["dev.sallyport/call": "c-1"])
        result.content += [
            .other(["type": "hologram", "data": 15]), .literal(EncodedJSON(trusting: Array(#""\u00e9""#.utf8))),
        ]
        let content =
            #""content":[{"type":"text","text":"no\u0001"},{"type":"hologram","data":15},"#
            + #"{"type":"text","text":"\u00e9"}],"isError":true,"_meta":{"dev.sallyport/call":"c-1""#
        expect(
            try exchange(.modern).toolResult(result),
            #""result":{"resultType":"complete","# + content
                + #","io.modelcontextprotocol/serverInfo":{"name":"sallyport","version":"1.0"}}}"#)
        expect(try exchange(.legacy).toolResult(result), #""result":{"# + content + "}}")
    }

    @Test func `results of others keep what is unknown`() throws {
        let upstream: JSONObject = [
            "content": [["type": "new", "x": 1]], "structuredContent": [1], "zeta": 1, "ttlMs": 3,
            "_meta": ["a/b": 1, "io.modelcontextprotocol/serverInfo": ["name": "other", "version": "9"]],
        ]
        expect(
            try exchange(.modern).result(upstream),
            #""result":{"resultType":"complete","content":[{"type":"new","x":1}],"structuredContent":[1],"zeta":1,"#
                + #""ttlMs":3,"_meta":{"a/b":1,"io.modelcontextprotocol/serverInfo":{"name":"sallyport","version":"1.0"}}}"#
        )
        expect(
            try exchange(.legacy).result(upstream),
            #""result":{"content":[{"type":"new","x":1}],"zeta":1,"_meta":{"a/b":1}}"#)
    }

    @Test func `other kinds of result keep their kind`() throws {
        let pending: JSONObject = ["inputRequests": [:], "resultType": "input_required", "requestState": "s"]
        expect(
            try exchange(.modern).result(pending),
            #""result":{"resultType":"input_required","inputRequests":{},"requestState":"s","# + server + "}")
    }

    @Test func `errors`() throws {
        for era in Era.allCases {
            let exchange = try exchange(era)
            expect(
                exchange.unknownTool(), #""error":{"code":-32602,"message":"there is no such tool"}"#,
                status: era == .modern ? 400 : 200)
            expect(
                exchange.error(.internalError, "a \"fault\"", data: ["call": "c-1"]),
                #""error":{"code":-32603,"message":"a \"fault\"","data":{"call":"c-1"}}"#)
            expect(
                exchange.missingCapability(["elicitation": ["url": [:]]]),
                #""error":{"code":-32021,"message":"the client lacks a capability that this request needs","#
                    + #""data":{"requiredCapabilities":{"elicitation":{"url":{}}}}}"#,
                status: era == .modern ? 400 : 200)
        }
        let list = try exchange(.modern, "tools/list")
        #expect(list.invalidCursor().reply.json?["error"]?["code"]?.int == -32602)
    }

    @Test func `only codes that exist are sent`() {
        let numbers = Set(ErrorCode.allCases.map(\.number))
        #expect(numbers == [-32700, -32600, -32601, -32602, -32603, -32020, -32021, -32022, -32042])
        for code in ErrorCode.allCases {
            for era in Era.allCases { #expect((200..<500).contains(code.status(in: era))) }
        }
    }

    @Test func `a client that takes events only gets one event`() throws {
        var sample = Sample(.modern)
        sample.set("Accept", "text/event-stream")
        let exchange = try #require(sample.read().exchange)
        let text = "x\n\nevent: message\ndata: {\"jsonrpc\":\"2.0\",\"id\":7,\"result\":{}}\n\n"
        let answer = exchange.toolResult(ToolResult(content: [.text(text)]))
        let reply = answer.reply
        #expect(reply.header("Content-Type") == "text/event-stream")
        let lines = reply.text.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == 4)
        #expect(lines.prefix(2).map { $0.prefix(6) } == ["event:", "data: "])
        // An error still has its status, and then it is JSON.
        #expect(exchange.unknownTool().reply.header("Content-Type") == "application/json")
    }
}
