public import JSON

/// Something that a client is to put to its user.
///
/// What the client answers says what the client says: whoever must not be impersonated decides elsewhere.
public enum Elicitation: Sendable, Hashable {
    /// Opens an address. The id tells two of them apart where the revision has one.
    case link(url: String, message: String, id: String)
    /// One question that is answered with a tick.
    case confirmation(message: String)

    /// The member of a form's answer that holds the tick.
    static let tick = "confirm"

    /// The parameters of `elicitation/create` in a revision.
    public func params(in version: ProtocolVersion) -> JSONObject {
        switch self {
        case .link(let url, let message, let id):
            var params: JSONObject = ["mode": "url", "url": .string(url), "message": .string(message)]
            // Gone with 2026-07-28.
            if version.era == .legacy { params.append("elicitationId", .string(id)) }
            return params
        case .confirmation(let message):
            let schema: JSONValue = [
                "type": "object",
                "properties": [
                    Self.tick: [
                        "type": "boolean", "title": "Do it", "description": "Tick to confirm exactly this.",
                        "default": false,
                    ]
                ],
                "required": .array([.string(Self.tick)]),
            ]
            var params: JSONObject = version == .v2025_06_18 ? [:] : ["mode": "form"]
            params.append("message", .string(message))
            params.append("requestedSchema", schema)
            return params
        }
    }

    /// The question as an entry of `inputRequests`.
    func request(in version: ProtocolVersion) -> JSONValue {
        ["method": "elicitation/create", "params": .object(params(in: version))]
    }

    /// The question as a request to a legacy client, on the stream of the call that it belongs to.
    public func message(id: RequestID, in version: ProtocolVersion) -> [UInt8] {
        let message: JSONObject = [
            "jsonrpc": "2.0", "id": id.value, "method": "elicitation/create", "params": .object(params(in: version)),
        ]
        return JSONValue.object(message).bytes
    }
}

/// What a client says its user did with an elicitation.
public enum ElicitationAnswer: Sendable, Hashable {
    /// Opened the address, or ticked.
    case accepted
    /// Said no.
    case declined
    /// Said nothing: closed the dialog, or sent it without the tick.
    case dismissed

    /// Reads the result of `elicitation/create`. Whatever is not clearly a yes or a no is neither.
    public init(_ result: JSONValue?, to question: Elicitation) {
        switch (result?["action"]?.string, question) {
        case ("accept", .link): self = .accepted
        case ("accept", .confirmation):
            self = result?["content"]?[Elicitation.tick] == true ? .accepted : .dismissed
        case ("decline", _): self = .declined
        default: self = .dismissed
        }
    }
}
