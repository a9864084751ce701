/// A strict parser for JSON texts (RFC 8259).
///
/// One parser reads everything that Sallyport decides on, so that no two components can read the same bytes
/// differently. It refuses what the RFC leaves open: duplicate names (also names that differ only by Unicode
/// normalisation), lone surrogates, bytes after the value, byte order marks. Depth and size are bounded.
///
/// A source document may be read with ``Options/recordsDuplicates``; then a repeated name is kept out of the tree
/// (the first stays), and reported with its place.
public struct JSONParser {
    public struct Options: Sendable {
        /// Levels of arrays and objects.
        public var maxDepth: Int
        /// Bytes of the whole text.
        public var maxBytes: Int
        /// Report repeated names in ``Document/duplicates`` instead of refusing the text.
        public var recordsDuplicates: Bool
        /// Accept U+0000 inside strings.
        public var allowsNull: Bool
        /// Values in the whole text, containers included; each takes up to 40 bytes of memory beside its text.
        public var maxValues: Int

        public init(
            maxDepth: Int = 128, maxBytes: Int = 16 << 20, recordsDuplicates: Bool = false, allowsNull: Bool = false,
            maxValues: Int = .max
        ) {
            self.maxDepth = maxDepth
            self.maxBytes = maxBytes
            self.recordsDuplicates = recordsDuplicates
            self.allowsNull = allowsNull
            self.maxValues = maxValues
        }
    }

    /// Repeated names that are recorded; the next one is refused, so that what is remembered stays small.
    public static let maxDuplicates = 1000

    /// A name that an object repeats.
    public struct Duplicate: Sendable, Hashable {
        /// The object that holds both members.
        public let object: JSONPointer
        public let key: String
        /// Offset of the second occurrence.
        public let offset: Int
        /// Whether both values mean the same (``JSONValue/isEqual(to:)``).
        public let isSameMeaning: Bool
    }

    /// A parsed text with what was noticed on the way.
    public struct Document: Sendable {
        public let value: JSONValue
        public let duplicates: [Duplicate]
        /// Whether there is no white space between tokens.
        public let isCompact: Bool
    }

    /// Parses one JSON text.
    ///
    /// - Throws: ``JSONSyntaxError`` at the first byte that breaks a rule.
    public static func parse(_ bytes: Span<UInt8>, options: Options = Options()) throws(JSONSyntaxError) -> JSONValue {
        try document(bytes, options: options).value
    }

    public static func parse(_ bytes: [UInt8], options: Options = Options()) throws(JSONSyntaxError) -> JSONValue {
        try document(bytes.span, options: options).value
    }

    public static func parse(_ text: String, options: Options = Options()) throws(JSONSyntaxError) -> JSONValue {
        try document(Array(text.utf8).span, options: options).value
    }

    /// Parses one JSON text and reports repeated names where the options say so.
    public static func document(
        _ bytes: Span<UInt8>, options: Options = Options()
    ) throws(JSONSyntaxError) -> Document {
        guard bytes.count <= options.maxBytes else {
            throw JSONSyntaxError(.tooLarge(limit: options.maxBytes), at: options.maxBytes)
        }
        var parser = JSONParser(options: options)
        var index = 0
        parser.skipSpace(bytes, &index)
        let value = try parser.value(bytes, &index, depth: 0)
        parser.skipSpace(bytes, &index)
        guard index == bytes.count else { throw JSONSyntaxError(.trailingBytes, at: index) }
        return Document(value: value, duplicates: parser.repetitions.map(\.duplicate), isCompact: !parser.hasSpace)
    }

    /// A duplicate whose path is still growing towards the root while the containers around it are read.
    private struct Repetition {
        var reversedPath: [String] = []
        let key: String
        let offset: Int
        let isSameMeaning: Bool

        var duplicate: Duplicate {
            Duplicate(
                object: JSONPointer(reversedPath.reversed()), key: key, offset: offset, isSameMeaning: isSameMeaning)
        }
    }

    private let options: Options
    private var values = 0
    private var hasSpace = false
    private var repetitions: [Repetition] = []

    private init(options: Options) {
        self.options = options
    }

    private mutating func skipSpace(_ bytes: Span<UInt8>, _ index: inout Int) {
        while index < bytes.count {
            switch bytes[index] {
            case 0x20, 0x0A, 0x0D, 0x09:
                hasSpace = true
                index += 1
            default: return
            }
        }
    }

    private mutating func value(
        _ bytes: Span<UInt8>, _ index: inout Int, depth: Int
    ) throws(JSONSyntaxError) -> JSONValue {
        guard index < bytes.count else { throw JSONSyntaxError(.unexpectedEnd, at: index) }
        guard values < options.maxValues else {
            throw JSONSyntaxError(.tooManyValues(limit: options.maxValues), at: index)
        }
        values += 1
        switch bytes[index] {
        case 0x22: return .string(try string(bytes, &index))
        case 0x7B: return .object(try object(bytes, &index, depth: depth + 1))
        case 0x5B: return .array(try array(bytes, &index, depth: depth + 1))
        case 0x74:
            try word("true", bytes, &index)
            return .bool(true)
        case 0x66:
            try word("false", bytes, &index)
            return .bool(false)
        case 0x6E:
            try word("null", bytes, &index)
            return .null
        case 0x2D, 0x30...0x39: return .number(try number(bytes, &index))
        case let byte: throw JSONSyntaxError(.unexpectedByte(byte), at: index)
        }
    }

    private func word(_ word: StaticString, _ bytes: Span<UInt8>, _ index: inout Int) throws(JSONSyntaxError) {
        for expected in word.description.utf8 {
            guard index < bytes.count else { throw JSONSyntaxError(.unexpectedEnd, at: index) }
            guard bytes[index] == expected else { throw JSONSyntaxError(.unexpectedByte(bytes[index]), at: index) }
            index += 1
        }
    }

    private mutating func array(
        _ bytes: Span<UInt8>, _ index: inout Int, depth: Int
    ) throws(JSONSyntaxError) -> [JSONValue] {
        guard depth <= options.maxDepth else { throw JSONSyntaxError(.tooDeep(limit: options.maxDepth), at: index) }
        index += 1
        var elements: [JSONValue] = []
        skipSpace(bytes, &index)
        if index < bytes.count, bytes[index] == 0x5D {
            index += 1
            return elements
        }
        elements.reserveCapacity(4)
        while true {
            let known = repetitions.count
            elements.append(try value(bytes, &index, depth: depth))
            if repetitions.count > known { extendPaths(from: known, by: String(elements.count - 1)) }
            skipSpace(bytes, &index)
            guard index < bytes.count else { throw JSONSyntaxError(.unexpectedEnd, at: index) }
            switch bytes[index] {
            case 0x2C:
                index += 1
                skipSpace(bytes, &index)
            case 0x5D:
                index += 1
                return elements
            case let byte: throw JSONSyntaxError(.unexpectedByte(byte), at: index)
            }
        }
    }

    private mutating func object(
        _ bytes: Span<UInt8>, _ index: inout Int, depth: Int
    ) throws(JSONSyntaxError) -> JSONObject {
        guard depth <= options.maxDepth else { throw JSONSyntaxError(.tooDeep(limit: options.maxDepth), at: index) }
        index += 1
        var names = NameSet()
        var members: [JSONObject.Member] = []
        skipSpace(bytes, &index)
        if index < bytes.count, bytes[index] == 0x7D {
            index += 1
            return JSONObject(members: members)
        }
        // Most objects have a few members; growing one by one would take as long as reading them.
        members.reserveCapacity(4)
        while true {
            guard index < bytes.count else { throw JSONSyntaxError(.unexpectedEnd, at: index) }
            guard bytes[index] == 0x22 else { throw JSONSyntaxError(.unexpectedByte(bytes[index]), at: index) }
            let start = index
            let key = try string(bytes, &index)
            skipSpace(bytes, &index)
            guard index < bytes.count else { throw JSONSyntaxError(.unexpectedEnd, at: index) }
            guard bytes[index] == 0x3A else { throw JSONSyntaxError(.unexpectedByte(bytes[index]), at: index) }
            index += 1
            skipSpace(bytes, &index)
            let first = names.firstIndex(adding: key, to: members)
            if first != nil && (!options.recordsDuplicates || repetitions.count >= Self.maxDuplicates) {
                throw JSONSyntaxError(.duplicateKey(key), at: start)
            }
            let known = repetitions.count
            let value = try value(bytes, &index, depth: depth)
            if repetitions.count > known { extendPaths(from: known, by: key) }
            if let first {
                repetitions.append(
                    Repetition(key: key, offset: start, isSameMeaning: members[first].value.isEqual(to: value)))
            } else {
                members.append(JSONObject.Member(key: key, value: value))
            }
            skipSpace(bytes, &index)
            guard index < bytes.count else { throw JSONSyntaxError(.unexpectedEnd, at: index) }
            switch bytes[index] {
            case 0x2C:
                index += 1
                skipSpace(bytes, &index)
            case 0x7D:
                index += 1
                return JSONObject(members: members)
            case let byte: throw JSONSyntaxError(.unexpectedByte(byte), at: index)
            }
        }
    }

    private mutating func extendPaths(from first: Int, by token: String) {
        for index in first..<repetitions.count { repetitions[index].reversedPath.append(token) }
    }

    /// Reads a number as its text; RFC 8259 §6.
    private func number(_ bytes: Span<UInt8>, _ index: inout Int) throws(JSONSyntaxError) -> JSONNumber {
        let start = index
        func isDigit(_ index: Int) -> Bool { index < bytes.count && bytes[index] >= 0x30 && bytes[index] <= 0x39 }
        func digits(_ index: inout Int) throws(JSONSyntaxError) {
            guard isDigit(index) else { throw JSONSyntaxError(.invalidNumber, at: index) }
            while isDigit(index) { index += 1 }
        }
        if bytes[index] == 0x2D { index += 1 }
        if index < bytes.count, bytes[index] == 0x30 { index += 1 } else { try digits(&index) }
        if isDigit(index) { throw JSONSyntaxError(.invalidNumber, at: index) }
        if index < bytes.count, bytes[index] == 0x2E {
            index += 1
            try digits(&index)
        }
        if index < bytes.count, bytes[index] == 0x65 || bytes[index] == 0x45 {
            index += 1
            if index < bytes.count, bytes[index] == 0x2B || bytes[index] == 0x2D { index += 1 }
            try digits(&index)
        }
        return JSONNumber(validated: try text(bytes.extracting(start..<index), at: start))
    }

    private func string(_ bytes: Span<UInt8>, _ index: inout Int) throws(JSONSyntaxError) -> String {
        index += 1
        let start = index
        skipPlain(bytes, &index)
        guard index < bytes.count else { throw JSONSyntaxError(.unexpectedEnd, at: index) }
        switch bytes[index] {
        case 0x22:
            defer { index += 1 }
            return try text(bytes.extracting(start..<index), at: start)
        case 0x5C: return try escapedString(bytes, &index, from: start)
        default: throw JSONSyntaxError(.controlCharacter, at: index)
        }
    }

    private func escapedString(
        _ bytes: Span<UInt8>, _ index: inout Int, from start: Int
    ) throws(JSONSyntaxError) -> String {
        var plain: [UInt8] = []
        var run = start
        while index < bytes.count {
            unsafe bytes.extracting(run..<index).withUnsafeBufferPointer { unsafe plain.append(contentsOf: $0) }
            switch bytes[index] {
            case 0x22:
                index += 1
                guard let utf8 = try? UTF8Span(validating: plain.span) else {
                    // The escapes are sound, so what breaks the decoded bytes breaks the written ones.
                    _ = try text(bytes.extracting(start..<(index - 1)), at: start)
                    throw JSONSyntaxError(.invalidUTF8, at: start)
                }
                return String(copying: utf8)
            case 0x5C: try escape(bytes, &index, into: &plain)
            default: throw JSONSyntaxError(.controlCharacter, at: index)
            }
            run = index
            skipPlain(bytes, &index)
        }
        throw JSONSyntaxError(.unexpectedEnd, at: index)
    }

    /// Moves to the next quote, backslash or control character, or to the end.
    private func skipPlain(_ bytes: Span<UInt8>, _ index: inout Int) {
        let raw = unsafe bytes.bytes
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highs: UInt64 = 0x8080_8080_8080_8080
        while index + 8 <= bytes.count {
            // The load checks its bounds; every bit pattern is a UInt64.
            let eight = UInt64(littleEndian: unsafe raw.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self))
            let quotes = eight ^ (ones &* 0x22)
            let backslashes = eight ^ (ones &* 0x5C)
            // A byte of `x &- ones` borrows where x has a zero byte; the lowest hit is always a true one.
            let hits =
                ((quotes &- ones) & ~quotes | (backslashes &- ones) & ~backslashes
                    | (eight &- (ones &* 0x20)) & ~eight) & highs
            if hits != 0 {
                index += hits.trailingZeroBitCount / 8
                return
            }
            index += 8
        }
        while index < bytes.count {
            let byte = bytes[index]
            if byte == 0x22 || byte == 0x5C || byte < 0x20 { return }
            index += 1
        }
    }

    private func escape(
        _ bytes: Span<UInt8>, _ index: inout Int, into plain: inout [UInt8]
    ) throws(JSONSyntaxError) {
        let start = index
        guard index + 1 < bytes.count else { throw JSONSyntaxError(.unexpectedEnd, at: bytes.count) }
        let kind = bytes[index + 1]
        index += 2
        switch kind {
        case 0x22, 0x5C, 0x2F: plain.append(kind)
        case 0x62: plain.append(0x08)
        case 0x66: plain.append(0x0C)
        case 0x6E: plain.append(0x0A)
        case 0x72: plain.append(0x0D)
        case 0x74: plain.append(0x09)
        case 0x75:
            var code = try hexUnit(bytes, &index)
            if code & 0xFC00 == 0xD800 {
                guard index + 1 < bytes.count, bytes[index] == 0x5C, bytes[index + 1] == 0x75 else {
                    throw JSONSyntaxError(.loneSurrogate, at: start)
                }
                index += 2
                let low = try hexUnit(bytes, &index)
                guard low & 0xFC00 == 0xDC00 else { throw JSONSyntaxError(.loneSurrogate, at: start) }
                code = 0x10000 + (code & 0x3FF) << 10 + (low & 0x3FF)
            }
            guard let scalar = UnicodeScalar(code) else { throw JSONSyntaxError(.loneSurrogate, at: start) }
            if code == 0 && !options.allowsNull { throw JSONSyntaxError(.nullCharacter, at: start) }
            plain.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        default: throw JSONSyntaxError(.invalidEscape, at: start)
        }
    }

    private func hexUnit(_ bytes: Span<UInt8>, _ index: inout Int) throws(JSONSyntaxError) -> UInt32 {
        var code: UInt32 = 0
        for _ in 0..<4 {
            guard index < bytes.count else { throw JSONSyntaxError(.unexpectedEnd, at: index) }
            let digit: UInt32
            switch bytes[index] {
            case let byte where byte >= 0x30 && byte <= 0x39: digit = UInt32(byte - 0x30)
            case let byte where byte >= 0x41 && byte <= 0x46: digit = UInt32(byte - 0x37)
            case let byte where byte >= 0x61 && byte <= 0x66: digit = UInt32(byte - 0x57)
            default: throw JSONSyntaxError(.invalidEscape, at: index)
            }
            code = code << 4 | digit
            index += 1
        }
        return code
    }

    private func text(_ bytes: Span<UInt8>, at start: Int) throws(JSONSyntaxError) -> String {
        do {
            return String(copying: try UTF8Span(validating: bytes))
        } catch {
            throw JSONSyntaxError(.invalidUTF8, at: start + error.byteOffsets.lowerBound)
        }
    }
}
