/// A complete HTTP answer, without framing: whoever writes it adds the content length.
public struct HTTPReply: Sendable, Hashable {
    public let status: Int
    public let headers: [HeaderField]
    public let body: [UInt8]

    public init(status: Int, headers: [HeaderField] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The answer to a notification: accepted, and nothing to say (2026-07-28, streamable-http, Sending Messages).
    public static let accepted = HTTPReply(status: 202)

    static let jsonHeaders = [HeaderField("Content-Type", "application/json")]
}
