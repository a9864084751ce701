/// How dangerous one tool is, with the evidence for it.
package struct Risk: Sendable, Hashable {
    /// What a call may do at worst. Unknown is ``sideEffect``, never ``readOnly``.
    package enum Level: String, Sendable, Hashable, CaseIterable, Comparable {
        case readOnly = "read-only"
        case sideEffect = "side-effect"
        case critical

        package static func < (left: Level, right: Level) -> Bool {
            left.rank < right.rank
        }

        private var rank: Int {
            switch self {
            case .readOnly: 0
            case .sideEffect: 1
            case .critical: 2
            }
        }
    }

    /// What kind of harm is at stake.
    package enum Category: String, Sendable, Hashable, CaseIterable, Comparable {
        case financial, administrative, destructive, credential, communication, bulk, deployment

        package static func < (left: Category, right: Category) -> Bool {
            left.rawValue < right.rawValue
        }
    }

    /// What is left behind by a call.
    package enum Effect: String, Sendable, Hashable {
        case none
        case dataChange = "data change"
        case potentiallyIrreversible = "potentially irreversible"
    }

    /// How sure the classification is.
    package enum Confidence: String, Sendable, Hashable {
        case low, medium, high
    }

    package var level: Level
    package var categories: Set<Category>
    package var effect: Effect
    package var confidence: Confidence
    /// Why, in words for a reviewer.
    package var evidence: [String]

    package init(
        level: Level, categories: Set<Category> = [], effect: Effect, confidence: Confidence, evidence: [String]
    ) {
        self.level = level
        self.categories = categories
        self.effect = effect
        self.confidence = confidence
        self.evidence = evidence
    }
}
