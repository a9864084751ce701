import JSON
import MCP

/// A request that is whole until a test breaks it.
struct Sample {
    var era: Era
    var httpMethod = "POST"
    var headers: [HeaderField]
    var message: JSONObject
    var isBatch = false
    var prefix = ""
    var suffix = ""

    init(_ era: Era, method: String = "tools/call", params: JSONObject? = nil) {
        self.era = era
        headers = [
            HeaderField("Host", "gw.test"),
            HeaderField("Content-Type", "application/json"),
            HeaderField("Accept", "application/json, text/event-stream"),
        ]
        message = ["jsonrpc": "2.0", "id": 7]
        message["method"] = .string(method)
        var params = params ?? (method == "tools/call" ? ["name": "get_order", "arguments": ["id": "o-1"]] : [:])
        if era == .modern {
            headers.append(HeaderField("MCP-Protocol-Version", "2026-07-28"))
            headers.append(HeaderField("Mcp-Method", method))
            if let name = params["name"]?.string { headers.append(HeaderField("Mcp-Name", name)) }
            params["_meta"] = [
                "io.modelcontextprotocol/protocolVersion": "2026-07-28",
                "io.modelcontextprotocol/clientInfo": ["name": "tests", "version": "1"],
                "io.modelcontextprotocol/clientCapabilities": ["elicitation": ["url": [:]]],
            ]
        } else {
            headers.append(HeaderField("MCP-Protocol-Version", "2025-11-25"))
        }
        message["params"] = .object(params)
    }

    var head: RequestHead {
        RequestHead(method: httpMethod, target: "/mcp", headers: headers)
    }

    var body: [UInt8] {
        let text = JSONValue.object(message).text
        return Array((prefix + (isBatch ? "[\(text)]" : text) + suffix).utf8)
    }

    /// Both halves of the ladder, as a server walks them.
    func read(by ladder: Ladder = .forTests) -> Reading {
        if let refusal = ladder.before(head) { return .refused(refusal) }
        return ladder.read(head, body: body)
    }

    mutating func set(_ name: String, _ value: String?) {
        headers.removeAll { $0.name.lowercased() == name.lowercased() }
        if let value { headers.append(HeaderField(name, value)) }
    }

    /// Changes a parameter; nil removes it.
    mutating func setParam(_ name: String, _ value: JSONValue?) {
        var params = message["params"]?.object ?? JSONObject()
        params[name] = value
        message["params"] = .object(params)
    }

    /// Changes a key of `_meta`; nil removes it.
    mutating func setMeta(_ name: String, _ value: JSONValue?) {
        var meta = message["params"]?["_meta"]?.object ?? JSONObject()
        meta[name] = value
        setParam("_meta", .object(meta))
    }
}

extension Ladder {
    static let forTests = Ladder(
        server: Implementation(name: "sallyport", version: "1.0"), origins: ["https://app.test"],
        hosts: ["gw.test", "[::1]", "localhost:8080"], limits: Limits(maxBodyBytes: 4096, maxDepth: 20))
}

extension Reading {
    var exchange: Exchange? {
        if case .request(let exchange) = self { exchange } else { nil }
    }

    var refusal: Refusal? {
        if case .refused(let refusal) = self { refusal } else { nil }
    }

    var reply: HTTPReply? {
        switch self {
        case .reply(let reply): reply
        case .refused(let refusal): refusal.reply
        case .cancelled, .answered: .accepted
        case .request: nil
        }
    }
}

extension HTTPReply {
    var text: String { String(decoding: body, as: UTF8.self) }

    var json: JSONValue? { try? JSONParser.parse(body) }

    func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
}
