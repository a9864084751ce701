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
    package var suggestedBucket: Bucket
    package var confidence: Confidence
    /// Why, in words for a reviewer: first for the level, then for each category, the effect, the bucket and the
    /// confidence.
    package var reasons: [Reason]
    /// Where the sources of the judgement say opposite things, each kind once.
    package var contradictions: [Contradiction]

    package init(
        level: Level, categories: Set<Category> = [], effect: Effect, bucket: Bucket? = nil, confidence: Confidence,
        reasons: [Reason] = [], contradictions: [Contradiction] = []
    ) {
        self.level = level
        self.categories = categories
        self.effect = effect
        suggestedBucket = bucket ?? (level == .readOnly ? .read : .write)
        self.confidence = confidence
        self.reasons = reasons
        self.contradictions = contradictions
    }

    /// The sentences for level and categories.
    package var evidence: [String] {
        reasons.compactMap { reason in
            switch reason.aspect {
            case .level: reason.text
            case .category(let category): "\(category.rawValue): \(reason.text)"
            default: nil
            }
        }
    }
}

extension Risk {
    /// Whether a call may do what nobody can take back.
    package var isDestructive: Bool { level == .critical || effect == .potentiallyIrreversible }
}
