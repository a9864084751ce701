import JSON
import MCP
import Testing

@Suite struct MessageChecksTests {
    @Test func `ids are strings or integers`() throws {
        let fraction = JSONValue.number(try #require(JSONNumber("1.5")))
        for id in [nil, fraction, [], [:], true] as [JSONValue] {
            var sample = Sample(.modern)
            sample.message["id"] = id
            #expect(sample.read().refusal?.rung == "envelope", "\(id.text)")
            #expect(sample.read().reply?.json?["id"] == .null)
        }
        var sample = Sample(.modern)
        sample.message["id"] = "x"
        #expect(try #require(sample.read().exchange).id.value == "x")
    }

    @Test func `ids come back as they were written`() throws {
        let long = String(repeating: "9", count: 256)
        for id in ["-0", "18446744073709551616", long] {
            var sample = Sample(.legacy, method: "ping")
            sample.message["id"] = .number(try #require(JSONNumber(id)))
            #expect(sample.read().reply?.text == #"{"jsonrpc":"2.0","id":\#(id),"result":{}}"#)
        }
        for id in [long + "9", "1.0", "1e2"] {
            var sample = Sample(.legacy, method: "ping")
            sample.message["id"] = .number(try #require(JSONNumber(id)))
            #expect(sample.read().refusal?.rung == "envelope")
        }
        var sample = Sample(.legacy, method: "ping")
        sample.message["id"] = .string(long + "9")
        #expect(sample.read().refusal?.rung == "envelope")
    }

    @Test func `members are matched by their exact names`() {
        var sample = Sample(.legacy)
        sample.message = ["jsonrpc": "2.0", "id": 1, "METHOD": "tools/call", "Params": ["Name": "x"]]
        #expect(sample.read().refusal?.rung == "envelope")
    }

    @Test(arguments: [
        #"{"jsonrpc":"2.0","id":1,"method":"tools/list","method":"tools/call"}"#,
        #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","n\u0061me":"b"}}"#,
        "", "{", "\u{FEFF}{}", "{} {}", String(repeating: "[", count: 200),
    ]) func `texts with two readings or none`(text: String) {
        let reading = Ladder.forTests.read(Sample(.legacy).head, body: Array(text.utf8))
        #expect(reading.refusal?.code == .parseError)
    }

    @Test(arguments: [
        (#""\u0000""#, "a string holds U+0000, which is not taken"),
        (#""\ud800""#, "a string holds half of a surrogate pair"), ("{", "the body is not JSON"),
    ]) func `a sender hears what is wrong with the text`(text: String, message: String) {
        let reading = Ladder.forTests.read(Sample(.legacy).head, body: Array(text.utf8))
        #expect(reading.refusal?.message == message)
    }

    @Test func `nested as deep as allowed, and one deeper`() {
        for (levels, passes) in [(17, true), (18, false)] {
            var sample = Sample(.legacy)
            var nested: JSONValue = 1
            for _ in 0..<levels { nested = ["a": nested] }
            sample.setParam("arguments", ["deep": nested])
            #expect((sample.read().exchange != nil) == passes, "\(levels)")
        }
    }

    @Test func `numbers of any size do not trap`() throws {
        var sample = Sample(.legacy)
        let digits = String(repeating: "9", count: 2000)
        sample.setParam("arguments", ["n": .number(try #require(JSONNumber(digits)))])
        guard case .callTool(_, let arguments)? = sample.read().exchange?.method else {
            Issue.record("refused")
            return
        }
        #expect(arguments["n"]?.number?.text == digits)
    }

    @Test(arguments: Era.allCases) func `notifications are accepted without a word`(era: Era) {
        var sample = Sample(era, method: "notifications/initialized")
        sample.message["id"] = nil
        #expect(sample.read().reply == .accepted)
    }

    @Test(arguments: Era.allCases) func `a call without id is no notification`(era: Era) {
        var sample = Sample(era)
        sample.message["id"] = nil
        #expect(sample.read().refusal?.rung == "notification")
    }

    @Test func `only legacy clients cancel by notification`() throws {
        for era in Era.allCases {
            var sample = Sample(era, method: "notifications/cancelled", params: ["requestId": "r-1", "reason": "x"])
            sample.message["id"] = nil
            switch (era, sample.read()) {
            case (.legacy, .cancelled(let id)): #expect(id == RequestID("r-1"))
            case (.modern, .reply(let reply)): #expect(reply == .accepted)
            default: Issue.record("\(era)")
            }
            sample.setParam("requestId", [1])
            #expect(sample.read().reply == .accepted)
        }
    }

    @Test(arguments: ["2025-03-26", "2099-01-01"])
    func `notifications of versions that are not served are refused`(version: String) {
        var sample = Sample(.legacy, method: "notifications/initialized")
        sample.message["id"] = nil
        sample.set("MCP-Protocol-Version", version)
        #expect(sample.read().refusal?.code == .unsupportedProtocolVersion)
    }

    @Test func `a posted response is idle in the legacy era`() {
        var sample = Sample(.legacy)
        sample.message = ["jsonrpc": "2.0", "id": 1, "result": [:]]
        #expect(sample.read().reply == .accepted)
    }

    @Test func `without version header and envelope a request is legacy`() throws {
        var sample = Sample(.legacy)
        sample.set("MCP-Protocol-Version", nil)
        #expect(try #require(sample.read().exchange).version == .v2025_06_18)
    }

    @Test func `an envelope without header is modern and contradicts itself`() {
        var sample = Sample(.modern)
        sample.set("MCP-Protocol-Version", nil)
        #expect(sample.read().refusal?.code == .headerMismatch)
        sample.set("MCP-Protocol-Version", "2025-11-25")
        #expect(sample.read().refusal?.code == .headerMismatch)
    }

    @Test func `a modern header without envelope lacks its parts`() {
        var sample = Sample(.legacy)
        sample.set("MCP-Protocol-Version", "2026-07-28")
        #expect(sample.read().refusal?.code == .invalidParams)
        #expect(sample.read().reply?.status == 400)
    }

    @Test func `a legacy version in an envelope is not offered again`() throws {
        var sample = Sample(.modern)
        sample.set("MCP-Protocol-Version", "2025-11-25")
        sample.setMeta("io.modelcontextprotocol/protocolVersion", "2025-11-25")
        let data = try #require(sample.read().reply?.json?["error"]?["data"])
        #expect(data == ["supported": ["2026-07-28", "2025-06-18"], "requested": "2025-11-25"])
    }

    @Test func `an unknown version is answered with what there is`() throws {
        var sample = Sample(.modern)
        let version = "\u{1B}[31mé" + String(repeating: "x", count: 100)
        sample.setMeta("io.modelcontextprotocol/protocolVersion", .string(version))
        sample.set("MCP-Protocol-Version", version)
        let data = try #require(sample.read().reply?.json?["error"]?["data"])
        #expect(data["supported"] == ["2026-07-28", "2025-11-25", "2025-06-18"])
        #expect(data["requested"]?.string == "[31m" + String(repeating: "x", count: 60))
    }

    @Test func `two version headers are modern if one of them is`() {
        var sample = Sample(.legacy)
        sample.headers.append(HeaderField("mcp-protocol-version", "2026-07-28"))
        #expect(sample.read().refusal?.rung == "duplicate-header")
        #expect(sample.read().refusal?.era == .modern)
    }

    @Test(arguments: [
        ("2025-11-25", ProtocolVersion.v2025_11_25), ("2025-06-18", .v2025_06_18), ("2025-03-26", .v2025_11_25),
        ("2024-11-05", .v2025_11_25), ("2026-07-28", .v2025_11_25), ("1999-01-01", .v2025_11_25), ("", .v2025_11_25),
    ]) func `initialize settles on a version`(requested: String, version: ProtocolVersion) throws {
        for header in [nil, "2025-06-18", "2025-03-26"] {
            var sample = Sample(.legacy, method: "initialize", params: ["protocolVersion": .string(requested)])
            sample.set("MCP-Protocol-Version", header)
            #expect(try #require(sample.read().exchange).version == version)
        }
    }

    @Test func `initialize needs a version`() {
        #expect(Sample(.legacy, method: "initialize").read().refusal?.code == .invalidParams)
    }

    @Test(arguments: ["initialize", "ping", "logging/setLevel", "resources/subscribe", "resources/unsubscribe"])
    func `methods of the handshake era are gone`(method: String) throws {
        let reply = try #require(Sample(.modern, method: method).read().reply)
        #expect(reply.status == 404)
        #expect(reply.json?["error"]?["code"]?.int == -32601)
        #expect(reply.json?["id"] == 7)
    }

    @Test func `initialize with no more than a modern header is gone as well`() {
        var sample = Sample(.legacy, method: "initialize", params: ["protocolVersion": "2026-07-28"])
        sample.set("MCP-Protocol-Version", "2026-07-28")
        #expect(sample.read().reply?.status == 404)
    }

    @Test(arguments: [
        ("get_order", true), (" get_order\t", true), ("=?base64?Z2V0X29yZGVy?=", true), ("get_Order", false),
        ("", false), ("=?base64?Z2V0Q3VzdG9tZXI=?=", false), ("=?base64?Z2V0X29yZGVy?", false),
        ("=?BASE64?Z2V0X29yZGVy?=", false), ("get_order, get_order", false),
    ]) func `the name header is decoded and compared`(header: String, passes: Bool) {
        for era in Era.allCases {
            var sample = Sample(era)
            sample.set("Mcp-Name", header)
            #expect((sample.read().exchange != nil) == passes, "\(era)")
            if !passes { #expect(sample.read().refusal?.code == .headerMismatch) }
        }
    }

    @Test func `a literal sentinel as a name must be encoded`() {
        var sample = Sample(.modern)
        let name = "=?base64?Z2V0X29yZGVy?="
        sample.setParam("name", .string(name))
        sample.set("Mcp-Name", name)
        #expect(sample.read().refusal?.code == .headerMismatch)
        sample.set("Mcp-Name", HeaderText.encoded(name))
        #expect(sample.read().exchange != nil)
    }

    @Test func `a name outside ASCII must be encoded`() {
        var sample = Sample(.modern)
        sample.setParam("name", "größe")
        sample.set("Mcp-Name", "größe")
        #expect(sample.read().refusal?.code == .headerMismatch)
        sample.set("Mcp-Name", HeaderText.encoded("größe"))
        #expect(sample.read().exchange != nil)
        // Canonically equivalent, other bytes.
        sample.setParam("name", "gro\u{308}ße")
        #expect(sample.read().refusal?.code == .headerMismatch)
    }

    @Test func `missing routing headers are mismatches for modern clients only`() {
        for name in ["Mcp-Method", "Mcp-Name"] {
            for era in Era.allCases {
                var sample = Sample(era)
                sample.set(name, nil)
                #expect(sample.read().refusal?.code == (era == .modern ? .headerMismatch : nil))
            }
        }
    }

    @Test func `session and resumption headers mean nothing`() throws {
        var sample = Sample(.modern)
        sample.set("Mcp-Session-Id", "../../x")
        sample.set("Last-Event-ID", "0")
        let exchange = try #require(sample.read().exchange)
        #expect(exchange.toolResult(ToolResult()).reply.headers.map(\.name) == ["Content-Type"])
    }

    @Test func `absent client info is served`() throws {
        var sample = Sample(.modern)
        sample.setMeta("io.modelcontextprotocol/clientInfo", nil)
        #expect(try #require(sample.read().exchange).clientInfo == nil)
    }

    @Test func `parameters of the wrong type`() {
        for (name, value) in [("name", 1), ("name", nil), ("arguments", nil), ("arguments", .null)]
            as [(String, JSONValue?)]
        {
            var sample = Sample(.legacy)
            sample.setParam(name, value)
            let passes = name == "arguments" && value == nil
            #expect((sample.read().exchange != nil) == passes, "\(name)")
        }
        #expect(Sample(.legacy, method: "tools/list", params: ["cursor": 1]).read().refusal?.rung == "params")
    }

    @Test func `the empty cursor is a cursor`() {
        for (params, expected) in [([:], nil), (["cursor": ""], "")] as [(JSONObject, String?)] {
            guard
                case .listTools(let cursor)? = Sample(.modern, method: "tools/list", params: params).read().exchange?
                    .method
            else {
                Issue.record("refused")
                continue
            }
            #expect(cursor == expected)
        }
    }
}
