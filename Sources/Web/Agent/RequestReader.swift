import Engine
import HTTP
import MCP
import NIOCore

/// The bytes of one connection that were not read yet, and the requests in them.
struct RequestReader {
    /// A request as far as its head says. Shared: most requests have the head of the one before.
    final class Head {
        let request: RequestHead
        let bearer: Bearer
        let keepsAlive: Bool
        /// HTTP/1.1, as opposed to 1.0.
        let isCurrent: Bool
        let expectsContinue: Bool
        let body: RequestLines.Body

        init(request: RequestHead, bearer: Bearer, _ lines: borrowing RequestLines) {
            self.request = request
            self.bearer = bearer
            keepsAlive = lines.keepsAlive
            isCurrent = lines.isCurrent
            expectsContinue = lines.expectsContinue
            body = lines.body
        }
    }

    /// What the `Authorization` fields hold.
    enum Bearer {
        /// The one token (RFC 6750 §2.1).
        case token(PresentedToken)
        /// No field, more than one, or one of another form.
        case none
    }

    private var bytes = ByteBuffer()
    private var searched = 0
    /// The head of the request before, which the next one mostly repeats, and its token, which it does nearly always.
    private var last: Head?
    private var lastSection = RepeatedSection()
    private var token: PresentedToken?
    private var body = RequestLines.Body.counted(0)
    private var chunks: ByteBuffer?
    private var framing: ChunkedFraming?
    /// Bytes of the current body that were dropped.
    private(set) var dropped = 0

    private static let limits = RequestLines.Limits()
    /// The fields that anybody here looks at, `Authorization` first.
    private static let wanted: [StaticString] = [
        "authorization", "host", "origin", "accept", "content-type", "content-length", "content-encoding",
        "mcp-protocol-version", "mcp-method", "mcp-name", "mcp-session-id",
    ]
    private static let names = wanted.map(\.description)

    var count: Int { bytes.readableBytes }

    mutating func add(_ more: ByteBuffer) {
        guard bytes.readableBytes > 0 else {
            bytes = more
            return
        }
        var more = more
        bytes.writeBuffer(&more)
    }

    mutating func removeAll() {
        bytes = ByteBuffer()
        chunks = nil
    }

    /// The head of the next request; nil until it is here.
    mutating func nextHead() throws(FramingFlaw) -> Head? {
        // A line end before a request is left over from the one before (RFC 9112 §2.2).
        while searched == 0, let byte = bytes.getInteger(at: bytes.readerIndex, as: UInt8.self), byte == 0x0D {
            guard bytes.readableBytes > 1 else { return nil }
            guard bytes.getInteger(at: bytes.readerIndex + 1, as: UInt8.self) == 0x0A else {
                throw .violation("a bare carriage return before a request")
            }
            bytes.moveReaderIndex(forwardBy: 2)
        }
        if searched == 0, let head = last, let end = lastSection.length(in: bytes.readableBytesUInt8Span) {
            take(head, end: end)
            return head
        }
        var index = searched
        guard let end = try HeaderSection.end(in: bytes.readableBytesUInt8Span, searched: &index) else {
            guard bytes.readableBytes <= Self.limits.maxBytes else { throw Self.oversizedHead }
            searched = index
            return nil
        }
        guard end <= Self.limits.maxBytes else { throw Self.oversizedHead }
        let head = try Self.head(bytes.readableBytesUInt8Span, end: end, known: token)
        let section = bytes
        if lastSection.keep(section.readableBytesUInt8Span.extracting(first: end)) { last = head }
        if case .token(let token) = head.bearer { self.token = token }
        take(head, end: end)
        return head
    }

    /// Moves on to the body.
    private mutating func take(_ head: Head, end: Int) {
        bytes.moveReaderIndex(forwardBy: end)
        searched = 0
        dropped = 0
        body = head.body
        chunks = nil
        framing =
            body == .chunked
            ? ChunkedFraming(maxOverhead: Self.limits.maxBytes, maxTrailers: Self.limits.maxFields) : nil
    }

    private static func head(_ span: Span<UInt8>, end: Int, known: PresentedToken?) throws(FramingFlaw) -> Head {
        let lines = try RequestLines(span, end: end, wanted: wanted, limits: limits)
        var fields: [HeaderField] = []
        fields.reserveCapacity(lines.fields.count)
        var bearer = Bearer.none
        var authorizations = 0
        for field in lines.fields {
            if field.index == 0 {
                authorizations += 1
                bearer = authorizations == 1 ? Self.bearer(span.extracting(field.value), known: known) : .none
            } else {
                fields.append(HeaderField(Self.names[field.index], Self.text(span.extracting(field.value))))
            }
        }
        let request = RequestHead(
            method: Self.text(span.extracting(lines.method)), target: Self.text(span.extracting(lines.target)),
            headers: fields)
        return Head(request: request, bearer: bearer, lines)
    }

    private static let oversizedHead = FramingFlaw.tooLarge("a header of more than \(limits.maxBytes) bytes")

    /// The whole body of the current request; nil until it is here.
    ///
    /// - Throws: `tooLarge` for a chunked body of more than `limit` bytes.
    mutating func nextBody(limit: Int) throws(FramingFlaw) -> ByteBuffer? {
        switch body {
        case .counted(let length):
            guard length <= limit else { throw .tooLarge("a body of \(length) bytes") }
            // The rest may be the beginning of the next request, and stays. Where there is none, the room goes back to the
            // channel, which reads into it again.
            let body = bytes.readSlice(length: length)
            if bytes.readableBytes == 0 { bytes = ByteBuffer() }
            return body
        case .chunked:
            var whole = chunks ?? ByteBuffer()
            let isDone = try readChunks { (slice: ByteBuffer) throws(FramingFlaw) in
                guard whole.readableBytes + slice.readableBytes <= limit else {
                    throw .tooLarge("a chunked body of more than \(limit) bytes")
                }
                var slice = slice
                whole.writeBuffer(&slice)
            }
            chunks = isDone ? nil : whole
            return isDone ? whole : nil
        }
    }

    /// Drops what has come of the current body; true once all of it has.
    mutating func dropBody() throws(FramingFlaw) -> Bool {
        switch body {
        case .counted(let length):
            let count = min(length, bytes.readableBytes)
            bytes.moveReaderIndex(forwardBy: count)
            dropped += count
            body = .counted(length - count)
            return length == count
        case .chunked:
            var count = 0
            let isDone = try readChunks { (slice: ByteBuffer) throws(FramingFlaw) in count += slice.readableBytes }
            dropped += count
            return isDone
        }
    }

    private mutating func readChunks(
        _ take: (ByteBuffer) throws(FramingFlaw) -> Void
    ) throws(FramingFlaw) -> Bool {
        guard var framing else { return true }
        defer { self.framing = framing }
        while !framing.isDone {
            if framing.isInData {
                guard let slice = bytes.readSlice(length: min(framing.remaining, bytes.readableBytes)),
                    slice.readableBytes > 0
                else { return false }
                try take(slice)
                framing.consumeData(slice.readableBytes)
            } else {
                guard let byte = bytes.readInteger(as: UInt8.self) else { return false }
                try framing.step(byte)
            }
        }
        return true
    }

    private static func bearer(_ value: Span<UInt8>, known: PresentedToken?) -> Bearer {
        let scheme: [7 of UInt8] = [0x62, 0x65, 0x61, 0x72, 0x65, 0x72, 0x20]
        guard value.count > 7 else { return .none }
        for index in 0..<7 where ByteSet.lowercased(value[index]) != scheme[index] { return .none }
        if let known, isSame(value.extracting(7..<value.count), known.bytes) { return .token(known) }
        let token68 = ByteSet.token68
        for index in 7..<value.count where !token68.contains(value[index]) { return .none }
        return .token(
            PresentedToken(unsafe value.extracting(7..<value.count).withUnsafeBufferPointer { unsafe Array($0) }))
    }

    private static func isSame(_ bytes: Span<UInt8>, _ known: [UInt8]) -> Bool {
        bytes.isSame(as: known.span)
    }

    private static func text(_ bytes: Span<UInt8>) -> String {
        unsafe bytes.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
    }
}
