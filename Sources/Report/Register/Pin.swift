package import Core
package import JSON
package import Risk

/// What was known of a tool when it was last looked at. What its source declares is pinned: while that is another one, and
/// nobody looked again, the tool cannot be reached.
package struct Pin: Sendable, Hashable {
    /// The source's name, a stroke, the tool's name.
    package var tool: String
    package var declaration: Declaration
    package var level: Risk.Level
    package var categories: Set<Risk.Category>
    package var owner: String?
    /// Whether the configuration gives it to anybody: its bucket is not never.
    package var isExposed: Bool
    /// Whether the configuration has a word for it at all.
    package var isListed: Bool

    package init(_ tool: Tool) {
        self.tool = tool.key
        declaration = tool.declaration
        level = tool.risk.level
        categories = tool.risk.categories
        owner = tool.owner
        isExposed = tool.bucket != .never
        isListed = tool.isListed
    }
}

extension Pin {
    package init?(json: JSONValue) {
        guard let tool = json["tool"]?.string, let declaration = json["declaration"].flatMap({ Declaration(json: $0) }),
            let level = json["level"]?.string.flatMap({ Risk.Level(rawValue: $0) }),
            let isExposed = json["exposed"]?.bool, let isListed = json["listed"]?.bool
        else { return nil }
        self.tool = tool
        self.declaration = declaration
        self.level = level
        categories = Set(
            (json["categories"]?.array ?? []).compactMap { $0.string.flatMap { Risk.Category(rawValue: $0) } })
        owner = json["owner"]?.string
        self.isExposed = isExposed
        self.isListed = isListed
    }

    package var json: JSONValue {
        var object: JSONObject = [
            "tool": .string(tool), "declaration": declaration.json, "level": .string(level.rawValue),
            "exposed": .bool(isExposed), "listed": .bool(isListed),
        ]
        if !categories.isEmpty { object.append("categories", .array(categories.sorted().map { .string($0.rawValue) })) }
        if let owner { object.append("owner", .string(owner)) }
        return .object(object)
    }
}
