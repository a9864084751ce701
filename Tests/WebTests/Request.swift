import Foundation
import JSON
import MCP

/// A request as text on the wire.
struct Request {
    var method = "POST"
    var target = "/mcp"
    var token: String? = "ana"
    var headers: [(String, String)] = []
    var body: String

    /// A message of one era; modern ones have their envelope.
    init(_ era: Era = .modern, _ method: String = "tools/call", id: JSONValue = 1, params: JSONObject? = nil) {
        var params = params ?? (method == "tools/call" ? ["name": "get_deal", "arguments": ["id": "d-1"]] : [:])
        headers = [("Accept", "application/json, text/event-stream"), ("Content-Type", "application/json")]
        switch era {
        case .modern:
            headers += [("MCP-Protocol-Version", "2026-07-28"), ("Mcp-Method", method)]
            if let name = params["name"]?.string ?? params["taskId"]?.string { headers.append(("Mcp-Name", name)) }
            var meta = params["_meta"]?.object ?? JSONObject()
            meta["io.modelcontextprotocol/protocolVersion"] = "2026-07-28"
            let capabilities = "io.modelcontextprotocol/clientCapabilities"
            meta[capabilities] = meta[capabilities] ?? [:]
            params["_meta"] = .object(meta)
        case .legacy: headers.append(("MCP-Protocol-Version", "2025-11-25"))
        }
        var message: JSONObject = ["jsonrpc": "2.0", "method": .string(method), "params": .object(params)]
        if !id.isNull { message["id"] = id }
        body = JSONValue.object(message).text
    }

    init(_ method: String, _ target: String, token: String? = nil) {
        self.method = method
        self.target = target
        self.token = token
        body = ""
    }

    /// What stands before the body.
    var head: String {
        var lines = ["\(method) \(target) HTTP/1.1", "Host: gw.test"]
        if let token { lines.append("Authorization: Bearer \(token)") }
        lines += headers.map { "\($0): \($1)" }
        if !headers.contains(where: { $0.0 == "Content-Length" || $0.0 == "Transfer-Encoding" }), !body.isEmpty {
            lines.append("Content-Length: \(body.utf8.count)")
        }
        return lines.joined(separator: "\r\n") + "\r\n\r\n"
    }

    var text: String { head + body }
}

/// An answer as it came.
struct Response: Equatable {
    var status: Int
    var headers: [String: String]
    var body: String

    var json: JSONValue? { try? JSONParser.parse(body) }

    /// The JSON of each event of an event stream, comments as text.
    var events: [JSONValue] {
        body.split(separator: "\n\n").map { event in
            guard let data = event.split(separator: "\n").first(where: { $0.hasPrefix("data: ") }) else {
                return .string(String(event))
            }
            return (try? JSONParser.parse(String(data.dropFirst(6)))) ?? .null
        }
    }

    /// Takes one whole response off the front; nil when more is to come.
    ///
    /// - Parameter isBare: whether the response answers HEAD and has no body whatever its length says.
    init?(_ text: inout String, isBare: Bool = false) {
        guard let end = text.range(of: "\r\n\r\n") else { return nil }
        let lines = text[..<end.lowerBound].components(separatedBy: "\r\n")
        let words = lines.first?.split(separator: " ") ?? []
        status = words.count > 1 ? Int(words[1]) ?? 0 : 0
        headers = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            headers[parts[0].lowercased()] = parts.count > 1 ? parts[1].trimmingPrefix(" ").description : ""
        }
        var rest = text[end.upperBound...]
        body = ""
        if isBare {
        } else if let length = headers["content-length"].flatMap({ Int($0) }) {
            guard rest.utf8.count >= length else { return nil }
            body = String(decoding: rest.utf8.prefix(length), as: UTF8.self)
            rest = Substring(decoding: rest.utf8.dropFirst(length), as: UTF8.self)
        } else if headers["transfer-encoding"] == "chunked" {
            while true {
                guard let line = rest.range(of: "\r\n"), let count = Int(rest[..<line.lowerBound], radix: 16) else {
                    return nil
                }
                let chunk = rest[line.upperBound...]
                guard chunk.utf8.count >= count + 2 else { return nil }
                body += String(decoding: chunk.utf8.prefix(count), as: UTF8.self)
                rest = Substring(decoding: chunk.utf8.dropFirst(count + 2), as: UTF8.self)
                if count == 0 { break }
            }
        }
        text = String(rest)
    }
}
