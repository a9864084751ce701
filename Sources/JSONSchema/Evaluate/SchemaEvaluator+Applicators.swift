import JSON

extension SchemaEvaluator {
    mutating func checkAny(_ id: NodeID, _ slice: Slice, _ value: JSONValue, marks: Int) -> Bool {
        var isValid = true
        for position in slice.range {
            let fits: Bool
            switch program.checks[position] {
            case .const(let index): fits = checkConst(id, Int(index), value)
            case .enumeration(let index): fits = checkEnumeration(id, Int(index), value)
            case .reference(let node): fits = evaluate(node, value, marks: marks)
            case .dynamicReference(let index): fits = evaluate(target(Int(index)), value, marks: marks)
            case .allOf(let slice): fits = checkAll(slice, value, marks: marks)
            case .anyOf(let slice): fits = checkAnyOf(id, slice, value, marks: marks)
            case .oneOf(let slice): fits = checkOneOf(id, slice, value, marks: marks)
            case .not(let node): fits = checkNot(id, node, value)
            case .condition(let index): fits = checkCondition(Int(index), value, marks: marks)
            default: fits = true
            }
            if !fits {
                isValid = false
                if !collects || isExhausted { return false }
            }
        }
        return isValid
    }

    private mutating func checkConst(_ id: NodeID, _ index: Int, _ value: JSONValue) -> Bool {
        let expected = program.values[index]
        if JSONEquality.areEqual(value, expected, steps: &steps) { return true }
        guard spend(0), collects else { return false }
        fail(id, "const", "must be \(Self.shown(expected))")
        return false
    }

    private mutating func checkEnumeration(_ id: NodeID, _ index: Int, _ value: JSONValue) -> Bool {
        let enumeration = program.enumerations[index]
        if case .string(let string) = value {
            if enumeration.strings.find(string, steps: &steps) != nil { return true }
        } else {
            for other in enumeration.others where JSONEquality.areEqual(value, other, steps: &steps) { return true }
        }
        guard spend(1), collects else { return false }
        failEnumeration(id, enumeration.all)
        return false
    }

    /// 2020-12 core §8.2.3.2: the outermost resource under way that has the dynamic anchor.
    private func target(_ index: Int) -> NodeID {
        let reference = program.dynamicReferences[index]
        for resource in scope {
            let node = program.dynamicAnchors[Int(resource)][Int(reference.name)]
            if node >= 0 { return node }
        }
        return reference.target
    }

    private mutating func checkAll(_ slice: Slice, _ value: JSONValue, marks: Int) -> Bool {
        var isValid = true
        for position in slice.range where !evaluate(program.children[position], value, marks: marks) {
            isValid = false
            if !collects || isExhausted { return false }
        }
        return isValid
    }

    /// Applies a schema whose failure is no failure yet: then it leaves no marks.
    private mutating func attempt(_ node: NodeID, _ value: JSONValue, marks index: Int) -> Bool {
        guard index >= 0 else { return evaluate(node, value, marks: index) }
        let before = marks[index]
        if evaluate(node, value, marks: index) { return true }
        marks[index] = before
        return false
    }

    private mutating func checkAnyOf(_ id: NodeID, _ slice: Slice, _ value: JSONValue, marks: Int) -> Bool {
        let kept = failures.count
        var attempts: [[SchemaFailure]] = []
        var isValid = false
        for position in slice.range {
            if attempt(program.children[position], value, marks: marks) {
                isValid = true
                // All that fit count as evaluated where someone asks.
                if marks < 0 { break }
            }
            if isExhausted { return false }
            if collects { attempts.append(takeFailures(from: kept)) }
        }
        failures.removeLast(failures.count - kept)
        if !isValid && collects { failAlternatives(id, "anyOf", "at least one", attempts) }
        return isValid
    }

    private mutating func checkOneOf(_ id: NodeID, _ slice: Slice, _ value: JSONValue, marks index: Int) -> Bool {
        let kept = failures.count
        let before = index >= 0 ? marks[index] : Marks()
        var attempts: [[SchemaFailure]] = []
        var fitting = 0
        for position in slice.range {
            if attempt(program.children[position], value, marks: index) {
                fitting += 1
                if fitting > 1 { break }
            }
            if isExhausted { return false }
            if collects { attempts.append(takeFailures(from: kept)) }
        }
        failures.removeLast(failures.count - kept)
        if fitting == 1 { return true }
        if index >= 0 { marks[index] = before }
        guard collects else { return false }
        if fitting == 0 {
            failAlternatives(id, "oneOf", "one", attempts)
        } else {
            fail(id, "oneOf", "must fit exactly one of \(slice.count) alternatives, but fits more")
        }
        return false
    }

    private mutating func takeFailures(from kept: Int) -> [SchemaFailure] {
        let taken = Array(failures[kept...])
        failures.removeLast(taken.count)
        return taken
    }

    /// Says that no alternative fits, and what is missing for the one that came closest: the one whose failures lie
    /// deepest, then the one with the fewest, if that is one alone.
    private mutating func failAlternatives(
        _ id: NodeID, _ keyword: String, _ quantity: String, _ attempts: [[SchemaFailure]]
    ) {
        func depth(_ failures: [SchemaFailure]) -> Int {
            failures.map(\.instance.tokens.count).min() ?? 0
        }
        let deepest = attempts.map(depth).max() ?? 0
        let candidates = attempts.filter { depth($0) == deepest && !$0.isEmpty }
        let fewest = candidates.map(\.count).min() ?? 0
        let closest = candidates.filter { $0.count == fewest }
        fail(id, keyword, "must fit \(quantity) of \(attempts.count) alternatives")
        guard let best = closest.first else { return }
        if attempts.count == 1 || (closest.count == 1 && deepest > path.count) { failures += best }
    }

    private mutating func checkNot(_ id: NodeID, _ node: NodeID, _ value: JSONValue) -> Bool {
        let kept = failures.count
        let fits = evaluate(node, value, marks: Self.unmarked)
        failures.removeLast(failures.count - kept)
        if isExhausted { return false }
        if fits { fail(id, "not", "must not have the form that the schema excludes") }
        return !fits
    }

    private mutating func checkCondition(_ index: Int, _ value: JSONValue, marks: Int) -> Bool {
        let condition = program.conditions[index]
        let kept = failures.count
        let holds = attempt(condition.test, value, marks: marks)
        failures.removeLast(failures.count - kept)
        if isExhausted { return false }
        let branch = holds ? condition.then : condition.otherwise
        return branch < 0 || evaluate(branch, value, marks: marks)
    }
}
