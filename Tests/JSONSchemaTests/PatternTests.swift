import TestSupport
import Testing

@testable import JSONSchema

struct Patterns {
    static let matching: [(pattern: String, text: String, isMatch: Bool)] = [
        ("", "", true), ("a", "bab", true), ("^a", "ba", false), ("a$", "ab", false), ("a$", "a\n", false),
        ("^$", "", true), ("^$", "x", false), ("a|b|", "", true), ("^(a|bc)+$", "abcbca", true),
        ("^(a|bc)+$", "abcb", false), ("^a{2,3}$", "a", false), ("^a{2,3}$", "aaa", true), ("^a{2,3}$", "aaaa", false),
        ("^a{2,}$", "aaaaa", true), ("^a{0}$", "", true), ("^(ab?){2}$", "aba", true), ("^a*?b+?$", "aabb", true),
        (".", "\n", false), (".", "\u{2028}", false), ("^.$", "\u{1F432}", true), ("^🐲*$", "🐲🐲", true),
        ("^[^a]$", "b", true), ("^[^a]$", "a", false), ("^[a-cx]+$", "abxc", true), ("[]", "a", false),
        ("^[^]$", "\n", true), ("^[\\]\\-a]+$", "a-]", true), ("^[a-]+$", "-a", true), ("^[\\b]$", "\u{8}", true),
        ("^\\d$", "٣", false), ("^\\w+$", "aZ_9", true), ("^\\w$", "é", false), ("^\\W$", "é", true),
        ("^\\s$", "\u{FEFF}", true), ("^\\s$", "\u{3000}", true), ("^\\S$", "\u{A0}", false), ("^[\\D]$", "5", false),
        ("\\bfoo\\b", "a foo b", true), ("\\bfoo\\b", "afoo", false), ("\\Boo", "foo", true), ("\\Boo", "oo", false),
        ("^\\u0041\\x42\\u{43}\\cJ\\0$", "ABC\n\0", true), ("^\\uD83D\\uDC32$", "🐲", true),
        ("^[\\u0020-\\uD7FF\\uE000-\\uFFFD\\uD800\\uDC00-\\uDBFF\\uDFFF]$", "🐲", true),
        ("^\\p{Lu}$", "Ä", true), ("^\\P{Lu}$", "Ä", false), ("^[\\p{L}\\d]+$", "aß1", true),
        ("^\\p{Script=Greek}+$", "λόγος", true), ("^\\p{sc=Cyrl}$", "λ", false), ("^\\p{gc=Nd}$", "٣", true),
        ("^[^\\p{ASCII}]$", "é", true), ("^\\p{Emoji}$", "🐲", true),
        ("^(?:a(?<name>b))+$", "abab", true), ("^(^a)$", "a", true), ("(^)*b", "ab", true),
        ("a\\/b\\_\\@", "a/b_@", true),
        ("^{id}$", "{id}", true), ("^(a?){3}a{3}$", "aaa", true), ("(a*)*$", "b", true), ("x$|^y", "yx", true),
        ("^a.{70}b$", "a" + String(repeating: "é", count: 70) + "b", true),
        ("^a.{70}b$", "a" + String(repeating: "é", count: 69) + "b", false),
        ("^[a-z]{0,4096}$", String(repeating: "q", count: 4096), true),
        ("^[a-z]{0,4096}$", String(repeating: "q", count: 4097), false),
        // A letter with a combining mark is two scalars, whatever Swift calls a character.
        ("^e.$", "e\u{301}", true), ("^é$", "e\u{301}", false),
    ]

    @Test(arguments: matching.indices)
    func `match as ECMA-262 says`(index: Int) throws {
        let (pattern, text, isMatch) = Self.matching[index]
        #expect(try Pattern(pattern).isMatch(in: text) == isMatch, "\(pattern) on \(text)")
    }

    static let refused: [(String, PatternError.Code)] = [
        ("(", .syntax), (")", .syntax), ("(a", .syntax), ("[a", .syntax), ("a]", .syntax), ("*", .syntax),
        ("a**", .syntax),
        ("a++", .syntax), ("{1}", .syntax), ("a{2,1}", .syntax), ("a{,5}", .syntax), ("a{1", .syntax), ("\\", .syntax),
        ("[b-a]", .syntax), ("[a-\\d]", .syntax), ("\\a", .syntax), ("\\A", .syntax), ("\\Z", .syntax),
        ("\\01", .syntax),
        ("\\x1", .syntax), ("\\u12", .syntax), ("\\u{110000}", .syntax), ("\\c1", .syntax), ("(?i)a", .syntax),
        ("(?P<a>b)", .syntax), ("(?<1>b)", .syntax), ("^*", .syntax), ("\\b+", .syntax), ("\\p", .syntax),
        ("[[:alpha:]]", .syntax),
        ("(a)\\1", .backReference), ("(?<a>b)\\k<a>", .backReference),
        ("(?=a)", .lookAround), ("(?!a)b", .lookAround), ("(?<=a)b", .lookAround), ("(?<!a)b", .lookAround),
        ("\\p{Klingon}", .unknownProperty), ("\\p{Script=Runic}", .unknownProperty), ("\\p{lu}", .unknownProperty),
        ("(a{100}){100}", .tooLarge), ("(a?){100000}", .tooLarge),
        (String(repeating: "(", count: 101) + String(repeating: ")", count: 101), .tooLarge),
    ]

    @Test(arguments: refused.indices)
    func `are refused with a code`(index: Int) {
        let (pattern, code) = Self.refused[index]
        #expect("\(pattern)") {
            _ = try Pattern(pattern)
        } throws: { error in
            (error as? PatternError)?.code == code
        }
    }

    @Test func `errors say where`() {
        #expect(throws: PatternError.self) { try Pattern("ab(?=c)") }
        do {
            _ = try Pattern("ab(?=c)")
        } catch {
            #expect(error.offset == 2)
            #expect(error.message == "look-ahead is not supported")
        }
    }

    /// Expressions on which backtracking takes exponential or quadratic time, with what one scalar may cost.
    static let adversarial: [(pattern: String, costPerScalar: Int)] = [
        ("^(a+)+$", 8), ("^(a|a)*$", 8), ("^(a|aa)+$", 12), ("(a*)*c", 12), ("^(.*?,){11}P", 60),
        ("(.*)(.*)(.*)[^a]b", 30),
        ("^(([a-z])+.)+[A-Z]([a-z])+$", 30), ("^(a?){100}a{100}$", 700),
    ]

    @Test(arguments: adversarial.indices)
    func `hostile expressions take linear time`(index: Int) throws {
        let (pattern, cost) = Self.adversarial[index]
        let length = cost < 10 ? 50_000 : 1_000
        let text = String(repeating: "a", count: length) + "!"
        var steps = (length + 1) * cost
        #expect(try Pattern(pattern).isMatch(in: text, steps: &steps) == false, "\(pattern) took more than \(cost)")
    }

    @Test func `a spent budget gives no answer`() throws {
        let text = String(repeating: "a", count: 1000)
        for pattern in ["^a*$", "^(a+)+$", "a{100}b", "^(a?){100}$"] {
            var steps = 500
            #expect(try Pattern(pattern).isMatch(in: text, steps: &steps) == nil, "\(pattern)")
        }
    }

    @Test(arguments: 0..<15 as Range<UInt64>)
    func `all engines agree with the definition`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        for _ in 0..<30 {
            let source = Self.source(&random, depth: 3)
            let (root, sets) = try PatternParser.parse(source, maxNesting: 100)
            let program = try PatternProgram(root, sets: sets, limit: 8192)
            let bits = PatternBits(program)
            let threads = PatternThreads(program)
            for _ in 0..<8 {
                let text = String((0..<random.below(7)).map { _ in random.one(of: Array("aab1é ")) })
                let expected = ReferenceMatcher(sets: sets, text: text).isMatch(root)
                var steps = Int.max
                let comment: Comment = "seed \(seed): \(source) on \(text)"
                #expect(threads.isMatch(in: text, steps: &steps) == expected, comment)
                if let bits { #expect(bits.isMatch(in: text, steps: &steps) == expected, comment) }
                #expect(try Pattern(source).isMatch(in: text) == expected, comment)
            }
        }
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `any text is an expression or refused`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let pieces =
            Array("ab09^$|()[]{}*+?.\\,-:=!<>pPukxcdDwWsSbB🐲 ").map(String.init) + ["(?", "(?:", "{2,", "\\u{"]
        for _ in 0..<150 {
            let source = (0..<random.below(14)).map { _ in random.one(of: pieces) }.joined()
            _ = PatternParser.isExpression(source)
            guard let pattern = try? Pattern(source) else { continue }
            #expect(PatternParser.isExpression(source), "\(source)")
            var steps = 10_000
            _ = pattern.isMatch(in: "aab 09🐲", steps: &steps)
        }
    }

    private static func source(_ random: inout SplitMix64, depth: Int) -> String {
        let atoms = ["a", "b", "é", ".", "\\d", "[^a]", "[ab1]", "\\w", "\\W", "1"]
        if depth == 0 { return random.one(of: atoms) }
        switch random.below(8) {
        case 0, 1: return random.one(of: atoms)
        case 2: return source(&random, depth: depth - 1) + source(&random, depth: depth - 1)
        case 3: return "(" + source(&random, depth: depth - 1) + "|" + source(&random, depth: depth - 1) + ")"
        case 4, 5:
            let quantifier = random.one(of: ["*", "+", "?", "{2}", "{0,2}", "{1,}", "*?", "{0}"])
            return "(" + source(&random, depth: depth - 1) + ")" + quantifier
        case 6: return random.one(of: ["^", "$", "\\b", "\\B"]) + source(&random, depth: depth - 1)
        default: return source(&random, depth: depth - 1) + random.one(of: ["^", "$", "\\b", "\\B"])
        }
    }
}

/// The meaning of an expression written down as sets of places, slow and plain.
private struct ReferenceMatcher {
    let sets: [ScalarSet]
    let scalars: [Unicode.Scalar]

    init(sets: [ScalarSet], text: String) {
        self.sets = sets
        scalars = Array(text.unicodeScalars)
    }

    func isMatch(_ node: PatternNode) -> Bool {
        scalars.indices.contains { !ends(node, from: $0).isEmpty } || !ends(node, from: scalars.count).isEmpty
    }

    private func ends(_ node: PatternNode, from start: Int) -> Set<Int> {
        switch node {
        case .empty: return [start]
        case .set(let set):
            return start < scalars.count && sets[set].contains(scalars[start]) ? [start + 1] : []
        case .assertion(let assertion):
            let previous = start > 0 ? scalars[start - 1] : nil
            let next = start < scalars.count ? scalars[start] : nil
            return PatternPlace(between: previous, and: next).satisfies(assertion) ? [start] : []
        case .sequence(let nodes):
            return nodes.reduce(into: [start]) { places, node in
                places = places.reduce(into: Set()) { $0.formUnion(ends(node, from: $1)) }
            }
        case .alternation(let nodes): return nodes.reduce(into: Set()) { $0.formUnion(ends($1, from: start)) }
        case .repetition(let node, let min, let max):
            var current: Set<Int> = [start]
            var all: Set<Int> = min == 0 ? [start] : []
            for count in 1...(max ?? min + scalars.count + 1) + 1 where count <= max ?? .max {
                current = current.reduce(into: Set()) { $0.formUnion(ends(node, from: $1)) }
                if count >= min { all.formUnion(current) }
            }
            return all
        }
    }
}
