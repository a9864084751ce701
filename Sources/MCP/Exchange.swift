public import JSON

/// One request that is to be served, and the way to answer it in the form that its revision wants.
public struct Exchange: Sendable {
    /// The revision that the answer is written in. For `initialize` the one that was settled on.
    public let version: ProtocolVersion
    public let id: RequestID
    public let method: Method
    /// All parameters as they came, those that ``method`` does not know among them.
    public let params: JSONObject
    /// `params._meta` as it came; empty where absent.
    public let meta: JSONObject
    /// The kinds of answer that the client takes.
    public let accepts: Acceptance
    /// What the client sent as `Mcp-Session-Id`; nil for modern clients, which have no sessions.
    public let session: String?

    let server: Implementation

    public var era: Era { version.era }

    /// Under which name the client wants to hear of progress, if it does.
    public var progressToken: ProgressToken? {
        meta[MetaKey.progressToken].flatMap(ProgressToken.init)
    }

    public var traceContext: TraceContext? {
        TraceContext(meta: meta)
    }

    /// What the client can do: per request in the modern era, said once with `initialize` in the legacy era.
    ///
    /// Empty on all other legacy requests, which means "unknown", and is to be treated as "nothing".
    public var clientCapabilities: JSONObject {
        switch (era, method) {
        case (.modern, _): meta[MetaKey.clientCapabilities]?.object ?? JSONObject()
        case (.legacy, .initialize): params["capabilities"]?.object ?? JSONObject()
        case (.legacy, _): JSONObject()
        }
    }

    /// What an earlier answer to the same call gave along, for this request to bring back (2026-07-28, multi-round-trip
    /// requests). Hostile until it proves to have been issued here.
    public var requestState: String? { era == .modern ? params["requestState"]?.string : nil }

    /// Answers to what an earlier answer asked for, by their keys.
    public var inputResponses: JSONObject { (era == .modern ? params["inputResponses"]?.object : nil) ?? JSONObject() }

    /// What the client calls itself. Anybody can say anything here: for display, never for a decision.
    public var clientInfo: JSONObject? {
        era == .modern ? meta[MetaKey.clientInfo]?.object : params["clientInfo"]?.object
    }
}
