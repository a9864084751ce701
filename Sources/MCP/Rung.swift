import JSON

/// One check of the ladder.
struct Rung: Sendable {
    enum Half: Sendable {
        /// Before authentication, with nothing but the head.
        case head
        /// After authentication, with the body.
        case message
    }

    enum Verdict {
        case pass
        case refuse(ErrorCode, StaticString, data: JSONValue? = nil)
        /// The message was taken, and nothing follows from it.
        case accepted
        case cancelled(RequestID)
        case answered(RequestID, JSONObject?)
    }

    let name: StaticString
    let half: Half
    /// The only era whose requests are held against this rung; nil for both.
    let era: Era?
    let check: @Sendable (inout Candidate) -> Verdict

    private init(
        _ name: StaticString, _ half: Half, only era: Era? = nil,
        by check: @escaping @Sendable (inout Candidate) -> Verdict
    ) {
        self.name = name
        self.half = half
        self.era = era
        self.check = check
    }

    /// The ladder, from the ground up.
    ///
    /// The order is part of the protocol as deployed: what is cheap and protects comes first, a client that
    /// contradicts itself hears of that before it hears of versions, and an unknown version before unknown methods.
    static let all: [Rung] = [
        Rung("origin", .head, by: HeadChecks.origin),
        Rung("host", .head, by: HeadChecks.host),
        Rung("http-method", .head, by: HeadChecks.httpMethod),
        Rung("accept", .head, by: HeadChecks.accept),
        Rung("content-type", .head, by: HeadChecks.contentType),
        Rung("content-encoding", .head, by: HeadChecks.contentEncoding),
        Rung("content-length", .head, by: HeadChecks.contentLength),
        Rung("body-size", .message, by: MessageChecks.bodySize),
        Rung("syntax", .message, by: MessageChecks.syntax),
        Rung("single-message", .message, by: MessageChecks.singleMessage),
        Rung("envelope", .message, by: MessageChecks.envelope),
        Rung("response", .message, by: MessageChecks.response),
        Rung("notification", .message, by: MessageChecks.notification),
        Rung("duplicate-header", .message, by: MessageChecks.duplicateHeader),
        Rung("handshake", .message, only: .modern, by: MessageChecks.handshake),
        Rung("meta", .message, by: MessageChecks.meta),
        Rung("request-envelope", .message, only: .modern, by: MessageChecks.requestEnvelope),
        Rung("header-match", .message, by: MessageChecks.headerMatch),
        Rung("version", .message, by: MessageChecks.version),
        Rung("method", .message, by: MessageChecks.method),
        Rung("params", .message, by: MessageChecks.params),
    ]
}
