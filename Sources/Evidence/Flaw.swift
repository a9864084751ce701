package import JSON

/// What is wrong with a log or with evidence from it.
package struct Flaw: Sendable, Hashable {
    package enum Kind: String, Sendable, Hashable {
        /// The entry is not the one that was logged.
        case changed
        /// The entry is missing, and no pruning says why.
        case removed
        /// The entry stands elsewhere.
        case reordered
        /// The entry was never logged.
        case inserted
        /// Entries or hashes are not those that a checkpoint was signed over, and the hashes fit the entries: somebody
        /// computed them anew.
        case rewritten
        /// A checkpoint is not signed by the log's key, or is none.
        case unsigned
        /// The log has fewer entries than a checkpoint of it.
        case cutOff = "cut-off"
        /// A line is none that evidence has.
        case malformed
    }

    package var kind: Kind
    /// The first position that it concerns; nil where it concerns none.
    package var position: Int?
    /// The last position, where it is a range.
    package var last: Int?
    /// What is known of it, in words.
    package var detail: String

    package init(_ kind: Kind, at position: Int? = nil, to last: Int? = nil, _ detail: String) {
        self.kind = kind
        self.position = position
        self.last = last
        self.detail = detail
    }

    /// By position; of those at one, what says most of the entry comes first.
    var order: (Int, Int) {
        let rank =
            switch kind {
            case .changed, .removed, .reordered, .inserted: 0
            case .rewritten, .unsigned, .cutOff, .malformed: 1
            }
        return (position ?? 0, rank)
    }

    package var json: JSONValue {
        [
            "flaw": .string(kind.rawValue), "position": position.map { JSONValue($0) } ?? .null,
            "last": last.map { JSONValue($0) } ?? .null, "detail": .string(detail),
        ]
    }
}
