public import JSON

/// Why a request got no further, with the answer that says so.
///
/// Nothing in it repeats what the client sent, but for its id and the version it asked for.
public struct Refusal: Sendable {
    /// The rung of the ladder that refused.
    public let rung: String
    public let code: ErrorCode
    /// One sentence for the client.
    public let message: String
    public let data: JSONValue?
    /// The request's id, once it is known to be one.
    public let id: RequestID?
    /// The era of the request. What is refused before that is known has the same status in both.
    public let era: Era

    /// The answer: a JSON-RPC error with the status that the table gives.
    public var reply: HTTPReply {
        var headers = HTTPReply.jsonHeaders
        if code == .methodNotAllowed { headers.append(HeaderField("Allow", "POST")) }
        let body = ErrorBody(code: code, message: message, data: data)
        return HTTPReply(status: code.status(in: era), headers: headers, body: body.bytes(id: id))
    }
}

/// The text of a JSON-RPC error.
struct ErrorBody {
    let code: ErrorCode
    let message: String
    let data: JSONValue?

    /// Writes the message; without an id it has `"id":null` (JSON-RPC 2.0 §5).
    func bytes(id: RequestID?) -> [UInt8] {
        var json = JSONWriter(reservingCapacity: 192)
        json.raw(#"{"jsonrpc":"2.0","id":"#)
        json.write(id?.value ?? .null)
        json.raw(#","error":{"code":"#)
        json.write(JSONValue(code.number))
        json.raw(#","message":"#)
        json.write(message)
        if let data {
            json.raw(#","data":"#)
            json.write(data)
        }
        json.raw("}}")
        return json.bytes
    }
}
