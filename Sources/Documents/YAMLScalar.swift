import JSON

/// What scalars mean: the core schema of YAML 1.2.2 (§10.3), so `yes`, `on`, dates and `1_000` are strings.
enum YAMLScalar {
    enum Resolution {
        case value(JSONValue)
        /// `.inf` and `.nan`, which JSON cannot write.
        case noNumber
        /// The text is not what the tag says.
        case mismatch
    }

    /// The meaning of a plain scalar without a tag.
    static func plain(_ text: String) -> Resolution {
        guard let first = text.utf8.first else { return .value(.null) }
        switch first {
        case 0x2B, 0x2D, 0x2E, 0x30...0x39:
            guard let number = number(text) else { return .value(.string(text)) }
            return number
        case 0x7E, 0x6E, 0x4E, 0x74, 0x54, 0x66, 0x46:
            if isNull(text) { return .value(.null) }
            return .value(bool(text).map { .bool($0) } ?? .string(text))
        default: return .value(.string(text))
        }
    }

    /// The meaning of a scalar with a core tag, or nil for another tag.
    static func tagged(_ tag: YAMLTag, _ text: String) -> Resolution? {
        switch tag {
        case .nonSpecific, .string, .timestamp: .value(.string(text))
        case .null: isNull(text) ? .value(.null) : .mismatch
        case .bool: bool(text).map { .value(.bool($0)) } ?? .mismatch
        case .int:
            switch number(text) {
            case .value(.number(let number)) where number.isInteger: .value(.number(number))
            default: .mismatch
            }
        case .float: number(text) ?? .mismatch
        case .map, .sequence, .merge, .other: nil
        }
    }

    private static func isNull(_ text: String) -> Bool {
        switch text {
        case "", "~", "null", "Null", "NULL": true
        default: false
        }
    }

    private static func bool(_ text: String) -> Bool? {
        switch text {
        case "true", "True", "TRUE": true
        case "false", "False", "FALSE": false
        default: nil
        }
    }

    /// Hexadecimal and octal digits that are still read as a number.
    static let maxRadixDigits = 64

    private static func number(_ text: String) -> Resolution? {
        if let number = JSONNumber(text) { return .value(.number(number)) }
        var rest = text.utf8[...]
        let isNegative = rest.first == 0x2D
        let isSigned = isNegative || rest.first == 0x2B
        if isSigned { rest.removeFirst() }
        guard let first = rest.first, first == 0x2E || first >= 0x30 && first <= 0x39 else { return nil }
        if [".inf", ".Inf", ".INF"].contains(Substring(rest)) { return .noNumber }
        if !isSigned && [".nan", ".NaN", ".NAN"].contains(Substring(rest)) { return .noNumber }
        if !isSigned && rest.starts(with: [0x30, 0x78]) { return radix(rest.dropFirst(2), bits: 4) }
        if !isSigned && rest.starts(with: [0x30, 0x6F]) { return radix(rest.dropFirst(2), bits: 3) }
        return JSONNumber(decimal(rest, isNegative: isNegative)).map { .value(.number($0)) }
    }

    /// The JSON form of a number with a plus sign, needless zeros, or nothing on one side of its point; what is no
    /// number stays none.
    private static func decimal(_ text: Substring.UTF8View, isNegative: Bool) -> String {
        func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
        let whole = text.prefix(while: isDigit)
        var rest = text[whole.endIndex...]
        var fraction = rest.prefix(0)
        if rest.first == 0x2E {
            fraction = rest.dropFirst().prefix(while: isDigit)
            rest = rest[fraction.endIndex...]
            // A lone point is a string.
            if whole.isEmpty && fraction.isEmpty { return "" }
        }
        guard rest.isEmpty || rest.first == 0x65 || rest.first == 0x45 else { return "" }
        let digits = Substring(whole.drop { $0 == 0x30 })
        let point = fraction.isEmpty ? "" : ".\(Substring(fraction))"
        return "\(isNegative ? "-" : "")\(digits.isEmpty ? "0" : digits)\(point)\(Substring(rest))"
    }

    private static func radix(_ digits: Substring.UTF8View, bits: Int) -> Resolution? {
        guard !digits.isEmpty, digits.count <= maxRadixDigits else { return nil }
        var decimal: [UInt8] = [0]
        for byte in digits {
            guard let digit = Character(UnicodeScalar(byte)).hexDigitValue, digit < 1 << bits else { return nil }
            var carry = digit
            for index in decimal.indices {
                carry += Int(decimal[index]) << bits
                decimal[index] = UInt8(carry % 10)
                carry /= 10
            }
            while carry > 0 {
                decimal.append(UInt8(carry % 10))
                carry /= 10
            }
        }
        let text = String(decoding: decimal.reversed().map { $0 + 0x30 }, as: UTF8.self)
        return JSONNumber(text).map { .value(.number($0)) }
    }
}

/// The tags that have a meaning here.
enum YAMLTag: Hashable {
    /// `!`, which says that nothing is to be guessed from the text.
    case nonSpecific
    case string, null, bool, int, float, map, sequence, merge
    /// Of YAML 1.1; the text stays a string.
    case timestamp
    case other

    init(_ tag: String) {
        self =
            switch tag {
            case "!": .nonSpecific
            case "tag:yaml.org,2002:str": .string
            case "tag:yaml.org,2002:null": .null
            case "tag:yaml.org,2002:bool": .bool
            case "tag:yaml.org,2002:int": .int
            case "tag:yaml.org,2002:float": .float
            case "tag:yaml.org,2002:map": .map
            case "tag:yaml.org,2002:seq": .sequence
            case "tag:yaml.org,2002:merge": .merge
            case "tag:yaml.org,2002:timestamp": .timestamp
            default: .other
            }
    }
}
