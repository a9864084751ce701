/// Request line and header section of an HTTP/1 request, and what they say about the connection and the body.
///
/// Two readings of one message are the root of request smuggling, so what RFC 9112 leaves to recovery is refused: bare
/// line feeds, folded lines, a space before the colon, repeated or contradictory lengths, codings other than chunked.
package struct RequestLines: Sendable {
    /// How the body is framed (RFC 9112 §6.3). A request without either field has none.
    package enum Body: Sendable, Hashable {
        case counted(Int)
        case chunked
    }

    /// A field that the reader asked for.
    package struct Field: Sendable {
        /// Where the name stands among the wanted names.
        package let index: Int
        package let value: Range<Int>
    }

    package struct Limits: Sendable {
        /// Bytes of the whole section.
        package var maxBytes = 32 << 10
        package var maxFieldBytes = 24 << 10
        package var maxFields = 100

        package init() {}
    }

    package private(set) var method: Range<Int> = 0..<0
    package private(set) var target: Range<Int> = 0..<0
    /// HTTP/1.1, as opposed to 1.0.
    package private(set) var isCurrent = true
    package private(set) var keepsAlive = true
    /// The client waits for a word before it sends the body (RFC 9110 §10.1.1).
    package private(set) var expectsContinue = false
    package private(set) var body = Body.counted(0)
    /// The wanted fields in their order, with their repetitions.
    package private(set) var fields: [Field] = []

    private var hosts = 0
    private var length: Int?
    private var isChunked = false

    /// Reads a header section whose end is known.
    ///
    /// - Parameters:
    ///   - end: as ``HeaderSection/end(in:searched:)`` returned it: every line up to there ends in CR LF.
    ///   - wanted: names in lower case.
    package init(
        _ bytes: Span<UInt8>, end: Int, wanted: [StaticString], limits: Limits
    ) throws(FramingFlaw) {
        fields.reserveCapacity(wanted.count)
        var index = try readRequestLine(bytes, end: end)
        var count = 0
        while index < end - 2 {
            count += 1
            guard count <= limits.maxFields else { throw .tooLarge("more than \(limits.maxFields) header fields") }
            index = try readField(bytes, from: index, wanted, limits)
        }
        // RFC 9112 §3.2; a name that is there twice could be read in two ways in every version.
        guard hosts == 1 || hosts == 0 && !isCurrent else { throw .violation("not exactly one Host") }
        if isChunked {
            guard length == nil else { throw .violation("both Content-Length and Transfer-Encoding") }
            guard isCurrent else { throw .violation("Transfer-Encoding in an HTTP/1.0 request") }
            body = .chunked
        } else {
            body = .counted(length ?? 0)
        }
    }

    private mutating func readRequestLine(_ bytes: Span<UInt8>, end: Int) throws(FramingFlaw) -> Int {
        var index = 0
        let token = ByteSet.token
        while index < end, token.contains(bytes[index]) { index += 1 }
        guard index > 0, index <= 32, index < end, bytes[index] == 0x20 else {
            throw .violation("not a request line of HTTP/1")
        }
        method = 0..<index
        index += 1
        let start = index
        while index < end, bytes[index] > 0x20, bytes[index] < 0x7F { index += 1 }
        target = start..<index
        guard index > start, end - index >= 13, bytes[index] == 0x20 else {
            throw .violation("not a request line of HTTP/1")
        }
        let version: [10 of UInt8] = [0x48, 0x54, 0x54, 0x50, 0x2F, 0x31, 0x2E, 0, 0x0D, 0x0A]
        for offset in 0..<10 where offset != 7 && bytes[index + 1 + offset] != version[offset] {
            throw .violation("not a request line of HTTP/1")
        }
        switch bytes[index + 8] {
        case 0x30:
            isCurrent = false
            keepsAlive = false
        case 0x31: break
        default: throw .violation("an unknown version of HTTP")
        }
        return index + 11
    }

    /// Reads one field line and returns the index behind it.
    private mutating func readField(
        _ bytes: Span<UInt8>, from start: Int, _ wanted: [StaticString], _ limits: Limits
    ) throws(FramingFlaw) -> Int {
        var index = start
        let token = ByteSet.token
        while token.contains(bytes[index]) { index += 1 }
        // Also refuses a folded line and a space before the colon (RFC 9112 §5.1, §5.2).
        guard index > start, bytes[index] == 0x3A else { throw .violation("a malformed field name") }
        let name = start..<index
        index += 1
        while bytes[index] == 0x20 || bytes[index] == 0x09 { index += 1 }
        let valueStart = index
        while ByteSet.isFieldValue(bytes[index]) { index += 1 }
        guard bytes[index] == 0x0D, bytes[index + 1] == 0x0A else {
            throw .violation("a control byte in a field value")
        }
        guard index - start <= limits.maxFieldBytes else {
            throw .tooLarge("a field of more than \(limits.maxFieldBytes) bytes")
        }
        var valueEnd = index
        while valueEnd > valueStart, bytes[valueEnd - 1] == 0x20 || bytes[valueEnd - 1] == 0x09 { valueEnd -= 1 }
        let value = valueStart..<valueEnd
        try note(bytes, name, value)
        for (place, candidate) in wanted.enumerated() where Self.isEqual(bytes, name, candidate) {
            fields.append(Field(index: place, value: value))
            break
        }
        return index + 2
    }

    /// Takes in what the field says about framing and connection. Field by field, so that a repeated one is seen.
    private mutating func note(
        _ bytes: Span<UInt8>, _ name: Range<Int>, _ value: Range<Int>
    ) throws(FramingFlaw) {
        switch name.count {
        case 4 where Self.isEqual(bytes, name, "host"): hosts += 1
        case 6 where Self.isEqual(bytes, name, "expect"):
            expectsContinue = expectsContinue || Self.isEqual(bytes, value, "100-continue")
        case 10 where Self.isEqual(bytes, name, "connection"):
            if Self.list(bytes, value, contains: "close") {
                keepsAlive = false
            } else if !isCurrent, Self.list(bytes, value, contains: "keep-alive") {
                keepsAlive = true
            }
        case 14 where Self.isEqual(bytes, name, "content-length"):
            guard length == nil else { throw .violation("Content-Length appears twice") }
            guard (1...15).contains(value.count) else { throw .violation("Content-Length is not a number") }
            var number = 0
            for index in value {
                guard (0x30...0x39).contains(bytes[index]) else { throw .violation("Content-Length is not a number") }
                number = number * 10 + Int(bytes[index] - 0x30)
            }
            length = number
        case 17 where Self.isEqual(bytes, name, "transfer-encoding"):
            guard !isChunked, Self.isEqual(bytes, value, "chunked") else {
                throw .violation("a Transfer-Encoding other than chunked")
            }
            isChunked = true
        default: break
        }
    }

    /// Equal but for the case of ASCII letters.
    private static func isEqual(_ bytes: Span<UInt8>, _ range: Range<Int>, _ lowercase: StaticString) -> Bool {
        guard range.count == lowercase.utf8CodeUnitCount else { return false }
        return lowercase.withUTF8Buffer { text in
            for offset in 0..<text.count {
                let expected = unsafe text[offset]
                guard ByteSet.lowercased(bytes[range.lowerBound + offset]) == expected else { return false }
            }
            return true
        }
    }

    /// Whether a comma-separated list names an option.
    private static func list(_ bytes: Span<UInt8>, _ range: Range<Int>, contains option: StaticString) -> Bool {
        var start = range.lowerBound
        while start < range.upperBound {
            var end = start
            while end < range.upperBound, bytes[end] != 0x2C { end += 1 }
            var from = start, to = end
            while from < to, bytes[from] == 0x20 || bytes[from] == 0x09 { from += 1 }
            while to > from, bytes[to - 1] == 0x20 || bytes[to - 1] == 0x09 { to -= 1 }
            if isEqual(bytes, from..<to, option) { return true }
            start = end + 1
        }
        return false
    }
}
