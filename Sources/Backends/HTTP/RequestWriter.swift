import HTTP
import NIOCore

/// Writes requests to one origin.
///
/// What frames the message and describes the hop is written here and nowhere else: a request that carries such a field
/// itself is refused, so that no argument can move the end of a message or reach another host.
struct RequestWriter: Sendable {
    /// A sentence that says what cannot be written.
    struct Flaw: Error {
        let detail: String
    }

    /// `Host` and the other fields that every request of the origin has.
    private let common: ByteBuffer

    init(origin: Origin, acceptsGzip: Bool) {
        let coding = acceptsGzip ? "gzip" : "identity"
        common = ByteBuffer(string: " HTTP/1.1\r\nHost: \(origin.authority)\r\nAccept-Encoding: \(coding)\r\n")
    }

    /// The bytes of the request.
    func write(_ request: UpstreamRequest) throws(Flaw) -> ByteBuffer {
        try check(request)
        let body = request.body
        var capacity = request.method.utf8.count + request.target.utf8.count + common.readableBytes + 32
        for (name, value) in request.headers { capacity += name.utf8.count + value.utf8.count + 4 }
        var buffer = ByteBufferAllocator().buffer(capacity: capacity + (body?.count ?? 0))
        buffer.writeString(request.method)
        buffer.writeInteger(0x20 as UInt8)
        buffer.writeString(request.target)
        buffer.writeImmutableBuffer(common)
        for (name, value) in request.headers {
            buffer.writeString(name)
            buffer.writeStaticString(": ")
            buffer.writeString(value)
            buffer.writeStaticString("\r\n")
        }
        if let body {
            buffer.writeStaticString("Content-Length: ")
            buffer.writeString(String(body.count))
            buffer.writeStaticString("\r\n\r\n")
            buffer.writeBytes(body)
        } else if Self.expectsBody(request.method) {
            // RFC 9110 §8.6: a method that anticipates content says that there is none.
            buffer.writeStaticString("Content-Length: 0\r\n\r\n")
        } else {
            buffer.writeStaticString("\r\n")
        }
        return buffer
    }

    private static func expectsBody(_ method: String) -> Bool {
        method == "POST" || method == "PUT" || method == "PATCH"
    }

    private func check(_ request: UpstreamRequest) throws(Flaw) {
        guard Self.isToken(request.method), request.method.utf8.count <= 32, request.method != "CONNECT" else {
            throw Flaw(detail: "the method is not a token")
        }
        guard Self.isTarget(request.target) else { throw Flaw(detail: "the target is not an encoded path") }
        for (name, value) in request.headers {
            guard Self.isToken(name) else { throw Flaw(detail: "a field name is not a token") }
            guard !Self.isReserved(name) else {
                throw Flaw(detail: "the field \(name) is written by the client itself")
            }
            guard value.utf8.allSatisfy({ ByteSet.isFieldValue($0) }) else {
                throw Flaw(detail: "the value of the field \(name) has a control byte")
            }
        }
    }

    private static func isToken(_ text: String) -> Bool {
        let token = ByteSet.token
        return !text.isEmpty && text.utf8.allSatisfy { token.contains($0) }
    }

    /// A path that starts with one slash, and perhaps a query; percent escapes are whole.
    private static func isTarget(_ text: String) -> Bool {
        let target = ByteSet.target
        var index = 0
        var escape = 0
        for byte in text.utf8 {
            if escape > 0 {
                guard ByteSet.hexadecimal.contains(byte) else { return false }
                escape -= 1
            } else {
                guard target.contains(byte) else { return false }
                if byte == 0x25 { escape = 2 }
            }
            // "//host" would be read as an authority where a target is resolved as a reference.
            if index == 0, byte != 0x2F { return false }
            if index == 1, byte == 0x2F { return false }
            index += 1
        }
        return index > 0 && escape == 0
    }

    /// Fields of the message framing and the hop (RFC 9110 §7.6.1), and the one that decides which codings may come.
    private static func isReserved(_ name: String) -> Bool {
        switch name.utf8.count {
        case 2, 4, 6, 7, 10, 14, 15, 16, 17: reserved.contains(name.lowercased())
        default: false
        }
    }

    private static let reserved: Set<String> = [
        "te", "host", "expect", "trailer", "upgrade", "connection", "keep-alive", "content-length", "accept-encoding",
        "proxy-connection", "transfer-encoding",
    ]
}
