/// A response on its way out.
public struct Answer: Sendable {
    /// The JSON-RPC response, as it goes into an event of a stream that has begun.
    public let message: [UInt8]
    /// The HTTP status, as long as no stream has begun.
    public let status: Int
    let accepts: Acceptance

    /// The answer as a whole: JSON, or a stream of one event for a client that takes nothing else.
    public var reply: HTTPReply {
        guard accepts.json || status != 200 else {
            return HTTPReply(status: status, headers: EventStream.headers, body: EventStream.event(message))
        }
        return HTTPReply(status: status, headers: HTTPReply.jsonHeaders, body: message)
    }
}
