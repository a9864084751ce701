/// A matcher for programs that read in at most 63 places: the set of live states is one machine word.
///
/// State `i` waits for the i-th consuming instruction; the last bit says that the match is complete. What follows
/// a state is worked out beforehand for each kind of place that the program's assertions can tell apart.
struct PatternBits: Sendable {
    private static let matched: UInt64 = 1 << 63

    /// States that accept an ASCII code.
    private let accepting: [UInt64]
    private let stateSets: [Int]
    private let sets: [ScalarSet]
    /// States before any scalar is read, by place.
    private let start: [UInt64]
    /// States after a state accepted, by place and state.
    private let follow: [UInt64]
    /// The kinds of place that matter.
    private let places: UInt8

    /// - Returns: nil when the program reads in more than 63 places.
    init?(_ program: PatternProgram) {
        var stateOf: [Int: Int] = [:]
        var stateSets: [Int] = []
        var consuming: [Int] = []
        var places: PatternPlace = []
        for (index, instruction) in program.instructions.enumerated() {
            switch instruction {
            case .consume(let set):
                guard consuming.count < 63 else { return nil }
                stateOf[index] = consuming.count
                consuming.append(index)
                stateSets.append(set)
            case .assert(.start): places.insert(.start)
            case .assert(.end): places.insert(.end)
            case .assert: places.insert(.boundary)
            default: break
            }
        }
        var start: [UInt64] = []
        var follow: [UInt64] = []
        for place in 0...places.rawValue {
            func states(from index: Int) -> UInt64 {
                var states: UInt64 = 0
                program.closure(from: index, at: PatternPlace(rawValue: place)) { reached in
                    states |= stateOf[reached].map { 1 << UInt64($0) } ?? Self.matched
                }
                return states
            }
            start.append(states(from: 0))
            for index in consuming { follow.append(states(from: index + 1)) }
        }
        var accepting = Array(repeating: UInt64(0), count: 128)
        for (state, set) in stateSets.enumerated() {
            for (word, bits) in [program.sets[set].low, program.sets[set].high].enumerated() {
                var open = bits
                while open != 0 {
                    accepting[word * 64 + open.trailingZeroBitCount] |= 1 << UInt64(state)
                    open &= open - 1
                }
            }
        }
        self.accepting = accepting
        self.stateSets = stateSets
        self.sets = program.sets
        self.start = start
        self.follow = follow
        self.places = places.rawValue
    }

    func isMatch(in text: String, steps: inout Int) -> Bool? {
        var scalars = text.unicodeScalars.makeIterator()
        var next = scalars.next()
        var place = Int(PatternPlace(between: nil, and: next).rawValue & places)
        var states = start[place]
        while states & Self.matched == 0, let scalar = next {
            steps -= 1 + states.nonzeroBitCount
            guard steps >= 0 else { return nil }
            next = scalars.next()
            if places != 0 { place = Int(PatternPlace(between: scalar, and: next).rawValue & places) }
            var accepted = accepted(scalar, from: states)
            states = start[place]
            let row = place * stateSets.count
            while accepted != 0 {
                states |= follow[row + accepted.trailingZeroBitCount]
                accepted &= accepted - 1
            }
            // Only the start of the text lets a program in that begins with `^`.
            if states == 0 && places & PatternPlace.boundary.rawValue == 0 && !canStart(in: place) { return false }
        }
        return states & Self.matched != 0
    }

    @inline(__always)
    private func accepted(_ scalar: Unicode.Scalar, from states: UInt64) -> UInt64 {
        if scalar.value < 128 { return states & accepting[Int(scalar.value)] }
        var accepted: UInt64 = 0
        var open = states
        while open != 0 {
            let state = open.trailingZeroBitCount
            open &= open - 1
            if sets[stateSets[state]].contains(scalar) { accepted |= 1 << UInt64(state) }
        }
        return accepted
    }

    /// Whether a match can begin later in the text.
    private func canStart(in place: Int) -> Bool {
        let end = Int(PatternPlace.end.rawValue & places)
        return start[0] != 0 || start[end] != 0
    }
}
