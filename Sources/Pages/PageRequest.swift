/// A request as the pages see it.
package struct PageRequest: Sendable, Hashable {
    package var method: String
    /// Without the query.
    package var path: String
    package var query: [String: String]
    /// False where the query is none, or names a field twice: then ``query`` is empty, which no filter may be.
    package var hasReadableQuery = true
    /// By names in lower case; a header that came twice is not there.
    package var headers: [String: String]
    package var body: [UInt8]

    package static let maxBody = 16 << 10

    package init(
        _ method: String, _ path: String, query: [String: String] = [:], headers: [String: String] = [:],
        body: [UInt8] = []
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
    }

    /// A cookie's value (RFC 6265 §4.2); nil where it is not there, or there twice.
    func cookie(_ name: String) -> String? {
        let values = (headers["cookie"] ?? "").split(separator: ";").compactMap { pair -> String? in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, parts[0].drop(while: { $0 == " " }) == name else { return nil }
            return String(parts[1])
        }
        return values.count == 1 ? values[0] : nil
    }

    /// The fields of a form (`application/x-www-form-urlencoded`); nil for what is none, or names a field twice.
    var form: [String: String]? {
        guard headers["content-type"]?.split(separator: ";").first?.lowercased() == "application/x-www-form-urlencoded"
        else { return nil }
        return Self.fields(body[...])
    }

    package static func fields(_ bytes: ArraySlice<UInt8>) -> [String: String]? {
        var fields: [String: String] = [:]
        for pair in bytes.split(separator: UInt8(ascii: "&")) {
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = parts.first.flatMap(decoded), let value = parts.count > 1 ? decoded(parts[1]) : "",
                fields.updateValue(value, forKey: name) == nil, fields.count <= 32
            else { return nil }
        }
        return fields
    }

    private static func decoded(_ bytes: ArraySlice<UInt8>) -> String? {
        var result: [UInt8] = []
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let byte = bytes[index]
            switch byte {
            case UInt8(ascii: "+"): result.append(0x20)
            case UInt8(ascii: "%"):
                guard index + 2 < bytes.endIndex, let high = digit(bytes[index + 1]), let low = digit(bytes[index + 2])
                else { return nil }
                result.append(high << 4 | low)
                index += 2
            default: result.append(byte)
            }
            index += 1
        }
        return String(validating: result, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x41 + 10
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }
}

/// What the pages answer.
package struct PageReply: Sendable, Hashable {
    package var status: Int
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]

    package init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    package static func == (left: PageReply, right: PageReply) -> Bool {
        left.status == right.status && left.body == right.body
            && left.headers.elementsEqual(right.headers) { $0.name == $1.name && $0.value == $1.value }
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(status)
        hasher.combine(body)
    }

    static func page(_ page: HTML, status: Int = 200) -> PageReply {
        PageReply(
            status: status, headers: [("Content-Type", "text/html; charset=utf-8")], body: Array(page.text.utf8))
    }

    static func redirect(to path: String, cookie: String? = nil) -> PageReply {
        PageReply(status: 303, headers: [("Location", path)] + (cookie.map { [("Set-Cookie", $0)] } ?? []))
    }
}
