import JSON

/// How a program names itself: `serverInfo`. It is for display and never proves anything.
public struct Implementation: Sendable {
    public let name: String
    public let version: String
    public let title: String?

    /// The value as JSON, written once.
    let json: EncodedJSON

    public init(name: String, version: String, title: String? = nil) {
        self.name = name
        self.version = version
        self.title = title
        var object: JSONObject = ["name": .string(name), "version": .string(version)]
        object["title"] = title.map(JSONValue.string)
        json = EncodedJSON(.object(object))
    }
}
