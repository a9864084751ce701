/// A matcher for programs of any size: all live instructions advance together, each at most once per scalar.
struct PatternThreads: Sendable {
    private let program: PatternProgram

    init(_ program: PatternProgram) {
        self.program = program
    }

    func isMatch(in text: String, steps: inout Int) -> Bool? {
        var live = Live(count: program.instructions.count)
        var open: [Int] = []
        var scalars = text.unicodeScalars.makeIterator()
        var previous: Unicode.Scalar?
        var next = scalars.next()
        var waiting: [Int] = []
        while true {
            live.clear()
            let place = PatternPlace(between: previous, and: next)
            // Whatever accepted the last scalar goes on; a new attempt begins at every place.
            open.removeAll(keepingCapacity: true)
            open.append(0)
            for index in waiting { open.append(index + 1) }
            if follow(&open, at: place, live: &live, steps: &steps) { return true }
            guard steps >= 0 else { return nil }
            guard let scalar = next else { return false }
            waiting.removeAll(keepingCapacity: true)
            for index in live.waiting {
                guard case .consume(let set) = program.instructions[index] else { continue }
                if program.sets[set].contains(scalar) { waiting.append(index) }
            }
            steps -= 1 + live.waiting.count
            guard steps >= 0 else { return nil }
            previous = scalar
            next = scalars.next()
        }
    }

    /// Goes along everything that reads nothing; true when the match is complete.
    private func follow(_ open: inout [Int], at place: PatternPlace, live: inout Live, steps: inout Int) -> Bool {
        while let index = open.popLast() {
            guard live.insert(index) else { continue }
            steps -= 1
            guard steps >= 0 else { return false }
            switch program.instructions[index] {
            case .match: return true
            case .consume: live.waiting.append(index)
            case .jump(let target): open.append(target)
            case .split(let first, let second):
                open.append(second)
                open.append(first)
            case .assert(let assertion): if place.satisfies(assertion) { open.append(index + 1) }
            }
        }
        return false
    }

    /// The instructions reached since the last scalar, emptied in constant time.
    private struct Live {
        var waiting: [Int] = []
        private var seenIn: [Int]
        private var round = 0

        init(count: Int) {
            seenIn = Array(repeating: 0, count: count)
        }

        mutating func clear() {
            round += 1
            waiting.removeAll(keepingCapacity: true)
        }

        mutating func insert(_ index: Int) -> Bool {
            if seenIn[index] == round { return false }
            seenIn[index] = round
            return true
        }
    }
}
