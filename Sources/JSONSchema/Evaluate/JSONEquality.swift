import JSON

/// Equality of ``JSONValue/isEqual(to:)`` within a budget, and linear also for large objects and arrays.
enum JSONEquality {
    /// Levels below which values are taken to exceed the budget.
    private static let maxDepth = 512

    /// - Parameter steps: falls below 0 when the budget ran out; the answer has no meaning then.
    static func areEqual(_ left: JSONValue, _ right: JSONValue, steps: inout Int, depth: Int = 0) -> Bool {
        steps -= 1
        guard depth < maxDepth else {
            steps = -1
            return false
        }
        guard steps >= 0 else { return false }
        switch (left, right) {
        case (.number(let left), .number(let right)):
            if left == right { return true }
            steps -= left.text.utf8.count + right.text.utf8.count
            return steps >= 0 && left.decimal == right.decimal
        case (.array(let left), .array(let right)):
            guard left.count == right.count else { return false }
            for position in left.indices {
                let isEqual = areEqual(left[position], right[position], steps: &steps, depth: depth + 1)
                guard isEqual else { return false }
            }
            return true
        case (.object(let left), .object(let right)):
            return areEqual(left, right, steps: &steps, depth: depth)
        default: return left == right
        }
    }

    private static func areEqual(_ left: JSONObject, _ right: JSONObject, steps: inout Int, depth: Int) -> Bool {
        guard left.count == right.count else { return false }
        var positions: [ByteKey: Int]?
        for position in left.indices {
            let member = left[position]
            var other = position
            if !member.key.hasSameBytes(as: right[position].key) {
                let table = positions ?? index(right)
                positions = table
                guard let found = table[ByteKey(member.key)] else { return false }
                other = found
            }
            let isEqual = areEqual(member.value, right[other].value, steps: &steps, depth: depth + 1)
            guard isEqual else { return false }
        }
        return true
    }

    private static func index(_ object: JSONObject) -> [ByteKey: Int] {
        Dictionary(object.enumerated().map { (ByteKey($1.key), $0) }) { first, _ in first }
    }

    /// The first item that equals an earlier one, nil when all differ or the budget ran out.
    static func firstRepeated(_ array: [JSONValue], steps: inout Int) -> (first: Int, second: Int)? {
        var seen: [Int: [Int]] = [:]
        for (second, item) in array.enumerated() {
            var hasher = Hasher()
            hash(item, into: &hasher, steps: &steps, depth: 0)
            guard steps >= 0 else { return nil }
            let hash = hasher.finalize()
            for first in seen[hash, default: []] {
                if areEqual(array[first], item, steps: &steps) { return steps >= 0 ? (first, second) : nil }
            }
            seen[hash, default: []].append(second)
        }
        return nil
    }

    /// Feeds a value so that equal values feed alike.
    private static func hash(_ value: JSONValue, into hasher: inout Hasher, steps: inout Int, depth: Int) {
        steps -= 1
        guard depth < maxDepth else {
            steps = -1
            return
        }
        guard steps >= 0 else { return }
        switch value {
        case .number(let number):
            steps -= number.text.utf8.count
            hasher.combine(number.decimal)
        case .array(let array):
            hasher.combine(array.count)
            for item in array { hash(item, into: &hasher, steps: &steps, depth: depth + 1) }
        case .object(let object):
            // The order of members must not matter.
            var sum = 0
            for member in object {
                var inner = Hasher()
                inner.combine(member.key)
                hash(member.value, into: &inner, steps: &steps, depth: depth + 1)
                sum &+= inner.finalize()
            }
            hasher.combine(object.count)
            hasher.combine(sum)
        case .string, .bool, .null: hasher.combine(value)
        }
    }
}
