import JSON

/// Turns the events of a YAML text into a value, with a stack of its own and all growth bounded.
struct YAMLBuilder {
    struct Document {
        let value: JSONValue
        let place: YAMLPlace
        let repetitions: [Repetition]
    }

    /// A repeated key, with its place in scalars.
    struct Repetition {
        let object: JSONPointer
        let key: String
        let start: Int
        let isSameMeaning: Bool
    }

    private let limits: SourceDocument.Limits
    private let keepsPlaces: Bool
    private var stack: [YAMLFrame] = []
    private var anchors = YAMLAnchors()
    private var nodes = 0
    private var textBytes = 0
    private var repetitions: [Repetition] = []
    private var root: YAMLTree?

    private init(limits: SourceDocument.Limits, keepsPlaces: Bool) {
        self.limits = limits
        self.keepsPlaces = keepsPlaces
    }

    /// Reads the one document of a text.
    static func document(
        _ text: SourceText, limits: SourceDocument.Limits, keepsPlaces: Bool
    ) throws(SourceProblem) -> Document {
        try checkDirectives(text)
        return try YAMLEvents.reading(text.bytes, from: text.start) { (events) throws(SourceProblem) -> Document in
            var builder = YAMLBuilder(limits: limits, keepsPlaces: keepsPlaces)
            return try builder.document(&events)
        }
    }

    private mutating func document(_ events: inout YAMLEvents) throws(SourceProblem) -> Document {
        while true {
            switch try events.next() {
            case .streamStart: break
            case .documentStart:
                if root != nil {
                    throw SourceProblem(
                        "several-documents", "the file holds more than one YAML document",
                        hint: "keep one document in a file; \"---\" begins another", at: .scalar(events.start))
                }
            case .documentEnd: break
            case .streamEnd:
                guard let root else { throw Self.emptyDocument }
                return Document(value: root.value, place: root.place, repetitions: repetitions)
            case .scalar: try scalar(events)
            case .alias: try alias(events)
            case .sequenceStart: try open(events, isMapping: false)
            case .mappingStart: try open(events, isMapping: true)
            case .sequenceEnd, .mappingEnd: try close()
            }
        }
    }

    static let emptyDocument = SourceProblem("empty-document", "the file holds no value", at: .byte(0))

    private mutating func scalar(_ events: borrowing YAMLEvents) throws(SourceProblem) {
        let start = events.start
        let text = events.text
        let isPlain = events.isPlain
        let tag = events.tag.map { YAMLTag($0) }
        let opening = try opening(events)
        if events.isDoubleQuoted && text.utf8.contains(0) {
            throw SourceProblem(
                "invalid-yaml", "U+0000 is not allowed in a string", hint: "remove the escape", at: .scalar(start))
        }
        let textBytes = text.utf8.count
        if let last = stack.indices.last, case .key = stack[last].slot {
            switch tag {
            case .map, .sequence, .other: throw Self.unsupportedTag(events.tag, at: start)
            case .merge: stack[last].addMergeKey(start: start)
            case nil where isPlain && text == "<<": stack[last].addMergeKey(start: start)
            default: stack[last].addKey(text, start: start)
            }
            self.textBytes += textBytes
            if let opening {
                anchors.close(opening, Self.tree(.string(text), text, start: start))
            }
            return
        }
        if stack.isEmpty && isPlain && text.isEmpty && tag == nil { throw Self.emptyDocument }
        let value = try value(text, isPlain: isPlain, tag: tag, events)
        try count(nodes: 1, textBytes: textBytes, at: start)
        let tree = Self.tree(value, text, start: start)
        if let opening { anchors.close(opening, tree) }
        try add(tree)
    }

    private func value(
        _ text: String, isPlain: Bool, tag: YAMLTag?, _ events: borrowing YAMLEvents
    ) throws(SourceProblem) -> JSONValue {
        let resolution: YAMLScalar.Resolution?
        if let tag {
            resolution = YAMLScalar.tagged(tag, text)
        } else {
            resolution = isPlain ? YAMLScalar.plain(text) : .value(.string(text))
        }
        switch resolution {
        case .value(let value): return value
        case .noNumber:
            throw SourceProblem(
                "no-json-number", "\(text) is a number that JSON cannot write",
                hint: "put it in quotes if a string is meant", at: .scalar(events.start))
        case .mismatch:
            throw SourceProblem(
                "invalid-yaml", "\"\(text.prefix(64))\" is not what its tag says", hint: "remove the tag",
                at: .scalar(events.start))
        case nil: throw Self.unsupportedTag(events.tag, at: events.start)
        }
    }

    private mutating func alias(_ events: borrowing YAMLEvents) throws(SourceProblem) {
        let start = events.start
        var tree = try anchors.tree(events.anchor ?? "", at: start)
        var lifted = 0
        if let last = stack.indices.last {
            switch stack[last].slot {
            case .key:
                guard let key = tree.text else { throw Self.unsupportedKey(at: start) }
                textBytes += key.utf8.count
                try checkText(at: start)
                stack[last].addKey(key, start: start)
                return
            case .merge: lifted = 1
            case .element, .member: break
            }
        }
        try count(nodes: tree.nodes, textBytes: tree.textBytes, at: start)
        try checkText(at: start)
        try checkDepth(stack.count + tree.height - lifted, at: start)
        tree.place = YAMLPlace(start: start, children: tree.place.children)
        try add(tree)
    }

    private mutating func open(_ events: borrowing YAMLEvents, isMapping: Bool) throws(SourceProblem) {
        let start = events.start
        if let last = stack.last, case .key = last.slot { throw Self.unsupportedKey(at: start) }
        try checkDepth(stack.count + 1, at: start)
        switch events.tag.map({ YAMLTag($0) }) {
        case nil, .nonSpecific: break
        case .map where isMapping: break
        case .sequence where !isMapping: break
        default: throw Self.unsupportedTag(events.tag, at: start)
        }
        let opening = try opening(events)
        let frame = YAMLFrame(
            isMapping: isMapping, start: start, anchor: opening, nodesBefore: nodes, textBytesBefore: textBytes)
        try count(nodes: 1, textBytes: 0, at: start)
        stack.append(frame)
    }

    private mutating func opening(_ events: borrowing YAMLEvents) throws(SourceProblem) -> YAMLAnchors.Opening? {
        guard let name = events.anchor else { return nil }
        return try anchors.open(name, at: events.start)
    }

    private mutating func close() throws(SourceProblem) {
        guard var frame = stack.popLast() else { return }
        let (value, places) = frame.close(keepsPlaces: keepsPlaces)
        let tree = YAMLTree(
            value: value, text: nil, place: YAMLPlace(start: frame.start, children: places), height: frame.height + 1,
            nodes: nodes - frame.nodesBefore, textBytes: textBytes - frame.textBytesBefore)
        if let opening = frame.anchor { anchors.close(opening, tree) }
        try add(tree)
    }

    /// Gives a finished value to the container around it.
    private mutating func add(_ tree: YAMLTree) throws(SourceProblem) {
        guard let last = stack.indices.last else {
            root = tree
            return
        }
        switch stack[last].slot {
        case .element: stack[last].addElement(tree, keepsPlaces: keepsPlaces)
        case .member(let key, let start, nil): stack[last].addMember(key, start: start, tree, keepsPlaces: keepsPlaces)
        case .member(let key, let start, let first?):
            guard repetitions.count < JSONParser.maxDuplicates else {
                throw SourceProblem(
                    "repeated-key", "the name \"\(key.prefix(64))\" appears twice in one object",
                    hint: "remove one; the file repeats \(JSONParser.maxDuplicates) names before this one",
                    at: .scalar(start))
            }
            let isSameMeaning = stack[last].members[first].value.isEqual(to: tree.value)
            let object = JSONPointer(stack.dropLast().map(\.token))
            repetitions.append(
                Repetition(object: object, key: key, start: start, isSameMeaning: isSameMeaning))
            stack[last].skipMember()
        case .merge(let start):
            guard stack[last].addMerged(tree) else {
                throw SourceProblem(
                    "invalid-merge", "\"<<\" takes in neither a mapping nor a list of mappings",
                    hint: "put the key in quotes if a name is meant", at: .scalar(start))
            }
        case .key: throw Self.unsupportedKey(at: tree.place.start)
        }
    }

    // MARK: Limits

    private mutating func count(nodes: Int, textBytes: Int, at start: Int) throws(SourceProblem) {
        // Both summands are at most what passed this check before, so the sums are far from overflowing.
        self.nodes += nodes
        self.textBytes += textBytes
        guard self.nodes <= limits.maxNodes else {
            throw SourceProblem(
                "too-large", "more than \(limits.maxNodes) values\(nodes > 1 ? " once aliases are written out" : "")",
                at: .scalar(start))
        }
    }

    /// Aliases may at most double the text of the largest file.
    private func checkText(at start: Int) throws(SourceProblem) {
        guard textBytes / 2 <= limits.maxBytes else {
            throw SourceProblem(
                "too-large", "more than \(limits.maxBytes) bytes once aliases are written out", at: .scalar(start))
        }
    }

    private func checkDepth(_ depth: Int, at start: Int) throws(SourceProblem) {
        guard depth <= limits.maxDepth else {
            throw SourceProblem(
                "too-deep", "nested deeper than \(limits.maxDepth) levels", hint: SourceDocument.depthHint,
                at: .scalar(start))
        }
    }

    /// libyaml compares every tag directive with all others.
    private static func checkDirectives(_ text: SourceText) throws(SourceProblem) {
        let bytes = text.bytes.span
        var count = 0
        for index in text.start..<bytes.count where bytes[index] == 0x25 {
            guard index == text.start || isBreak(bytes, endingAt: index - 1) else { continue }
            count += 1
            if count > 64 {
                throw SourceProblem("invalid-yaml", "more than 64 directives", at: .byte(index - text.start))
            }
        }
    }

    /// Whether a line break of YAML 1.1 (§4.2) ends here: also U+0085, U+2028 and U+2029.
    private static func isBreak(_ bytes: Span<UInt8>, endingAt index: Int) -> Bool {
        switch bytes[index] {
        case 0x0A, 0x0D: true
        case 0x85: index >= 1 && bytes[index - 1] == 0xC2
        case 0xA8, 0xA9: index >= 2 && bytes[index - 1] == 0x80 && bytes[index - 2] == 0xE2
        default: false
        }
    }

    // MARK: Problems

    private static func tree(_ value: JSONValue, _ text: String, start: Int) -> YAMLTree {
        YAMLTree(
            value: value, text: text, place: YAMLPlace(start: start, children: []), height: 0, nodes: 1,
            textBytes: text.utf8.count)
    }

    private static func unsupportedTag(_ tag: String?, at start: Int) -> SourceProblem {
        SourceProblem(
            "unsupported-tag", "the tag \"\((tag ?? "").prefix(64))\" has no meaning here",
            hint: "write the value as a plain string, number, list or mapping", at: .scalar(start))
    }

    private static func unsupportedKey(at start: Int) -> SourceProblem {
        SourceProblem(
            "unsupported-key", "a key must be a scalar", hint: "JSON objects have strings for names",
            at: .scalar(start))
    }
}
