/// A response on its way out.
public struct Answer: Sendable {
    /// The JSON-RPC response, as it goes into an event of a stream that has begun.
    public let message: [UInt8]
    /// The HTTP status, as long as no stream has begun.
    public let status: Int
    let accepts: Acceptance
    /// What the client is to send as `Mcp-Session-Id` from now on.
    public var session: String?

    /// The answer as a whole: JSON, or a stream of one event for a client that takes nothing else.
    public var reply: HTTPReply {
        guard accepts.json || status != 200 else {
            var headers = EventStream.headers
            if let session { headers.append(HeaderField("Mcp-Session-Id", session)) }
            return HTTPReply(status: status, headers: headers, body: EventStream.event(message))
        }
        var headers = HTTPReply.jsonHeaders
        if let session { headers.append(HeaderField("Mcp-Session-Id", session)) }
        return HTTPReply(status: status, headers: headers, body: message)
    }
}
