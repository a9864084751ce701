/// Two sources that say opposite things about one operation: something for a person to look at.
package struct Contradiction: Sendable, Hashable {
    /// What contradicts what. The spellings are stable: findings are tracked by them.
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        /// Declared read-only, but the rest says that it changes something.
        case declaredReadOnly = "declared-read-only"
        /// Declared not destructive, but the rest says that it destroys.
        case declaredNotDestructive = "declared-not-destructive"
        /// Declared read-only and destructive at once.
        case declaredBoth = "declared-read-only-and-destructive"
        /// A method that only reads, but name, path or description say that it changes something.
        case readingMethod = "reading-method"
        /// A method that changes, but the name only reads.
        case changingMethod = "changing-method"
        /// The name only reads, but the description says that it changes something.
        case readingName = "reading-name"
    }

    package var kind: Kind
    /// What was found, in words for a reviewer.
    package var text: String

    package init(_ kind: Kind, _ text: String) {
        self.kind = kind
        self.text = text
    }
}
