/// A pattern of words that, with others, shows that a text steers a model.
struct Cue: Sendable {
    /// How one word of the pattern follows the one before it: at most so many words between them.
    struct Step: Sendable {
        var wording: Wording
        var gap: Int
    }

    /// What it does, for a reviewer: "asks to conceal something".
    var says: String
    var weight: Int
    /// Whether it only presses ("must", "before using this tool"): ordinary documentation does as well.
    var presses = false
    var first: Wording
    var rest: [Step]

    init(_ says: String, _ weight: Int, _ first: Wording, _ rest: (Int, Wording)..., presses: Bool = false) {
        self.says = says
        self.weight = weight
        self.presses = presses
        self.first = first
        self.rest = rest.map { Step(wording: $1, gap: $0) }
    }

    /// Where the pattern ends when it begins with a word, within the sentence.
    ///
    /// What a sentence forbids ("do not include the whole conversation") is not asked for.
    /// - Complexity: constant; each step takes the first word that fits.
    func match(_ words: [SteeringWord], at start: Int) -> Int? {
        guard !words[start].wording.isDisjoint(with: first) else { return nil }
        if first.isDisjoint(with: [.forbids, .without]), isForbidden(words, start) { return nil }
        var place = start
        for step in rest {
            let reach = words[(place + 1)..<min(words.count, place + 2 + step.gap)].prefix { !$0.opens }
            guard let found = reach.firstIndex(where: { !$0.wording.isDisjoint(with: step.wording) }) else {
                return nil
            }
            place = found
        }
        return place
    }

    private func isForbidden(_ words: [SteeringWord], _ start: Int) -> Bool {
        var place = start
        while place > 0, start - place < 2, !words[place].opens {
            place -= 1
            if !words[place].wording.isDisjoint(with: [.forbids, .not]) { return true }
        }
        return false
    }
}
