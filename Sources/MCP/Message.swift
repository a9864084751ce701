public import JSON

/// One JSON-RPC 2.0 message as MCP restricts it: named parameters, ids of two kinds, no batches.
public enum Message: Sendable {
    case request(id: RequestID, method: String, params: JSONObject)
    case notification(method: String, params: JSONObject)
    /// An answer to a request. Its contents are not looked at here.
    case response(JSONObject)

    /// Reads one message.
    ///
    /// Whether a message is a notification is decided by the presence of `id` alone (JSON-RPC 2.0 §4.1), so that a
    /// request with a malformed id is refused and never taken for a notification. Members are matched by bytes.
    ///
    /// - Throws: ``Malformed`` when the object is none of the three kinds.
    public init(_ object: JSONObject) throws(Malformed) {
        guard case .string(let version)? = object["jsonrpc"], version.hasSameBytes(as: "2.0") else {
            throw .version
        }
        guard let named = object["method"] else {
            guard object.contains("result") || object.contains("error") else { throw .method }
            self = .response(object)
            return
        }
        guard case .string(let method) = named else { throw .method }
        let params: JSONObject
        switch object["params"] {
        case nil: params = JSONObject()
        case .object(let given)?: params = given
        default: throw .params
        }
        if let id = object["id"] {
            guard let id = RequestID(id) else { throw .id }
            self = .request(id: id, method: method, params: params)
        } else {
            self = .notification(method: method, params: params)
        }
    }

    /// What keeps an object from being a message.
    public enum Malformed: Error, Sendable, Hashable {
        case version, method, params, id

        /// One sentence.
        public var message: StaticString {
            switch self {
            case .version: "\"jsonrpc\" must be \"2.0\""
            case .method: "\"method\" must be a string"
            case .params: "\"params\" must be an object"
            case .id: "\"id\" must be a string of at most 256 bytes or an integer"
            }
        }
    }
}
