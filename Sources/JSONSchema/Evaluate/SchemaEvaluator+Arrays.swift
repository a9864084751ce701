import JSON

extension SchemaEvaluator {
    mutating func checkArray(_ id: NodeID, _ slice: Slice, _ array: [JSONValue], marks: Int) -> Bool {
        var isValid = true
        for position in slice.range {
            let fits: Bool
            switch program.checks[position] {
            case .items(let first, let rest): fits = checkItems(first, rest, array, marks: marks)
            case .minItems(let min):
                fits = array.count >= min
                if !fits { fail(id, "minItems", "must have at least \(Self.counted(min, "item", "items"))") }
            case .maxItems(let max):
                fits = array.count <= max
                if !fits { fail(id, "maxItems", "must have at most \(Self.counted(max, "item", "items"))") }
            case .uniqueItems: fits = checkUnique(id, array)
            case .contains(let index): fits = checkContains(id, program.contains[Int(index)], array, marks: marks)
            default: fits = true
            }
            if !fits {
                isValid = false
                if !collects { return false }
            }
        }
        return isValid
    }

    private mutating func checkItems(_ first: Slice, _ rest: NodeID, _ array: [JSONValue], marks index: Int) -> Bool {
        var isValid = true
        let count = rest >= 0 ? array.count : min(array.count, Int(first.count))
        for position in 0..<count {
            let isFirst = position < Int(first.count)
            let node = isFirst ? program.children[Int(first.start) + position] : rest
            if !evaluateItem(node, array[position], at: position) {
                isValid = false
                if !collects || isExhausted { return false }
            }
            if index >= 0 && isFirst { marks[index].insert(position) }
        }
        if index >= 0 && rest >= 0 { marks[index].insertAll() }
        return isValid
    }

    private mutating func checkContains(
        _ id: NodeID, _ contains: SchemaProgram.Contains, _ array: [JSONValue], marks index: Int
    ) -> Bool {
        var found = 0
        let isMarking = index >= 0 && contains.marks
        let kept = failures.count
        for position in array.indices {
            if evaluateItem(contains.node, array[position], at: position) {
                found += 1
                if isMarking { marks[index].insert(position) }
                if found > contains.max { break }
                if found >= contains.min && contains.max == .max && !isMarking { break }
            }
            if isExhausted { return false }
        }
        failures.removeLast(failures.count - kept)
        if found < contains.min {
            let keyword = found == 0 && contains.min == 1 ? "contains" : "minContains"
            let items = Self.counted(contains.min, "item", "items")
            fail(id, keyword, "must contain at least \(items) of the described form")
            return false
        }
        if found > contains.max {
            let items = Self.counted(contains.max, "item", "items")
            fail(id, "maxContains", "must contain at most \(items) of the described form")
            return false
        }
        return true
    }

    private mutating func checkUnique(_ id: NodeID, _ array: [JSONValue]) -> Bool {
        guard let repeated = JSONEquality.firstRepeated(array, steps: &steps) else {
            if steps < 0 { isExhausted = true }
            return !isExhausted
        }
        fail(id, "uniqueItems", "must not repeat an item; items \(repeated.first) and \(repeated.second) are equal")
        return false
    }
}
