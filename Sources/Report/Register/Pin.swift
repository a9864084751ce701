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
    /// Whether the configuration ever gave it to anybody: its bucket was not never.
    package var isExposed: Bool
    /// Whether the configuration has a word for it at all.
    package var isListed: Bool
    /// Of a tool that is exposed, what a reader sees of it: the beginning of its texts, and the names of its arguments.
    package var words: String?
    package var arguments: [String]

    package init(_ tool: Tool) {
        self.tool = tool.key
        declaration = tool.declaration
        level = tool.risk.level
        categories = tool.risk.categories
        owner = tool.owner
        isExposed = tool.bucket != .never
        isListed = tool.isListed
        words = isExposed ? shown([tool.title ?? "", tool.description].joined(separator: " "), limit: 600) : nil
        arguments =
            isExposed ? tool.inputSchema["properties"]?.object?.prefix(100).map { shown($0.key, limit: 80) } ?? [] : []
    }

    /// Names what policy and approvers rely on: whoever looked at the tool saw exactly this.
    package var mark: String {
        let parts: JSONValue = [
            "declaration": declaration.json, "level": .string(level.rawValue),
            "categories": .array(categories.sorted().map { .string($0.rawValue) }),
        ]
        return String(Digest(of: parts.canonicalBytes() ?? parts.bytes).hex.prefix(16))
    }

    /// What is otherwise than in another one, in words.
    package func differences(from other: Pin) -> [String] {
        var differences = declaration.differences(from: other.declaration)
        if level != other.level || categories != other.categories { differences.append("its risk") }
        return differences
    }
}

extension Pin {
    /// Reads what ``json`` wrote.
    ///
    /// Of a pin that cannot be read the tool's name is enough: what is known of it then fits no tool, so that somebody has to
    /// look.
    package init?(json: JSONValue) {
        guard let tool = json["tool"]?.string else { return nil }
        self.tool = tool
        owner = json["owner"]?.string
        words = json["words"]?.string
        arguments = json["arguments"]?.array?.compactMap(\.string) ?? []
        guard let declaration = json["declaration"].flatMap({ Declaration(json: $0) }),
            let level = json["level"]?.string.flatMap({ Risk.Level(rawValue: $0) }),
            let isExposed = json["exposed"]?.bool, let isListed = json["listed"]?.bool
        else {
            let nothing = Digest(of: [])
            declaration = Declaration(
                texts: nothing, request: nothing, arguments: nothing, answer: nothing, access: nothing)
            level = .critical
            categories = []
            isExposed = true
            isListed = true
            return
        }
        self.declaration = declaration
        self.level = level
        categories = Set(
            (json["categories"]?.array ?? []).compactMap { $0.string.flatMap { Risk.Category(rawValue: $0) } })
        self.isExposed = isExposed
        self.isListed = isListed
    }

    package var json: JSONValue {
        var object: JSONObject = [
            "tool": .string(tool), "declaration": declaration.json, "level": .string(level.rawValue),
            "exposed": .bool(isExposed), "listed": .bool(isListed),
        ]
        if !categories.isEmpty {
            object.append("categories", .array(categories.sorted().map { .string($0.rawValue) }))
        }
        if let owner { object.append("owner", .string(owner)) }
        if let words { object.append("words", .string(words)) }
        if !arguments.isEmpty { object.append("arguments", .array(arguments.map { .string($0) })) }
        return .object(object)
    }
}
