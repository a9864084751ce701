/// One HTTP request to an upstream. The upstream it goes to is not part of it.
package struct UpstreamRequest: Sendable {
    /// A token such as `GET`; compared as it is written.
    package var method: String
    /// Path and query in origin form, already percent-encoded (RFC 9112 §3.2.1).
    package var target: String
    /// Written in this order. Fields that frame the message or describe the hop are refused (``RequestWriter``).
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]?
    /// Whether sending it twice does no more than sending it once. Only then is it sent again when a kept connection
    /// turns out to be closed.
    package var isIdempotent: Bool
    /// Shortens ``Upstream/Options/requestTimeout`` for this request.
    package var timeLimit: Duration?

    package init(
        method: String, target: String, headers: [(name: String, value: String)] = [], body: [UInt8]? = nil,
        isIdempotent: Bool, timeLimit: Duration? = nil
    ) {
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
        self.isIdempotent = isIdempotent
        self.timeLimit = timeLimit
    }
}
