/// A request that a strict reader refuses, however a lenient one would take it.
struct MalformedRequest {
    var name: String
    var bytes: [UInt8]

    private static let ping = #"{"jsonrpc":"2.0","id":1,"method":"ping"}"#

    /// What all others are changed from.
    static func wellFormed(token: String, host: String) -> MalformedRequest { make("well formed", token, host) }

    private static func make(
        _ name: String, _ token: String, _ host: String, body: [UInt8]? = nil, method: String = "POST",
        target: String = "/mcp",
        replacing header: String? = nil, with line: String? = nil, adding: [String] = []
    ) -> MalformedRequest {
        let body = body ?? Array(ping.utf8)
        var lines = [
            "Host: \(host)", "Content-Type: application/json", "Accept: application/json, text/event-stream",
            "MCP-Protocol-Version: 2025-06-18", "Authorization: Bearer \(token)", "Connection: close",
            "Content-Length: \(body.count)",
        ]
        if let header { lines = lines.compactMap { $0.hasPrefix(header + ":") ? line : $0 } }
        lines = ["\(method) \(target) HTTP/1.1"] + lines + adding
        return MalformedRequest(
            name: name, bytes: Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body)
    }

    /// - Parameters:
    ///   - token: one that is accepted.
    ///   - host: one that requests may name.
    static func all(token: String, host: String) -> [MalformedRequest] {
        func request(
            _ name: String, body: [UInt8]? = nil, method: String = "POST", target: String = "/mcp",
            replacing header: String? = nil, with line: String? = nil, adding: [String] = []
        ) -> MalformedRequest {
            make(
                name, token, host, body: body, method: method, target: target, replacing: header, with: line,
                adding: adding)
        }
        func json(_ name: String, _ text: String) -> MalformedRequest { request(name, body: Array(text.utf8)) }
        return [
            json("a key twice", #"{"jsonrpc":"2.0","id":1,"method":"tools/list","method":"ping"}"#),
            json("a key twice, once escaped", #"{"jsonrpc":"2.0","id":1,"method":"x","m\u0065thod":"ping"}"#),
            json("a comma too many", #"{"jsonrpc":"2.0","id":1,"method":"ping",}"#),
            json("a comment", #"{"jsonrpc":"2.0","id":1,/* */"method":"ping"}"#),
            json("two values", ping + ping),
            json("single quotes", "{'jsonrpc':'2.0','id':1,'method':'ping'}"),
            json("NaN", #"{"jsonrpc":"2.0","id":NaN,"method":"ping"}"#),
            json(
                "too deep",
                #"{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":"#
                    + String(repeating: "[", count: 5_000) + String(repeating: "]", count: 5_000) + "}}"),
            json("another JSON-RPC", #"{"jsonrpc":"1.0","id":1,"method":"ping"}"#),
            json("a batch", "[\(ping)]"), json("nothing", ""),
            request("a byte order mark", body: [0xEF, 0xBB, 0xBF] + Array(ping.utf8)),
            request("UTF-16", body: [0xFF, 0xFE] + ping.utf8.flatMap { [$0, 0] }),
            request(
                "no UTF-8",
                body: Array(#"{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":""#.utf8) + [0xC3, 0x28]
                    + Array(#""}}"#.utf8)),
            request("a foreign host", replacing: "Host", with: "Host: another-host.invalid"),
            request("no host", replacing: "Host", with: nil),
            request("two hosts", adding: ["Host: another-host.invalid"]),
            request("a foreign origin", adding: ["Origin: https://evil.example"]),
            request("two lengths", adding: ["Content-Length: 4"]),
            request("length and chunks", adding: ["Transfer-Encoding: chunked"]),
            request("a length with a sign", replacing: "Content-Length", with: "Content-Length: +\(ping.utf8.count)"),
            request("a folded header", adding: ["X-A: b", " c"]),
            request("a space before a colon", adding: ["X-A : b"]),
            request("a form", replacing: "Content-Type", with: "Content-Type: text/plain"),
            request("an unknown protocol", replacing: "MCP-Protocol-Version", with: "MCP-Protocol-Version: 1999-01-01"),
            request("two tokens", adding: ["Authorization: Bearer \(token)"]),
            request("another path", target: "/mcp/../mcp"), request("a method", method: "PUT"),
        ]
    }
}
