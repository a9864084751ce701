import JSON

/// A finished value of a YAML text with what aliases to it need to know.
struct YAMLTree {
    let value: JSONValue
    /// The text of a scalar as written, nil for a container. It is what a key keeps of an alias.
    let text: String?
    /// Where it begins and its children do.
    var place: YAMLPlace
    /// Containers from here down to the deepest, itself included.
    let height: Int
    /// Values in it, itself and what aliases bring included.
    let nodes: Int
    /// Bytes of text in it, what aliases bring included.
    let textBytes: Int
}

/// Where a value of a YAML text begins, in scalars; for a member, where its name does.
struct YAMLPlace {
    let start: Int
    /// The places of elements or members in their order; empty unless places are kept.
    let children: [YAMLPlace]
}

/// The anchors of a document so far. A name may be given again; aliases mean the nearest before them.
struct YAMLAnchors {
    /// An anchor whose node is being read.
    struct Opening {
        fileprivate let name: [UInt8]
        fileprivate let number: Int
    }

    /// Each keeps some hundred bytes until the end of the document.
    static let maxCount = 65_536

    private var entries: [[UInt8]: (number: Int, tree: YAMLTree?)] = [:]
    private var count = 0

    mutating func open(_ name: String, at start: Int) throws(SourceProblem) -> Opening {
        guard count < Self.maxCount else {
            throw SourceProblem("too-large", "more than \(Self.maxCount) anchors", at: .scalar(start))
        }
        let opening = Opening(name: Array(name.utf8), number: count)
        count += 1
        entries[opening.name] = (opening.number, nil)
        return opening
    }

    mutating func close(_ opening: Opening, _ tree: YAMLTree) {
        // Inside its own node the name may have been given to another.
        if entries[opening.name]?.number == opening.number { entries[opening.name] = (opening.number, tree) }
    }

    /// - Throws: `unknown-alias`, and `recursive-alias` inside the node that has the anchor.
    func tree(_ name: String, at start: Int) throws(SourceProblem) -> YAMLTree {
        guard let entry = entries[Array(name.utf8)] else {
            throw SourceProblem(
                "unknown-alias", "no anchor is named \"\(name.prefix(64))\"",
                hint: "write &\(name.prefix(64)) at the value that is meant; an anchor must come before its alias",
                at: .scalar(start))
        }
        guard let tree = entry.tree else {
            throw SourceProblem(
                "recursive-alias", "the alias \"\(name.prefix(64))\" stands inside the value that it means",
                hint: "write the value out; JSON has no cycles", at: .scalar(start))
        }
        return tree
    }
}
