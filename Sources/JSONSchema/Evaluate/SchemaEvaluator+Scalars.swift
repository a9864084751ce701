import JSON

extension SchemaEvaluator {
    mutating func checkString(_ id: NodeID, _ slice: Slice, _ string: String) -> Bool {
        var isValid = true
        for position in slice.range {
            let fits: Bool
            switch program.checks[position] {
            case .minLength(let min):
                fits = hasLength(string, atLeast: min)
                if !fits { fail(id, "minLength", "must have at least \(Self.counted(min, "character", "characters"))") }
            case .maxLength(let max):
                fits = hasLength(string, atMost: max)
                if !fits { fail(id, "maxLength", "must have at most \(Self.counted(max, "character", "characters"))") }
            case .pattern(let pattern):
                fits = matches(string, pattern)
                if !fits { failPattern(id, pattern) }
            case .format(let format):
                fits = spend(string.utf8.count) && format.isValid(string)
                if !fits { fail(id, "format", "must be \(format.phrase)") }
            default: fits = true
            }
            if !fits {
                isValid = false
                if !collects { return false }
            }
        }
        return isValid
    }

    mutating func matches(_ string: String, _ pattern: Int32) -> Bool {
        guard let isMatch = program.patterns[Int(pattern)].isMatch(in: string, steps: &steps) else {
            isExhausted = true
            return false
        }
        return isMatch
    }

    private mutating func failPattern(_ id: NodeID, _ pattern: Int32) {
        let source = program.patterns[Int(pattern)].source
        fail(id, "pattern", "must match the pattern \(Shown.plain(source))")
    }

    // Lengths are in Unicode scalars, of which each takes one to four bytes.

    private mutating func hasLength(_ string: String, atLeast min: Int) -> Bool {
        let bytes = string.utf8.count
        if bytes < min { return false }
        if (bytes + 3) / 4 >= min { return true }
        return spend(bytes) && string.unicodeScalars.count >= min
    }

    private mutating func hasLength(_ string: String, atMost max: Int) -> Bool {
        let bytes = string.utf8.count
        if bytes <= max { return true }
        if (bytes + 3) / 4 > max { return false }
        return spend(bytes) && string.unicodeScalars.count <= max
    }

    mutating func checkNumber(_ id: NodeID, _ slice: Slice, _ number: JSONNumber) -> Bool {
        guard slice.count > 0 else { return true }
        let int = Int(number.text)
        // An exact value is worked out only where the number is no `Int` as written.
        var decimal: JSONDecimal?
        if int == nil {
            guard spend(number.text.utf8.count) else { return false }
            decimal = number.decimal
        }
        var isValid = true
        for position in slice.range {
            let fits: Bool
            switch program.checks[position] {
            case .bound(let index):
                let bound = program.bounds[Int(index)]
                if let int, let limit = bound.int {
                    fits = Self.isWithin(int, bound.kind, limit)
                } else {
                    fits = Self.isWithin(decimal ?? number.decimal, bound.kind, bound.decimal)
                }
                if !fits && collects { failBound(id, bound) }
            case .multipleOf(let index):
                let divisor = program.divisors[Int(index)]
                if let int, let by = divisor.int, by > 0 {
                    fits = int % by == 0
                } else {
                    fits = isMultiple(decimal ?? number.decimal, of: divisor.decimal)
                }
                if !fits && collects {
                    fail(id, "multipleOf", "must be a multiple of \(Shown.plain(divisor.number.text))")
                }
            default: fits = true
            }
            if !fits {
                isValid = false
                if !collects { return false }
            }
        }
        return isValid
    }

    private static func isWithin<Value: Comparable>(
        _ value: Value, _ kind: SchemaProgram.Bound.Kind, _ limit: Value
    ) -> Bool {
        switch kind {
        case .minimum: value >= limit
        case .maximum: value <= limit
        case .exclusiveMinimum: value > limit
        case .exclusiveMaximum: value < limit
        }
    }

    /// A number too long to divide is not a multiple.
    private mutating func isMultiple(_ value: JSONDecimal, of divisor: JSONDecimal) -> Bool {
        if value.digits.isEmpty { return true }
        let shift = (value.exponent - value.digits.count) - (divisor.exponent - divisor.digits.count)
        // The last digit is not 0, so a value with more places than the divisor has a remainder.
        if shift < 0 { return false }
        guard shift <= 4096 else { return false }
        let digits = value.digits.count + shift
        guard digits <= 8192, spend(digits * (divisor.digits.count + 1)) else { return false }
        return value.isMultiple(of: divisor) ?? false
    }
}
