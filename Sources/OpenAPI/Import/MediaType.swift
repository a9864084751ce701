/// A media type as a document writes it (RFC 9110 §8.3.1).
struct MediaType: Hashable {
    /// As written, without white space at the ends.
    let text: String
    /// `type/subtype` in lower case.
    let essence: String

    /// - Returns: nil when the text could not stand in a header.
    init?(_ text: String) {
        var bytes = text.utf8[...]
        while bytes.first == 0x20 { bytes.removeFirst() }
        while bytes.last == 0x20 { bytes.removeLast() }
        guard bytes.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }), bytes.count <= 200 else { return nil }
        let essence = bytes.prefix { $0 != 0x3B && $0 != 0x20 }
        let parts = essence.split(separator: 0x2F, omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy(FieldName.isTokenByte) }) else {
            return nil
        }
        self.text = String(decoding: bytes, as: UTF8.self)
        self.essence = String(decoding: essence, as: UTF8.self).lowercased()
    }

    var isRange: Bool { essence.hasSuffix("/*") }
    var isJSON: Bool {
        switch essence {
        case "application/json", "text/json", "application/x-json", "*/*", "application/*": true
        default: essence.hasSuffix("+json")
        }
    }
    var isText: Bool { essence.hasPrefix("text/") && essence != "text/json" }
}

/// Names of header fields.
enum FieldName {
    /// RFC 9110 §5.6.2.
    static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        case 0x21, 0x23, 0x24, 0x25, 0x26, 0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x5E, 0x5F, 0x60, 0x7C, 0x7E: true
        default: false
        }
    }

    static func isToken(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.allSatisfy(isTokenByte)
    }

    /// Fields that carry credentials, frame the message, name its origin or rewrite method or target: no argument
    /// ever fills them.
    static func isReserved(_ name: String) -> Bool {
        let name = name.lowercased()
        switch name {
        case "authorization", "cookie", "set-cookie", "host", "content-length", "transfer-encoding", "connection",
            "accept", "content-type", "content-encoding", "accept-encoding", "keep-alive", "te", "trailer", "upgrade",
            "expect", "forwarded", "via", "x-real-ip", "x-client-ip", "true-client-ip", "origin", "referer",
            "x-http-method-override", "x-http-method", "x-method-override", "x-original-url", "x-rewrite-url",
            "x-original-host", "x-host":
            return true
        default: return name.hasPrefix("x-forwarded-") || name.hasPrefix("proxy-") || name.hasPrefix("sec-")
        }
    }
}
