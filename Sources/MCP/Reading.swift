public import JSON

/// What a request turned out to be.
public enum Reading: Sendable {
    /// Answered without anybody's help: an accepted notification, a ping.
    case reply(HTTPReply)
    /// Refused by a rung. The answer is ``Refusal/reply``; whoever keeps records has the reason.
    case refused(Refusal)
    /// A legacy client no longer wants an answer. The reply to this message is ``HTTPReply/accepted``.
    ///
    /// The id is the client's own choice: it may only ever match calls of the same principal.
    case cancelled(RequestID)
    /// A legacy client answers what it was asked; nil where it says that it cannot. The reply to this message is
    /// ``HTTPReply/accepted``.
    case answered(RequestID, JSONObject?)
    /// A request to serve.
    case request(Exchange)
}
