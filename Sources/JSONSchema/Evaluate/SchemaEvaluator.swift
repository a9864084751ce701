import JSON

/// One run of a program over one value.
///
/// There are two manners with one code: deciding stops at the first failure, collecting goes on and writes
/// sentences. Both spend from the same budget, and whatever exceeds it is invalid, also below `not`.
struct SchemaEvaluator {
    enum PathToken {
        case key(String)
        case index(Int)
    }

    let program: SchemaProgram
    let collects: Bool
    var failures: [SchemaFailure] = []
    /// From the root of the value to the part at hand; kept only where failures are collected.
    var path: [PathToken] = []
    var steps: Int
    var isExhausted = false
    /// What was evaluated, for each schema under way that asks.
    var marks: [Marks] = []
    private var depth = 0
    /// Resources under way (2020-12 core §7.1); kept only where a reference depends on it.
    private(set) var scope: [Int32] = []

    /// No schema under way asks what was evaluated.
    static let unmarked = -1

    init(_ program: SchemaProgram, collects: Bool) {
        self.program = program
        self.collects = collects
        steps = program.limits.maxSteps
    }

    mutating func run(_ value: JSONValue) -> Bool {
        let isValid = evaluate(program.root, value, marks: Self.unmarked)
        guard isExhausted else { return isValid }
        failures = [
            SchemaFailure(
                instance: JSONPointer(), keyword: program.pointers[Int(program.root)],
                message: "the value takes too much work to check; make it smaller")
        ]
        return false
    }

    /// Whether a budget is left. Everything is invalid once it is not.
    @inline(__always)
    mutating func spend(_ count: Int) -> Bool {
        steps -= count
        if steps < 0 { isExhausted = true }
        return !isExhausted
    }

    /// Applies a schema to a value.
    ///
    /// - Parameter outer: index in ``marks`` of the schema that asks what this one evaluates.
    mutating func evaluate(_ id: NodeID, _ value: JSONValue, marks outer: Int) -> Bool {
        guard spend(1) else { return false }
        guard depth < program.limits.maxDepth else {
            isExhausted = true
            return false
        }
        let node = program.nodes[Int(id)]
        if node.types != .all, !has(value, node.types) {
            if collects { failType(id, node, value) }
            return false
        }
        depth += 1
        let entersScope = program.hasDynamicScope && scope.last != node.resource
        if entersScope { scope.append(node.resource) }
        var inner = outer
        if node.asksUnevaluated {
            marks.append(Marks())
            inner = marks.count - 1
        }
        let isValid = check(id, node, value, marks: inner)
        if node.asksUnevaluated, let own = marks.popLast(), isValid, outer >= 0 { marks[outer].formUnion(own) }
        if entersScope { scope.removeLast() }
        depth -= 1
        return isValid
    }

    private mutating func check(_ id: NodeID, _ node: SchemaNode, _ value: JSONValue, marks: Int) -> Bool {
        var isValid: Bool
        switch value {
        case .null, .bool: isValid = true
        case .string(let string): isValid = checkString(id, node.string, string)
        case .number(let number): isValid = checkNumber(id, node.number, number)
        case .array(let array): isValid = checkArray(id, node.array, array, marks: marks)
        case .object(let object): isValid = checkObject(id, node.object, object, marks: marks)
        }
        guard isValid || collects else { return false }
        if node.any.count > 0 {
            isValid = checkAny(id, node.any, value, marks: marks) && isValid
            guard isValid || collects else { return false }
        }
        // What a failed schema has evaluated is not known, so nothing is said of the rest.
        if node.last.count > 0 && isValid { isValid = checkLast(id, node.last, value, marks: marks) }
        return isValid && !isExhausted
    }

    private func has(_ value: JSONValue, _ types: TypeSet) -> Bool {
        switch value {
        case .null: return types.contains(.null)
        case .bool: return types.contains(.boolean)
        case .string: return types.contains(.string)
        case .array: return types.contains(.array)
        case .object: return types.contains(.object)
        case .number(let number):
            if types.contains(.number) { return true }
            if types.isDisjoint(with: .number) { return false }
            return Self.isInteger(number) == types.contains(.integer)
        }
    }

    /// Whether the number has no fraction, without its digits where the text shows it.
    private static func isInteger(_ number: JSONNumber) -> Bool {
        for byte in number.text.utf8 where byte == 0x2E || byte | 0x20 == 0x65 { return number.isInteger }
        return true
    }

    // MARK: Results of other keywords

    mutating func checkLast(_ id: NodeID, _ slice: Slice, _ value: JSONValue, marks index: Int) -> Bool {
        var isValid = true
        for position in slice.range {
            switch (program.checks[position], value) {
            case (.unevaluatedItems(let node), .array(let array)):
                for (position, item) in array.enumerated() where !marks[index].contains(position) {
                    guard evaluateItem(node, item, at: position) else {
                        isValid = false
                        if collects { continue } else { return false }
                    }
                }
                marks[index].insertAll()
            case (.unevaluatedProperties(let node), .object(let object)):
                for (position, member) in object.enumerated() where !marks[index].contains(position) {
                    guard evaluateMember(node, member, unknownBy: .unevaluatedProperties, of: id) else {
                        isValid = false
                        if collects { continue } else { return false }
                    }
                }
                marks[index].insertAll()
            default: break
            }
        }
        return isValid
    }

    /// Applies a schema to an item. A part has marks of its own, so none are handed down.
    mutating func evaluateItem(_ node: NodeID, _ item: JSONValue, at position: Int) -> Bool {
        if collects { path.append(.index(position)) }
        let isValid = evaluate(node, item, marks: Self.unmarked)
        if collects { path.removeLast() }
        return isValid
    }

    /// Applies a schema to a member.
    ///
    /// - Parameter keyword: which keyword speaks for names that no other knows; nil where the name is known.
    mutating func evaluateMember(
        _ node: NodeID, _ member: JSONObject.Member, unknownBy keyword: Keyword?, of parent: NodeID
    ) -> Bool {
        guard collects else { return evaluate(node, member.value, marks: Self.unmarked) }
        path.append(.key(member.key))
        defer { path.removeLast() }
        if let keyword, program.nodes[Int(node)].isNever {
            _ = spend(1)
            fail(
                parent, keyword.rawValue, subject: Shown.plain(member.key), "is not a known property here; leave it out"
            )
            return false
        }
        return evaluate(node, member.value, marks: Self.unmarked)
    }
}
