import JSON

/// What is known of a request while it climbs the ladder.
struct Candidate {
    let head: RequestHead
    let ladder: Ladder

    var document: Result<JSONValue, JSONSyntaxError> = .success(.null)
    var message: JSONObject = JSONObject()
    var era: Era?
    var id: RequestID?
    var methodName = ""
    /// The method, if it exists in any era.
    var known: MethodName?
    var params = JSONObject()
    /// `params._meta`, the empty object where it is absent or of another type.
    var meta = JSONObject()
    /// What the envelope has as its revision; nil where there is no envelope.
    var envelope: JSONValue?
    /// The revision that the envelope names.
    var envelopeVersion: String?
    var version: ProtocolVersion?
    var method: Method?

    init(head: RequestHead, ladder: Ladder) {
        self.head = head
        self.ladder = ladder
    }

    /// Takes the message's parameters and settles the era.
    ///
    /// A request is modern when its header names anything but a known legacy revision or its body has an envelope.
    /// Taking the union means that a request which is modern in one place only is refused by the modern rules, and
    /// not served by the legacy ones.
    mutating func settle(params: JSONObject) {
        self.params = params
        meta = params["_meta"]?.object ?? JSONObject()
        envelope = meta[MetaKey.protocolVersion]
        era = envelope != nil || head.namesModernVersion ? .modern : .legacy
    }

    func refusal(by rung: StaticString, _ code: ErrorCode, _ message: StaticString, _ data: JSONValue?) -> Refusal {
        Refusal(
            rung: rung.description, code: code, message: message.description, data: data, id: id, era: era ?? .modern)
    }

    /// The request, once every rung has been passed.
    var exchange: Exchange? {
        guard let id, let version, let method else { return nil }
        var session: String?
        if era == .legacy, case .once(let id) = head.mcpSession { session = id }
        return Exchange(
            version: version, id: id, method: method, params: params, meta: meta, accepts: head.accepts,
            session: session, server: ladder.server)
    }
}

/// Keys of `_meta` that the protocol reserves (2026-07-28, basic/index, `_meta`).
enum MetaKey {
    static let protocolVersion = "io.modelcontextprotocol/protocolVersion"
    static let clientCapabilities = "io.modelcontextprotocol/clientCapabilities"
    static let clientInfo = "io.modelcontextprotocol/clientInfo"
    static let serverInfo = "io.modelcontextprotocol/serverInfo"
    static let progressToken = "progressToken"
}
