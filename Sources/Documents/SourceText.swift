/// A place in a text, counted from the first byte after a byte order mark.
struct SourceOffset: Sendable {
    enum Unit: Sendable {
        case byte
        /// Unicode scalars, which is what libyaml counts.
        case scalar
    }

    let count: Int
    let unit: Unit

    static func byte(_ count: Int) -> SourceOffset { SourceOffset(count: count, unit: .byte) }
    static func scalar(_ count: Int) -> SourceOffset { SourceOffset(count: count, unit: .scalar) }
}

/// The bytes of a file, known to be UTF-8.
struct SourceText: Sendable {
    /// The whole file.
    let bytes: [UInt8]
    /// 3 where the file begins with a byte order mark.
    let start: Int

    init(_ bytes: [UInt8]) throws(SourceProblem) {
        // Both byte order marks, and without one the zero half of an ASCII character.
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) || bytes.prefix(2).contains(0) {
            throw SourceProblem("not-utf8", "the file is UTF-16 or UTF-32", hint: Self.encodingHint, at: .byte(0))
        }
        self.bytes = bytes
        start = Self.start(of: bytes)
        do {
            _ = try UTF8Span(validating: bytes.span)
        } catch {
            let offset = max(0, error.byteOffsets.lowerBound - start)
            throw SourceProblem("not-utf8", "the file is not UTF-8", hint: Self.encodingHint, at: .byte(offset))
        }
    }

    static let encodingHint = "save the file as UTF-8"

    /// The first byte that is no white space, nil in a blank text.
    var firstByte: UInt8? {
        bytes[start...].first { $0 != 0x20 && $0 != 0x09 && $0 != 0x0A && $0 != 0x0D }
    }

    /// The positions of offsets of one unit, in one walk.
    func positions(_ offsets: [Int], _ unit: SourceOffset.Unit) -> [Int: SourcePosition] {
        var walk = SourceWalk(from: start)
        var positions: [Int: SourcePosition] = [:]
        for offset in offsets.sorted() {
            walk.move(to: offset, unit, in: bytes.span)
            positions[offset] = walk.position
        }
        return positions
    }

    /// The position in a text that need not be UTF-8.
    static func position(_ offset: SourceOffset, in bytes: [UInt8]) -> SourcePosition {
        var walk = SourceWalk(from: start(of: bytes))
        walk.move(to: offset.count, offset.unit, in: bytes.span)
        return walk.position
    }

    private static func start(of bytes: [UInt8]) -> Int {
        bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    }
}

/// Counts lines on the way through a text. A line ends with LF, CR LF or CR.
private struct SourceWalk {
    private let start: Int
    private var index: Int
    private var scalars = 0
    private var line = 1
    private var lineStart: Int

    init(from start: Int) {
        self.start = start
        index = start
        lineStart = start
    }

    var position: SourcePosition {
        SourcePosition(line: line, column: index - lineStart + 1)
    }

    /// Goes forward to an offset, or to the end.
    mutating func move(to offset: Int, _ unit: SourceOffset.Unit, in bytes: Span<UInt8>) {
        while index < bytes.count {
            switch unit {
            case .byte: guard index - start < offset else { return }
            case .scalar: guard scalars < offset || bytes[index] & 0xC0 == 0x80 else { return }
            }
            let byte = bytes[index]
            index += 1
            if byte & 0xC0 != 0x80 { scalars += 1 }
            let isBreak = byte == 0x0A || byte == 0x0D && !(index < bytes.count && bytes[index] == 0x0A)
            if isBreak {
                line += 1
                lineStart = index
            }
        }
    }
}
