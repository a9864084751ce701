import HTTP

/// Status line and header section of a response, and what they say about the body.
struct ResponseHead {
    enum Coding {
        case identity, gzip, deflate
        /// One that was neither asked for nor is understood, or several.
        case other
    }

    var status = 0
    /// HTTP/1.1, as opposed to 1.0.
    var isCurrent = true
    var headers: [(name: String, value: String)] = []
    var contentLength: Int?
    var isChunked = false
    var coding = Coding.identity
    /// The upstream announced that it will close the connection.
    var closes = false
    /// Seconds that the upstream keeps an idle connection, if it says.
    var keepAliveSeconds: Int?

    /// Reads a header section whose end is known.
    ///
    /// - Parameter end: as ``HeaderSection/end(in:searched:)`` returned it: every line up to there ends in CR LF.
    init(_ bytes: Span<UInt8>, end: Int, maxCount: Int) throws(ResponseFlaw) {
        var index = try readStatusLine(bytes)
        headers.reserveCapacity(12)
        while index < end - 2 {
            guard headers.count < maxCount else { throw .tooLarge("more than \(maxCount) header fields") }
            index = try readField(bytes, from: index)
        }
        if isChunked, contentLength != nil { throw .violation("both Content-Length and Transfer-Encoding") }
        if isChunked, !isCurrent { throw .violation("Transfer-Encoding in an HTTP/1.0 response") }
        if !isCurrent { closes = true }
    }

    /// Whether the first bytes of a header section can still become one.
    static func isPlausible(_ bytes: Span<UInt8>) -> Bool {
        let start: [8 of UInt8] = [0x48, 0x54, 0x54, 0x50, 0x2F, 0x31, 0x2E, 0]
        for index in 0..<min(7, bytes.count) where bytes[index] != start[index] { return false }
        return true
    }

    private mutating func readStatusLine(_ bytes: Span<UInt8>) throws(ResponseFlaw) -> Int {
        // "HTTP/1.x NNN" and the line end; the space before an absent reason is often forgotten.
        guard bytes.count >= 14, Self.isPlausible(bytes), bytes[8] == 0x20 else {
            throw .violation("not a status line of HTTP/1")
        }
        switch bytes[7] {
        case 0x30: isCurrent = false
        case 0x31: isCurrent = true
        default: throw .violation("an unknown version of HTTP")
        }
        for index in 9..<12 {
            guard (0x30...0x39).contains(bytes[index]) else { throw .violation("the status is not a number") }
            status = status * 10 + Int(bytes[index] - 0x30)
        }
        guard (100...599).contains(status) else { throw .violation("a status outside 100...599") }
        var index = 12
        if bytes[index] == 0x20 {
            index += 1
            while ByteSet.isFieldValue(bytes[index]) { index += 1 }
        }
        guard bytes[index] == 0x0D, bytes[index + 1] == 0x0A else {
            throw .violation("a control byte in the status line")
        }
        return index + 2
    }

    /// Reads one field line and returns the index behind it.
    private mutating func readField(_ bytes: Span<UInt8>, from start: Int) throws(ResponseFlaw) -> Int {
        var index = start
        let token = ByteSet.token
        while token.contains(bytes[index]) { index += 1 }
        // Also refuses a folded line and a space before the colon (RFC 9112 §5.1, §5.2).
        guard index > start, bytes[index] == 0x3A else { throw .violation("a malformed field name") }
        let nameEnd = index
        index += 1
        while bytes[index] == 0x20 || bytes[index] == 0x09 { index += 1 }
        let valueStart = index
        while ByteSet.isFieldValue(bytes[index]) { index += 1 }
        guard bytes[index] == 0x0D, bytes[index + 1] == 0x0A else {
            throw .violation("a control byte in a field value")
        }
        var valueEnd = index
        while valueEnd > valueStart, bytes[valueEnd - 1] == 0x20 || bytes[valueEnd - 1] == 0x09 { valueEnd -= 1 }

        let name = Self.lowercasedText(bytes.extracting(start..<nameEnd))
        let value = Self.text(bytes.extracting(valueStart..<valueEnd))
        try note(name, value)
        headers.append((name, value))
        return index + 2
    }

    /// Takes in what the field says about framing. Field by field, so that a repeated one is seen.
    private mutating func note(_ name: String, _ value: String) throws(ResponseFlaw) {
        switch name.utf8.count {
        case 10 where name == "connection":
            for option in value.utf8.split(separator: 0x2C) where Self.isEqual(Self.trimmed(option), "close") {
                closes = true
            }
        case 10 where name == "keep-alive":
            keepAliveSeconds = Self.keepAliveTimeout(value)
        case 14 where name == "content-length":
            guard contentLength == nil else { throw .violation("Content-Length appears twice") }
            let digits = value.utf8
            guard (1...15).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }) else {
                throw .violation("Content-Length is not a number")
            }
            contentLength = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
        case 16 where name == "content-encoding":
            guard case .identity = coding else {
                coding = .other
                return
            }
            if Self.isEqual(value.utf8[...], "gzip") || Self.isEqual(value.utf8[...], "x-gzip") {
                coding = .gzip
            } else if Self.isEqual(value.utf8[...], "deflate") {
                coding = .deflate
            } else if !Self.isEqual(value.utf8[...], "identity") {
                coding = .other
            }
        case 17 where name == "transfer-encoding":
            guard !isChunked, Self.isEqual(value.utf8[...], "chunked") else {
                throw .violation("a Transfer-Encoding other than chunked")
            }
            isChunked = true
        default: break
        }
    }

    private static func keepAliveTimeout(_ value: String) -> Int? {
        for parameter in value.utf8.split(separator: 0x2C) {
            let sides = parameter.split(separator: 0x3D, maxSplits: 1)
            guard sides.count == 2, isEqual(trimmed(sides[0]), "timeout") else { continue }
            let digits = trimmed(sides[1])
            guard (1...6).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
            return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
        }
        return nil
    }

    private static func trimmed(_ bytes: Substring.UTF8View) -> Substring.UTF8View {
        var bytes = bytes
        while let first = bytes.first, first == 0x20 || first == 0x09 { bytes = bytes.dropFirst() }
        while let last = bytes.last, last == 0x20 || last == 0x09 { bytes = bytes.dropLast() }
        return bytes
    }

    /// Equal but for the case of ASCII letters.
    private static func isEqual(_ bytes: Substring.UTF8View, _ lowercase: StaticString) -> Bool {
        bytes.count == lowercase.utf8CodeUnitCount
            && zip(bytes, lowercase.description.utf8).allSatisfy { ByteSet.lowercased($0) == $1 }
    }

    private static func text(_ bytes: Span<UInt8>) -> String {
        unsafe bytes.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
    }

    private static func lowercasedText(_ bytes: Span<UInt8>) -> String {
        unsafe String(unsafeUninitializedCapacity: bytes.count) { text in
            for index in 0..<bytes.count { unsafe text[index] = ByteSet.lowercased(bytes[index]) }
            return bytes.count
        }
    }
}
