/// The commonest shape of a pattern, one set repeated from the start of the text to its end: `^[a-z]{1,64}$`.
struct PatternRun: Sendable {
    private let set: ScalarSet
    private let min: Int
    private let max: Int

    /// - Returns: nil when the expression has another shape.
    init?(_ root: PatternNode, sets: [ScalarSet]) {
        guard case .sequence(let terms) = root, terms.count == 3,
            case .assertion(.start) = terms[0], case .assertion(.end) = terms[2]
        else { return nil }
        switch terms[1] {
        case .set(let set): (self.set, min, max) = (sets[set], 1, 1)
        case .repetition(.set(let set), let min, let max):
            (self.set, self.min, self.max) = (sets[set], min, max ?? .max)
        default: return nil
        }
    }

    func isMatch(in text: String, steps: inout Int) -> Bool? {
        var count = 0
        for scalar in text.unicodeScalars {
            steps -= 1
            guard steps >= 0 else { return nil }
            guard set.contains(scalar), count < max else { return false }
            count += 1
        }
        return count >= min
    }
}
