public import JSON

/// What a tool gave back.
public struct ToolResult: Sendable {
    public var content: [Content]
    /// The result as a value; any value for modern clients, left out for legacy ones unless it is an object.
    public var structuredContent: EncodedJSON?
    /// The tool failed, and the text says how to do better. Errors of the protocol are not this.
    public var isError: Bool
    public var meta: JSONObject

    public init(
        content: [Content] = [], structuredContent: EncodedJSON? = nil, isError: Bool = false,
        meta: JSONObject = JSONObject()
    ) {
        self.content = content
        self.structuredContent = structuredContent
        self.isError = isError
        self.meta = meta
    }

    /// A result with a value, and the same value as text for clients that read only text.
    public static func structured(_ value: EncodedJSON, meta: JSONObject = JSONObject()) -> ToolResult {
        ToolResult(content: [.json(value)], structuredContent: value, meta: meta)
    }

    /// A failure that the model may correct.
    public static func failure(_ text: String, meta: JSONObject = JSONObject()) -> ToolResult {
        ToolResult(content: [.text(text)], isError: true, meta: meta)
    }

    /// One item of content.
    public enum Content: Sendable {
        case text(String)
        /// A text item whose text is the JSON of a value.
        case json(EncodedJSON)
        /// A text item whose text is a JSON string literal already, quotes included.
        case literal(EncodedJSON)
        /// An item of any type, as it came.
        case other(JSONObject)

        func write(to json: inout JSONWriter) {
            switch self {
            case .text(let text):
                json.raw(#"{"type":"text","text":"#)
                json.write(text)
                json.raw("}")
            case .json(let value):
                json.raw(#"{"type":"text","text":"#)
                json.write(utf8: value.bytes)
                json.raw("}")
            case .literal(let literal):
                json.raw(#"{"type":"text","text":"#)
                json.raw(literal.bytes)
                json.raw("}")
            case .other(let item): json.write(.object(item))
            }
        }

        fileprivate var sizeHint: Int {
            switch self {
            case .text(let text): text.utf8.count
            // Quotes of the value are escaped.
            case .json(let value): value.bytes.count + value.bytes.count / 4
            case .literal(let literal): literal.bytes.count
            case .other: 256
            }
        }
    }

    /// About how many bytes the response takes.
    var sizeHint: Int {
        content.reduce(256 + (structuredContent?.bytes.count ?? 0)) { $0 + $1.sizeHint + 32 }
    }
}
