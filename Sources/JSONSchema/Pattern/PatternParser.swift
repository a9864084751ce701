/// Reads the grammar of ECMA-262 §22.2.1 with the `u` flag.
struct PatternParser {
    private let source: [UInt32]
    private let maxNesting: Int
    /// Read over what cannot be run instead of refusing it.
    private let onlyChecks: Bool
    private var index = 0
    private var sets: [ScalarSet] = []

    static func parse(
        _ source: String, maxNesting: Int
    ) throws(PatternError) -> (root: PatternNode, sets: [ScalarSet]) {
        var parser = PatternParser(source: source.unicodeScalars.map(\.value), maxNesting: maxNesting)
        let root = try parser.alternation(depth: 0)
        if parser.index < parser.source.count { throw parser.error("there is a `)` without its `(`") }
        return (root, parser.sets)
    }

    /// Whether a text is an expression at all, including those that ``Pattern`` does not run.
    static func isExpression(_ source: String) -> Bool {
        var parser = PatternParser(source: source.unicodeScalars.map(\.value), maxNesting: 100, onlyChecks: true)
        guard (try? parser.alternation(depth: 0)) != nil else { return false }
        return parser.index == parser.source.count
    }

    private init(source: [UInt32], maxNesting: Int, onlyChecks: Bool = false) {
        self.source = source
        self.maxNesting = maxNesting
        self.onlyChecks = onlyChecks
    }

    private func error(_ message: String, _ code: PatternError.Code = .syntax, at offset: Int? = nil) -> PatternError {
        PatternError(code: code, offset: offset ?? index, message: message)
    }

    private var next: Unicode.Scalar? {
        index < source.count ? Unicode.Scalar(source[index]) : nil
    }

    private mutating func take(_ expected: Unicode.Scalar) -> Bool {
        guard next == expected else { return false }
        index += 1
        return true
    }

    private mutating func take(_ expected: String) -> Bool {
        let codes = expected.unicodeScalars.map(\.value)
        guard source[index...].starts(with: codes) else { return false }
        index += codes.count
        return true
    }

    private mutating func add(_ builder: ScalarSet.Builder) -> PatternNode {
        sets.append(ScalarSet(builder))
        return .set(sets.count - 1)
    }

    private mutating func alternation(depth: Int) throws(PatternError) -> PatternNode {
        guard depth <= maxNesting else { throw error("groups are nested deeper than \(maxNesting)", .tooLarge) }
        var alternatives = [try sequence(depth: depth)]
        while take("|" as Unicode.Scalar) { alternatives.append(try sequence(depth: depth)) }
        return alternatives.count == 1 ? alternatives[0] : .alternation(alternatives)
    }

    private mutating func sequence(depth: Int) throws(PatternError) -> PatternNode {
        var terms: [PatternNode] = []
        while let scalar = next, scalar != "|", scalar != ")" {
            let atom = try term(scalar, depth: depth)
            if case .assertion = atom {
                if try quantifier() != nil { throw error("an assertion cannot be repeated") }
                terms.append(atom)
            } else if let (min, max) = try quantifier() {
                terms.append(.repetition(atom, min: min, max: max))
            } else {
                terms.append(atom)
            }
        }
        return terms.count == 1 ? terms[0] : terms.isEmpty ? .empty : .sequence(terms)
    }

    private mutating func term(_ scalar: Unicode.Scalar, depth: Int) throws(PatternError) -> PatternNode {
        switch scalar {
        case "^":
            index += 1
            return .assertion(.start)
        case "$":
            index += 1
            return .assertion(.end)
        case "(": return try group(depth: depth)
        case ".":
            index += 1
            return add(ScalarSet.Builder(ScalarSet.Builder.lineTerminators, isNegated: true))
        case "[": return try characterClass()
        case "\\": return try atomEscape()
        case "*", "+", "?": throw error("there is nothing to repeat before `\(scalar)`")
        case "]": throw error("there is a `]` without its `[`; write `\\]`")
        case "{" where startsQuantifier: throw error("there is nothing to repeat before `{`")
        default:
            index += 1
            return add(ScalarSet.Builder(code: scalar.value))
        }
    }

    private mutating func group(depth: Int) throws(PatternError) -> PatternNode {
        let start = index
        index += 1
        if take("?=") || take("?!") {
            guard onlyChecks else { throw error("look-ahead is not supported", .lookAround, at: start) }
        } else if take("?<=") || take("?<!") {
            guard onlyChecks else { throw error("look-behind is not supported", .lookAround, at: start) }
        } else if take("?<") {
            try groupName(start)
        } else if !take("?:"), next == "?" {
            throw error("this kind of group is not known", at: start)
        }
        let body = try alternation(depth: depth + 1)
        guard take(")" as Unicode.Scalar) else { throw error("a group is not closed", at: start) }
        // An assertion that is grouped may be repeated, so the group has to stay visible.
        if case .assertion = body { return .sequence([body]) }
        return body
    }

    private mutating func groupName(_ start: Int) throws(PatternError) {
        let first = index
        while let scalar = next, scalar != ">" {
            let properties = scalar.properties
            let isPart = properties.isIDContinue || scalar == "$" || scalar == "\u{200C}" || scalar == "\u{200D}"
            let isFirst = properties.isIDStart || scalar == "_" || scalar == "$"
            guard index == first ? isFirst : isPart else { throw error("not the name of a group") }
            index += 1
        }
        guard index > first, take(">" as Unicode.Scalar) else { throw error("not the name of a group", at: start) }
    }

    // MARK: Quantifiers

    private var startsQuantifier: Bool {
        guard index + 1 < source.count, source[index] == 0x7B else { return false }
        return source[index + 1] == 0x2C || (0x30...0x39).contains(source[index + 1])
    }

    private mutating func quantifier() throws(PatternError) -> (min: Int, max: Int?)? {
        let bounds: (min: Int, max: Int?)
        switch next {
        case "*": bounds = (0, nil)
        case "+": bounds = (1, nil)
        case "?": bounds = (0, 1)
        case "{" where startsQuantifier:
            bounds = try braces()
        // `braces` leaves the index on the closing brace.
        default: return nil
        }
        index += 1
        _ = take("?" as Unicode.Scalar)
        if let next, next == "*" || next == "+" || next == "?" || startsQuantifier {
            throw error("there is nothing to repeat before `\(next)`")
        }
        return bounds
    }

    private mutating func braces() throws(PatternError) -> (min: Int, max: Int?) {
        let start = index
        index += 1
        guard let min = count() else { throw error("not a quantifier", at: start) }
        var max: Int? = min
        if take("," as Unicode.Scalar) { max = count() }
        guard next == "}" else { throw error("not a quantifier", at: start) }
        if let max, max < min { throw error("the bounds of a quantifier are out of order", at: start) }
        return (min, max)
    }

    /// A decimal number, held at a size that no program reaches.
    private mutating func count() -> Int? {
        var value: Int?
        while let scalar = next, ("0"..."9").contains(scalar) {
            value = min((value ?? 0) * 10 + Int(scalar.value - 0x30), 1_000_000_000)
            index += 1
        }
        return value
    }

    // MARK: Classes

    private mutating func characterClass() throws(PatternError) -> PatternNode {
        let start = index
        index += 1
        var builder = ScalarSet.Builder()
        builder.isNegated = take("^" as Unicode.Scalar)
        while !take("]" as Unicode.Scalar) {
            guard index < source.count else { throw error("a class is not closed", at: start) }
            let first = try classAtom(into: &builder)
            guard next == "-", index + 1 < source.count, source[index + 1] != 0x5D else {
                if let first { builder.ranges.append(first...first) }
                continue
            }
            let dash = index
            index += 1
            let last = try classAtom(into: &builder)
            guard let first, let last, first <= last else { throw error("not a range of characters", at: dash) }
            builder.ranges.append(first...last)
        }
        return add(builder)
    }

    /// One member of a class: a code point, or nil after a whole set went into the builder.
    private mutating func classAtom(into builder: inout ScalarSet.Builder) throws(PatternError) -> UInt32? {
        guard index < source.count else { throw error("a class is not closed") }
        guard next == "\\" else {
            index += 1
            return source[index - 1]
        }
        if try setEscape(into: &builder) { return nil }
        if index + 1 < source.count, source[index + 1] == 0x62 {
            index += 2
            return 0x08
        }
        return try codeEscape()
    }

    // MARK: Escapes

    private mutating func atomEscape() throws(PatternError) -> PatternNode {
        var builder = ScalarSet.Builder()
        if try setEscape(into: &builder) { return add(builder) }
        let kind = index + 1 < source.count ? Unicode.Scalar(source[index + 1]) : nil
        switch kind ?? "\\" {
        case "b":
            index += 2
            return .assertion(.boundary)
        case "B":
            index += 2
            return .assertion(.noBoundary)
        case "1"..."9", "k": return try backReference()
        default: return add(ScalarSet.Builder(code: try codeEscape()))
        }
    }

    private mutating func backReference() throws(PatternError) -> PatternNode {
        guard onlyChecks else { throw error("back-references are not supported", .backReference) }
        let start = index
        if take("\\k<") {
            try groupName(start)
        } else {
            index += 1
            _ = count()
        }
        return .empty
    }

    /// `\d`, `\s`, `\w`, `\p{…}` and their opposites; false, with nothing read, at any other escape.
    private mutating func setEscape(into builder: inout ScalarSet.Builder) throws(PatternError) -> Bool {
        guard index + 1 < source.count, let kind = Unicode.Scalar(source[index + 1]) else { return false }
        switch kind {
        case "d": builder.ranges += ScalarSet.Builder.digits
        case "w": builder.ranges += ScalarSet.Builder.wordCharacters
        case "s": builder.ranges += ScalarSet.Builder.spaces
        case "D": builder.insertComplement(of: ScalarSet.Builder.digits)
        case "W": builder.insertComplement(of: ScalarSet.Builder.wordCharacters)
        case "S": builder.insertComplement(of: ScalarSet.Builder.spaces)
        case "p", "P":
            builder.properties.append((try property(), kind == "P"))
            return true
        default: return false
        }
        index += 2
        return true
    }

    private mutating func property() throws(PatternError) -> UnicodeProperty {
        let start = index
        index += 2
        guard take("{" as Unicode.Scalar) else { throw error("`\\p` needs a property in braces", at: start) }
        var text = ""
        while let scalar = next, scalar != "}" {
            text.unicodeScalars.append(scalar)
            index += 1
        }
        guard take("}" as Unicode.Scalar) else { throw error("`\\p{` is not closed", at: start) }
        guard let property = UnicodeProperty(parsing: text) else {
            throw error("the property is not known", .unknownProperty, at: start)
        }
        return property
    }

    /// An escape that stands for one code point.
    private mutating func codeEscape() throws(PatternError) -> UInt32 {
        let start = index
        index += 1
        guard let kind = next else { throw error("the expression ends in `\\`", at: start) }
        index += 1
        switch kind {
        case "t": return 0x09
        case "n": return 0x0A
        case "v": return 0x0B
        case "f": return 0x0C
        case "r": return 0x0D
        case "c":
            guard let letter = next, ("a"..."z").contains(letter) || ("A"..."Z").contains(letter) else {
                throw error("`\\c` needs a letter", at: start)
            }
            index += 1
            return letter.value % 32
        case "0":
            if let digit = next, ("0"..."9").contains(digit) { throw error("not an escape", at: start) }
            return 0
        case "1"..."9": throw error("not an escape", at: start)
        case "x":
            guard let code = hexDigits(2) else { throw error("`\\x` needs two hexadecimal digits", at: start) }
            return code
        case "u": return try unicodeEscape(start)
        default:
            // Beyond the `u` grammar, which knows only syntax characters and `/` here.
            guard kind.isASCII, kind.value > 0x20, kind.value != 0x7F, !kind.properties.isAlphabetic else {
                throw error("not an escape", at: start)
            }
            return kind.value
        }
    }

    private mutating func unicodeEscape(_ start: Int) throws(PatternError) -> UInt32 {
        if take("{" as Unicode.Scalar) {
            var code: UInt32 = 0
            let first = index
            while let digit = next.flatMap(Self.hexValue) {
                code = min(code << 4 | digit, 0x1000000)
                index += 1
            }
            guard index > first, code <= ScalarSet.Builder.lastCode, take("}" as Unicode.Scalar) else {
                throw error("not a code point", at: start)
            }
            return code
        }
        guard let lead = hexDigits(4) else { throw error("`\\u` needs four hexadecimal digits", at: start) }
        guard lead & 0xFC00 == 0xD800 else { return lead }
        let end = index
        if take("\\u"), let trail = hexDigits(4), trail & 0xFC00 == 0xDC00 {
            return 0x10000 + (lead & 0x3FF) << 10 + (trail & 0x3FF)
        }
        index = end
        return lead
    }

    private mutating func hexDigits(_ count: Int) -> UInt32? {
        guard index + count <= source.count else { return nil }
        var code: UInt32 = 0
        for offset in 0..<count {
            guard let digit = Unicode.Scalar(source[index + offset]).flatMap(Self.hexValue) else { return nil }
            code = code << 4 | digit
        }
        index += count
        return code
    }

    private static func hexValue(_ scalar: Unicode.Scalar) -> UInt32? {
        switch scalar {
        case "0"..."9": scalar.value - 0x30
        case "a"..."f": scalar.value - 0x57
        case "A"..."F": scalar.value - 0x37
        default: nil
        }
    }
}
