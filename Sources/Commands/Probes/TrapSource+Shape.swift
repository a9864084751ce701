import Core
import Foundation
import JSON

extension TrapSource.Request {
    var bytes: [UInt8] {
        Array((target + headers.map { "\($0.name): \($0.value)" }.joined(separator: "\n") + "\n").utf8) + body
    }

    /// Whether the request differs from another one by a value alone, wherever the plain text stood in that.
    func hasShape(of other: TrapSource.Request, value: String) -> Bool {
        guard method == other.method, segments.count == other.segments.count, query.count == other.query.count,
            headers.count == other.headers.count
        else { return false }
        func isSame(_ now: String, _ plain: String) -> Bool {
            guard now != plain else { return true }
            return now.removingPercentEncoding == plain.replacing(Twin.text, with: value)
        }
        // A dot segment is a step, however it is written.
        let path = zip(segments, other.segments).allSatisfy { now, plain in
            let decoded = String(now).removingPercentEncoding
            return isSame(String(now), String(plain)) && decoded != "." && decoded != ".."
        }
        let query = zip(query, other.query).allSatisfy { now, plain in
            now.name == plain.name
                && isSame(now.value.replacing("+", with: "%20"), plain.value.replacing("+", with: "%20"))
        }
        let headers = zip(headers, other.headers).allSatisfy { now, plain in
            guard now.name == plain.name else { return false }
            // The length follows the body, a multipart body has a border of its own, and each call names itself.
            return now.name == "content-length" || now.name == "content-type"
                || CallID(now.value) != nil && CallID(plain.value) != nil || now.value == plain.value
                || now.value == plain.value.replacing(Twin.text, with: value)
        }
        return path && query && headers && hasBody(of: other, value: value)
    }

    private func hasBody(of other: TrapSource.Request, value: String) -> Bool {
        if body == other.body { return true }
        if let now = try? JSONParser.parse(body), let plain = try? JSONParser.parse(other.body) {
            return now == plain.replacing(Twin.text, with: value)
        }
        let isForm = headers.contains { $0.name == "content-type" && $0.value.hasPrefix("application/x-www-form") }
        guard isForm else { return body.count >= other.body.count - Twin.text.utf8.count }
        let now = TrapSource.Request.pairs(String(decoding: body, as: UTF8.self)[...])
        let plain = TrapSource.Request.pairs(String(decoding: other.body, as: UTF8.self)[...])
        return now.count == plain.count && zip(now, plain).allSatisfy { $0.name == $1.name }
    }
}

extension JSONValue {
    fileprivate func replacing(_ text: String, with other: String) -> JSONValue {
        switch self {
        case .string(let string): .string(string == text ? other : string)
        case .array(let array): .array(array.map { $0.replacing(text, with: other) })
        case .object(let object):
            .object(
                JSONObject(
                    members: object.map {
                        JSONObject.Member(key: $0.key, value: $0.value.replacing(text, with: other))
                    }))
        case .null, .bool, .number: self
        }
    }
}
