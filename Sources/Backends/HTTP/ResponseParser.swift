import HTTP
import NIOCore

/// Reads one HTTP/1 response from the bytes of a connection, strictly.
///
/// Two readings of one message are the root of response splitting, so what RFC 9112 leaves to recovery is refused:
/// bare line feeds, folded lines, repeated or contradictory lengths, codings other than chunked. How the bytes are cut
/// into reads makes no difference to the outcome.
struct ResponseParser {
    struct Limits: Sendable {
        var maxHeaderBytes: Int
        var maxHeaderCount: Int
        var maxBodyBytes: Int
    }

    private enum Part {
        case head
        case counted(remaining: Int)
        case chunked(ChunkedFraming)
        case untilClose
        case done
    }

    private static let maxInterimResponses = 8

    private let limits: Limits
    private let answersHead: Bool
    private var part = Part.head
    /// Bytes of a header section whose end has not arrived.
    private var pending: ByteBuffer?
    private var searched = 0
    private var headBytes = 0
    private var interims = 0
    private var head: ResponseHead?
    /// The last head of the connection; kept from response to response.
    private var last: ResponseHead?
    private var lastSection: RepeatedSection
    private var body: ResponseBody?
    private var wasDecoded = false

    /// Whether any byte has arrived.
    private(set) var hasStarted = false
    /// Whether another request may follow on the connection. Meaningful once the response is complete.
    private(set) var keepsAlive = true
    /// See ``ResponseHead/keepAliveSeconds``.
    private(set) var keepAliveSeconds: Int?

    /// - Parameters:
    ///   - answersHead: the response answers a HEAD request and has no body, whatever its fields say.
    ///   - former: the reader of the connection's response before.
    init(limits: Limits, answersHead: Bool, after former: ResponseParser? = nil) {
        self.limits = limits
        self.answersHead = answersHead
        last = former?.last
        lastSection = former?.lastSection ?? RepeatedSection()
    }

    /// Takes bytes up to the end of the response and leaves what lies behind it; true once the response is complete.
    mutating func consume(_ buffer: inout ByteBuffer) throws(ResponseFlaw) -> Bool {
        if buffer.readableBytes > 0 { hasStarted = true }
        while true {
            switch part {
            case .head:
                guard try readHead(&buffer) else { return false }
            case .counted(let remaining):
                let count = min(remaining, buffer.readableBytes)
                if count < remaining { body?.expect(remaining) }
                try body?.take(count, from: &buffer)
                part = .counted(remaining: remaining - count)
                guard count == remaining else { return false }
                try finish()
            case .chunked(var framing):
                let isDone = try readChunks(&framing, &buffer)
                part = .chunked(framing)
                guard isDone else { return false }
                try finish()
            case .untilClose:
                try body?.take(buffer.readableBytes, from: &buffer)
                return false
            case .done:
                return true
            }
        }
    }

    /// The connection has ended.
    ///
    /// - Throws: `closedBeforeResponse` or `truncated`, unless the end of the connection is the end of the body.
    mutating func end() throws(ResponseFlaw) {
        switch part {
        case .done: return
        case .untilClose: try finish()
        case .head where !hasStarted:
            throw ResponseFlaw(.closedBeforeResponse, "the upstream closed the connection without a response")
        case .head, .counted, .chunked:
            throw ResponseFlaw(.truncated, "the upstream closed the connection inside a response")
        }
    }

    /// The response, once ``consume(_:)`` or ``end()`` completed it. It is given away: an idle connection keeps none
    /// of it.
    mutating func takeResponse() -> UpstreamResponse? {
        guard case .done = part, var head = head.take() else { return nil }
        let body = body.take()
        if wasDecoded { head.headers.removeAll { $0.name == "content-encoding" || $0.name == "content-length" } }
        return UpstreamResponse(status: head.status, headers: head.headers, body: body?.bytes ?? [])
    }

    private mutating func finish() throws(ResponseFlaw) {
        try body?.finish()
        part = .done
    }

    /// Reads one header section; false if it has not arrived in full.
    private mutating func readHead(_ buffer: inout ByteBuffer) throws(ResponseFlaw) -> Bool {
        if var pending = pending.take() {
            pending.writeBuffer(&buffer)
            buffer = pending
        }
        let limit = limits.maxHeaderBytes - headBytes
        if searched == 0, let head = last, let end = lastSection.length(in: buffer.readableBytesUInt8Span),
            end <= limit
        {
            try take(head, end: end, &buffer)
            return true
        }
        let found: Int?
        do throws(FramingFlaw) {
            found = try HeaderSection.end(in: buffer.readableBytesUInt8Span, searched: &searched)
        } catch {
            throw ResponseFlaw(error)
        }
        guard let end = found else {
            guard buffer.readableBytes <= limit else { throw oversizedHead }
            guard ResponseHead.isPlausible(buffer.readableBytesUInt8Span) else {
                throw .violation("not a status line of HTTP/1")
            }
            if buffer.readableBytes > 0 { pending = buffer }
            buffer = ByteBuffer()
            return false
        }
        guard end <= limit else { throw oversizedHead }
        let head = try ResponseHead(buffer.readableBytesUInt8Span, end: end, maxCount: limits.maxHeaderCount)
        if lastSection.keep(buffer.readableBytesUInt8Span.extracting(first: end)) { last = head }
        try take(head, end: end, &buffer)
        return true
    }

    private mutating func take(_ head: ResponseHead, end: Int, _ buffer: inout ByteBuffer) throws(ResponseFlaw) {
        buffer.moveReaderIndex(forwardBy: end)
        headBytes += end
        searched = 0
        if head.status < 200 { try skipInterim(head) } else { try begin(head) }
    }

    private var oversizedHead: ResponseFlaw { .tooLarge("a header of more than \(limits.maxHeaderBytes) bytes") }

    private mutating func skipInterim(_ head: ResponseHead) throws(ResponseFlaw) {
        guard head.status != 101 else { throw .violation("a switch of protocols that was not asked for") }
        guard head.contentLength == nil, !head.isChunked else { throw .violation("an interim response with a body") }
        interims += 1
        guard interims <= Self.maxInterimResponses else { throw .violation("too many interim responses") }
    }

    /// Decides where the body ends (RFC 9112 §6.3).
    private mutating func begin(_ head: ResponseHead) throws(ResponseFlaw) {
        self.head = head
        keepsAlive = !head.closes
        keepAliveSeconds = head.keepAliveSeconds
        if answersHead || head.status == 204 || head.status == 304 {
            // A 204 that announces a body is followed by bytes that belong to nothing.
            if head.status == 204, head.isChunked || (head.contentLength ?? 0) > 0 { keepsAlive = false }
            part = .done
            return
        }
        if let length = head.contentLength, length > limits.maxBodyBytes {
            throw .tooLarge("a body of \(length) bytes is announced, \(limits.maxBodyBytes) are allowed")
        }
        if head.contentLength == 0 {
            part = .done
            return
        }
        if case .identity = head.coding {} else { wasDecoded = true }
        body = try ResponseBody(coding: head.coding, limit: limits.maxBodyBytes)
        if let length = head.contentLength {
            part = .counted(remaining: length)
        } else if head.isChunked {
            part = .chunked(
                ChunkedFraming(maxOverhead: limits.maxHeaderBytes, maxTrailers: limits.maxHeaderCount))
        } else {
            keepsAlive = false
            part = .untilClose
        }
    }

    /// True once the last chunk and the trailers have been read.
    private mutating func readChunks(
        _ framing: inout ChunkedFraming, _ buffer: inout ByteBuffer
    ) throws(ResponseFlaw) -> Bool {
        while !framing.isDone {
            if framing.isInData {
                let count = min(framing.remaining, buffer.readableBytes)
                guard count > 0 else { return false }
                try body?.take(count, from: &buffer)
                framing.consumeData(count)
            } else {
                guard let byte = buffer.readInteger(as: UInt8.self) else { return false }
                do throws(FramingFlaw) {
                    try framing.step(byte)
                } catch {
                    throw ResponseFlaw(error)
                }
            }
        }
        return true
    }
}
