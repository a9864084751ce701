/// An expression as instructions of a nondeterministic automaton (Thompson's construction).
struct PatternProgram: Sendable {
    enum Instruction: Sendable {
        /// One scalar of the set, then the next instruction.
        case consume(set: Int)
        /// Both ways.
        case split(Int, Int)
        case jump(Int)
        /// The next instruction, where the assertion holds.
        case assert(PatternAssertion)
        case match
    }

    private(set) var instructions: [Instruction] = []
    let sets: [ScalarSet]
    private let limit: Int

    init(_ root: PatternNode, sets: [ScalarSet], limit: Int) throws(PatternError) {
        self.sets = sets
        self.limit = limit
        try emit(root)
        try append(.match)
    }

    /// The instructions that read a scalar or end the match, reachable from `start` without reading at a place.
    func closure(from start: Int, at place: PatternPlace, visit: (Int) -> Void) {
        var seen = Array(repeating: false, count: instructions.count)
        var open = [start]
        while let index = open.popLast() {
            if seen[index] { continue }
            seen[index] = true
            switch instructions[index] {
            case .consume, .match: visit(index)
            case .jump(let target): open.append(target)
            case .split(let first, let second):
                open.append(second)
                open.append(first)
            case .assert(let assertion): if place.satisfies(assertion) { open.append(index + 1) }
            }
        }
    }

    private mutating func append(_ instruction: Instruction) throws(PatternError) {
        guard instructions.count < limit else {
            throw PatternError(
                code: .tooLarge, offset: 0, message: "the expression needs more than \(limit) automaton instructions")
        }
        instructions.append(instruction)
    }

    private mutating func emit(_ node: PatternNode) throws(PatternError) {
        switch node {
        case .empty: break
        case .set(let set): try append(.consume(set: set))
        case .assertion(let assertion): try append(.assert(assertion))
        case .sequence(let nodes): for node in nodes { try emit(node) }
        case .alternation(let nodes): try emitAlternation(nodes)
        case .repetition(let node, let min, let max): try emitRepetition(node, min: min, max: max)
        }
    }

    private mutating func emitAlternation(_ nodes: [PatternNode]) throws(PatternError) {
        var ends: [Int] = []
        for (position, node) in nodes.enumerated() {
            let split = instructions.count
            let isLast = position == nodes.count - 1
            if !isLast { try append(.jump(0)) }
            try emit(node)
            if !isLast {
                ends.append(instructions.count)
                try append(.jump(0))
                instructions[split] = .split(split + 1, instructions.count)
            }
        }
        for end in ends { instructions[end] = .jump(instructions.count) }
    }

    private mutating func emitRepetition(_ node: PatternNode, min: Int, max: Int?) throws(PatternError) {
        let before = instructions.count
        if min > 0 {
            try emit(node)
            // What has no instructions stays empty however often it is repeated.
            if instructions.count == before { return }
            for _ in 1..<min { try emit(node) }
        }
        guard let max else {
            let split = instructions.count
            try append(.jump(0))
            try emit(node)
            try append(.jump(split))
            instructions[split] = .split(split + 1, instructions.count)
            return
        }
        var splits: [Int] = []
        for _ in min..<max {
            splits.append(instructions.count)
            try append(.jump(0))
            try emit(node)
        }
        for split in splits { instructions[split] = .split(split + 1, instructions.count) }
    }
}
