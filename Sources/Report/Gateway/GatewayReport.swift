package import Risk

/// What a reviewer asks of a configured gateway: what tools exist, who can reach them, with what permissions, what needs
/// approval, what happened, and how risky the whole is.
package struct GatewayReport: Sendable {
    package struct Tool: Sendable {
        package var name: String
        package var source: String
        package var owner: String?
        package var risk: Risk
        package var bucket: Bucket
        package var scope: String
        /// What a call by somebody with a role comes to before its arguments are known, in the order of the roles.
        package var reach: [String]

        package init(
            name: String, source: String, owner: String?, risk: Risk, bucket: Bucket, scope: String,
            reach: [String]
        ) {
            self.name = name
            self.source = source
            self.owner = owner
            self.risk = risk
            self.bucket = bucket
            self.scope = scope
            self.reach = reach
        }
    }

    /// A secret in the vault, by name.
    package struct Credential: Sendable {
        package var name: String
        package var owner: String
        package var version: Int
        /// In days.
        package var age: Int
        package var lastUsed: String?

        package init(name: String, owner: String, version: Int, age: Int, lastUsed: String?) {
            self.name = name
            self.owner = owner
            self.version = version
            self.age = age
            self.lastUsed = lastUsed
        }
    }

    /// What was recorded of late: how often, by what it is.
    package struct Activity: Sendable {
        package var days: Int
        package var counts: [(what: String, count: Int)]
        /// Whether there was more than was counted.
        package var isPartial: Bool

        package init(days: Int, counts: [(what: String, count: Int)], isPartial: Bool) {
            self.days = days
            self.counts = counts
            self.isPartial = isPartial
        }
    }

    /// The URI that names the agent endpoint.
    package var resource: String
    /// Digest of the configuration with all documents it reads.
    package var version: String
    package var time: String
    package var generator: String
    /// Nil for a gateway without tools, which is not rated.
    package var score: Score?
    /// Those that can be reached, by name.
    package var tools: [Tool]
    package var never: Int
    package var heldBack: Int
    /// Roles that the policy speaks of; the first is nobody's.
    package var roles: [String]
    package var credentials: [Credential]
    package var activity: Activity

    package init(
        resource: String, version: String, time: String, generator: String, score: Score?, tools: [Tool],
        never: Int, heldBack: Int, roles: [String], credentials: [Credential], activity: Activity
    ) {
        self.resource = resource
        self.version = version
        self.time = time
        self.generator = generator
        self.score = score
        self.tools = tools
        self.never = never
        self.heldBack = heldBack
        self.roles = roles
        self.credentials = credentials
        self.activity = activity
    }
}
