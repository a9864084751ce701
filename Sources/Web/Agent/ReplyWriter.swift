import Core
import MCP
import NIOCore

/// Writes responses as bytes: status line, fields, body, in one buffer.
struct ReplyWriter {
    private var date = HTTPDate()
    /// The head of nearly every answer (200, one field, connection kept), for the second in which its date is true.
    private var common: CommonHead?

    private final class CommonHead {
        let second: Int
        let field: HeaderField
        let bytes: ByteBuffer

        init(second: Int, field: HeaderField, bytes: ByteBuffer) {
            self.second = second
            self.field = field
            self.bytes = bytes
        }
    }

    /// A complete response with its length; an answer to HEAD has the length and no body (RFC 9110 §9.3.2).
    mutating func write(
        _ reply: HTTPReply, at now: Timestamp, isKeepAlive: Bool, isHead: Bool, into buffer: inout ByteBuffer
    ) {
        if reply.status == 200, isKeepAlive, reply.headers.count == 1, let field = reply.headers.first {
            if let common, common.second == now.seconds, common.field == field {
                buffer.writeImmutableBuffer(common.bytes)
            } else {
                Self.writeHead(reply, date: date.text(at: now), isKeepAlive: true, into: &buffer)
                common = CommonHead(second: now.seconds, field: field, bytes: buffer)
            }
        } else {
            Self.writeHead(reply, date: date.text(at: now), isKeepAlive: isKeepAlive, into: &buffer)
        }
        if reply.status == 204 || reply.status == 304 {
            buffer.writeStaticString("\r\n")
            return
        }
        buffer.writeStaticString("Content-Length: ")
        buffer.writeString(String(reply.body.count))
        buffer.writeStaticString("\r\n\r\n")
        if !isHead { buffer.writeBytes(reply.body) }
    }

    /// The head of a response whose body follows in chunks (RFC 9112 §7.1).
    mutating func writeStreamHead(
        _ reply: HTTPReply, at now: Timestamp, isKeepAlive: Bool, into buffer: inout ByteBuffer
    ) {
        Self.writeHead(reply, date: date.text(at: now), isKeepAlive: isKeepAlive, into: &buffer)
        buffer.writeStaticString("Transfer-Encoding: chunked\r\n\r\n")
    }

    static func writeChunk(_ bytes: [UInt8], into buffer: inout ByteBuffer) {
        guard !bytes.isEmpty else { return }
        buffer.writeString(String(bytes.count, radix: 16))
        buffer.writeStaticString("\r\n")
        buffer.writeBytes(bytes)
        buffer.writeStaticString("\r\n")
    }

    static func writeLastChunk(into buffer: inout ByteBuffer) {
        buffer.writeStaticString("0\r\n\r\n")
    }

    private static func writeHead(_ reply: HTTPReply, date: String, isKeepAlive: Bool, into buffer: inout ByteBuffer) {
        switch reply.status {
        case 200: buffer.writeStaticString("HTTP/1.1 200 OK\r\n")
        case 202: buffer.writeStaticString("HTTP/1.1 202 Accepted\r\n")
        default:
            buffer.writeString("HTTP/1.1 \(reply.status) \(phrase(reply.status))\r\n")
        }
        for field in reply.headers where isSafe(field) {
            buffer.writeString(field.name)
            buffer.writeStaticString(": ")
            buffer.writeString(field.value)
            buffer.writeStaticString("\r\n")
        }
        if !reply.headers.contains(where: { $0.name == "Cache-Control" }) {
            buffer.writeStaticString("Cache-Control: no-store\r\n")
        }
        buffer.writeStaticString("X-Content-Type-Options: nosniff\r\nDate: ")
        buffer.writeString(date)
        buffer.writeStaticString(isKeepAlive ? "\r\n" : "\r\nConnection: close\r\n")
    }

    /// No field may end the line it stands on.
    private static func isSafe(_ field: HeaderField) -> Bool {
        !field.value.utf8.contains { $0 == 0x0D || $0 == 0x0A || $0 == 0 }
    }

    private static func phrase(_ status: Int) -> String {
        switch status {
        case 204: "No Content"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 406: "Not Acceptable"
        case 408: "Request Timeout"
        case 413: "Content Too Large"
        case 415: "Unsupported Media Type"
        case 429: "Too Many Requests"
        case 431: "Request Header Fields Too Large"
        case 500: "Internal Server Error"
        case 503: "Service Unavailable"
        default: "Status"
        }
    }
}
