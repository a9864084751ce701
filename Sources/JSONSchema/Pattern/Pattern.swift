/// A regular expression of ECMA-262 with the `u` flag, matched anywhere in a text unless it is anchored.
///
/// Matching takes time in the product of text and program, whatever the expression: there is no backtracking.
/// What a finite automaton cannot do is refused: back-references, look-ahead, look-behind. Beyond the `u` grammar,
/// `\` before any ASCII punctuation stands for that character, and a brace that starts no quantifier for itself,
/// since many published schemas write them and no other reading exists.
package struct Pattern: Sendable {
    package struct Limits: Sendable {
        /// Instructions after bounded repetitions are written out.
        package var maxProgram: Int
        /// Groups inside groups.
        package var maxNesting: Int

        package init(maxProgram: Int = 8192, maxNesting: Int = 100) {
            self.maxProgram = maxProgram
            self.maxNesting = maxNesting
        }
    }

    /// The way to match, the cheapest that the expression allows.
    enum Engine: Sendable {
        case run(PatternRun)
        case bits(PatternBits)
        case threads(PatternThreads)
    }

    package let source: String
    let engine: Engine

    /// - Throws: ``PatternError`` where the source is no expression, asks for what is not supported or is too large.
    package init(_ source: String, limits: Limits = Limits()) throws(PatternError) {
        let (root, sets) = try PatternParser.parse(source, maxNesting: limits.maxNesting)
        let engine: Engine
        if let run = PatternRun(root, sets: sets) {
            engine = .run(run)
        } else {
            let program = try PatternProgram(root, sets: sets, limit: limits.maxProgram)
            if let bits = PatternBits(program) {
                engine = .bits(bits)
            } else {
                engine = .threads(PatternThreads(program))
            }
        }
        self.init(source: source, engine: engine)
    }

    init(source: String, engine: Engine) {
        self.source = source
        self.engine = engine
    }

    /// Whether some part of the text matches.
    package func isMatch(in text: String) -> Bool {
        var steps = Int.max
        return isMatch(in: text, steps: &steps) ?? false
    }

    /// Whether some part of the text matches, within a budget.
    ///
    /// - Parameter steps: what may still be spent; each scalar read and each state advanced takes one.
    /// - Returns: nil when the budget ran out before the answer was known.
    package func isMatch(in text: String, steps: inout Int) -> Bool? {
        switch engine {
        case .run(let run): run.isMatch(in: text, steps: &steps)
        case .bits(let bits): bits.isMatch(in: text, steps: &steps)
        case .threads(let threads): threads.isMatch(in: text, steps: &steps)
        }
    }
}
