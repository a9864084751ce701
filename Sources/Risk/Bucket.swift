/// The control that follows from risk and the operator's say.
package enum Bucket: String, Sendable, Hashable, CaseIterable {
    /// Runs when policy allows.
    case read
    /// Changes state: policy decides whether it runs or waits for a human.
    case write
    /// Has no tool at all.
    case never
}

extension Risk {
    /// The conservative bucket: reads on, writes gated, and never what no agent should hold by default (bulk
    /// changes, full exports, users and roles, payment settings, security configuration, credentials).
    package var suggestedBucket: Bucket {
        let guarded: Set<Category> = [.administrative, .credential, .bulk]
        if level == .readOnly { return categories.contains(.bulk) ? .never : .read }
        return categories.isDisjoint(with: guarded) ? .write : .never
    }
}
