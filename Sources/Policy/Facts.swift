package import JSON
package import Risk

/// A value that may not be known yet.
package enum Known<Value: Sendable & Hashable>: Sendable, Hashable {
    case known(Value)
    case unknown
}

/// Everything a decision may turn on.
package struct Facts: Sendable, Hashable {
    package var user: String
    package var agent: String
    package var tenant: String?
    package var roles: Set<String>
    package var tool: ToolFacts
    /// Unknown while tools are listed.
    package var arguments: Known<JSONObject>
    /// Places of the arguments where something is, and nobody can tell any more what: their record lost it.
    package var hidden: [JSONPointer] = []
    /// Minutes since midnight, UTC. Unknown while tools are listed.
    package var minuteOfDay: Known<Int>

    package init(
        user: String, agent: String, tenant: String?, roles: Set<String>, tool: ToolFacts,
        arguments: Known<JSONObject>, minuteOfDay: Known<Int>
    ) {
        self.user = user
        self.agent = agent
        self.tenant = tenant
        self.roles = roles
        self.tool = tool
        self.arguments = arguments
        self.minuteOfDay = minuteOfDay
    }
}

/// What policy may know of a tool.
package struct ToolFacts: Sendable, Hashable {
    package var name: String
    package var source: String
    package var tags: Set<String>
    package var bucket: Bucket
    package var level: Risk.Level
    package var categories: Set<Risk.Category>
    /// Whether it destroys, and nothing is declared that takes it back.
    package var isFinalDeletion: Bool

    package init(
        name: String, source: String, tags: Set<String> = [], bucket: Bucket, level: Risk.Level,
        categories: Set<Risk.Category> = [], isFinalDeletion: Bool = false
    ) {
        self.name = name
        self.source = source
        self.tags = tags
        self.bucket = bucket
        self.level = level
        self.categories = categories
        self.isFinalDeletion = isFinalDeletion
    }
}
