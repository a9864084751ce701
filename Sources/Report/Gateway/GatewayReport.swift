package import Core
package import Risk

/// What a reviewer asks of a configured gateway: what tools exist, who can reach them, with what permissions, what needs
/// approval, what happened, and how risky the whole is.
package struct GatewayReport: Sendable {
    package struct Tool: Sendable {
        /// Source and name.
        package var key: String
        package var name: String
        package var source: String
        package var owner: String?
        package var words: OwnWords
        package var bucket: Bucket
        /// Why the bucket is looser than suggested, in the operator's words.
        package var reason: String?
        package var scope: String
        /// Whether the fields of its answers are declared.
        package var declaresAnswer: Bool
        /// Whether a call waits for a human: 1 always, 0 certainly not for somebody, between where conditions decide.
        package var gate: Double
        /// What a call comes to before its arguments are known, in the order of the report's ``GatewayReport/actors``.
        package var reach: [String]
        /// Who looked at it as it is, and when.
        package var review: String?

        package var risk: Risk { words.risk }

        package init(
            key: String, name: String, source: String, owner: String?, words: OwnWords, bucket: Bucket,
            reason: String?, scope: String, declaresAnswer: Bool, gate: Double, reach: [String], review: String?
        ) {
            self.key = key
            self.name = name
            self.source = source
            self.owner = owner
            self.words = words
            self.bucket = bucket
            self.reason = reason
            self.scope = scope
            self.declaresAnswer = declaresAnswer
            self.gate = gate
            self.reach = reach
            self.review = review
        }

        /// Whether it destroys, or cannot be undone.
        var isDestructive: Bool { risk.isDestructive }
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

    /// Calls that people were asked about.
    package struct Approvals: Sendable {
        package var days: Int
        package var proposed: Int
        package var approved: Int
        package var rejected: Int
        package var expired: Int
        package var waiting: Int
        /// Half of the decisions took no longer, in seconds; nil where there was none.
        package var medianSeconds: Int?

        package init(
            days: Int, proposed: Int, approved: Int, rejected: Int, expired: Int, waiting: Int, medianSeconds: Int?
        ) {
            self.days = days
            self.proposed = proposed
            self.approved = approved
            self.rejected = rejected
            self.expired = expired
            self.waiting = waiting
            self.medianSeconds = medianSeconds
        }
    }

    /// The URI that names the agent endpoint.
    package var resource: String
    /// Digest of the configuration with all documents it reads.
    package var version: String
    package var moment: Timestamp
    package var generator: String
    /// Nil for a gateway without tools, which is not rated.
    package var score: Score?
    /// Those that can be reached, by name.
    package var tools: [Tool]
    package var never: Int
    package var heldBack: Int
    package var suspended: Int
    /// The roles and agents that the policy speaks of; the first is somebody with neither.
    package var actors: [String]
    package var credentials: [Credential]
    package var activity: Activity
    package var approvals: Approvals
    package var attestations: [Attestation]
    /// Looks before this one, in their order.
    package var history: [Look]
    /// The gravest first.
    package var findings: [FindingStanding] = []
    package var change: GatewayChange?
    /// Whether not all was tried that can be: nothing is written down of such a look.
    package var isPartial = false

    package init(
        resource: String, version: String, moment: Timestamp, generator: String, score: Score?, tools: [Tool],
        never: Int, heldBack: Int, suspended: Int, actors: [String], credentials: [Credential], activity: Activity,
        approvals: Approvals, attestations: [Attestation], history: [Look]
    ) {
        self.resource = resource
        self.version = version
        self.moment = moment
        self.generator = generator
        self.score = score
        self.tools = tools
        self.never = never
        self.heldBack = heldBack
        self.suspended = suspended
        self.actors = actors
        self.credentials = credentials
        self.activity = activity
        self.approvals = approvals
        self.attestations = attestations
        self.history = history
    }

    /// The report with what should change, as it stands in the register.
    ///
    /// - Parameters:
    ///   - changes: what is otherwise with tools and sources.
    ///   - file: the configuration.
    /// - Returns: the report, and the findings before anything is known of them.
    package func problems(changes: [Finding], file: String) -> [Finding] {
        findGatewayProblems(self, changes: changes, file: file)
    }

    package var time: String { moment.description }

    /// What the history keeps of this report.
    package var look: Look {
        Look(
            at: moment, total: score?.total, grade: score?.grade.rawValue, vector: score?.vector, version: version,
            tools: tools.count, never: never, heldBack: heldBack, suspended: suspended,
            open: Dictionary(grouping: findings.filter(\.isOpen), by: \.finding.severity).mapValues(\.count),
            caps: Set(
                (score?.caps ?? []).filter { $0.limit <= 69 && score?.lingering[$0] == nil }.map(\.code)))
    }
}
