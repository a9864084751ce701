import HTTP

/// A configured base URL: an origin, and the path under which the upstream's interface lies.
package struct BaseURL: Sendable, Hashable {
    /// What is wrong with a base URL.
    package enum Flaw: String, Error, Sendable, Hashable, CaseIterable {
        case tooLong = "longer than 2048 bytes"
        case badByte = "only printable ASCII is allowed, without spaces and backslashes"
        case badScheme = "must start with http:// or https://"
        case noHost = "has no host"
        case userInfo = "must not carry a user name or password"
        case badHost = "the host is neither a name nor an address"
        case obscureAddress = "an IPv4 address is written as four decimal numbers"
        case badPort = "the port is not a number between 1 and 65535"
        case query = "must not have a query"
        case fragment = "must not have a fragment"
        case badPath = "the path has an empty segment, a dot segment or a broken percent escape"
    }

    package let origin: Origin
    /// Empty, or a path that starts with a slash and does not end with one.
    package let path: String

    package init(origin: Origin, path: String = "") {
        self.origin = origin
        self.path = path
    }

    /// Reads `https://host[:port][/base/path]`, and nothing beside it.
    package static func parse(_ text: String) throws(Flaw) -> BaseURL {
        let bytes = Array(text.utf8)
        guard bytes.count <= 2048 else { throw .tooLong }
        guard bytes.allSatisfy({ (0x21...0x7E).contains($0) && $0 != 0x5C }) else { throw .badByte }
        guard !bytes.contains(0x23) else { throw .fragment }
        guard !bytes.contains(0x3F) else { throw .query }
        let (scheme, rest) = try splitScheme(bytes)
        let slash = rest.firstIndex(of: 0x2F) ?? rest.endIndex
        return BaseURL(
            origin: try Origin.parse(scheme: scheme, authority: rest[..<slash]),
            path: try parsePath(rest[slash...]))
    }

    private static func splitScheme(_ bytes: [UInt8]) throws(Flaw) -> (Origin.Scheme, ArraySlice<UInt8>) {
        for scheme in [Origin.Scheme.https, .http] {
            let start = Array("\(scheme.rawValue)://".utf8)
            if bytes.count >= start.count, zip(bytes, start).allSatisfy({ ByteSet.lowercased($0) == $1 }) {
                return (scheme, bytes[start.count...])
            }
        }
        throw .badScheme
    }

    private static func parsePath(_ bytes: ArraySlice<UInt8>) throws(Flaw) -> String {
        guard !bytes.isEmpty else { return "" }
        var segments = bytes.dropFirst().split(separator: 0x2F, omittingEmptySubsequences: false)
        if segments.last?.isEmpty == true { segments.removeLast() }
        for segment in segments {
            guard let decoded = decode(segment), !decoded.isEmpty, decoded != [0x2E], decoded != [0x2E, 0x2E],
                // An escaped slash or backslash is a separator to some servers and not to others.
                !decoded.contains(where: { $0 == 0x2F || $0 == 0x5C || $0 < 0x20 || $0 == 0x7F })
            else { throw .badPath }
        }
        return segments.map { "/" + String(decoding: $0, as: UTF8.self) }.joined()
    }

    /// The bytes that percent escapes stand for; `nil` if an escape is broken or a byte may not stand in a path.
    private static func decode(_ segment: ArraySlice<UInt8>) -> [UInt8]? {
        var decoded: [UInt8] = []
        var index = segment.startIndex
        while index < segment.endIndex {
            let byte = segment[index]
            if byte == 0x25 {
                guard index + 2 < segment.endIndex, let high = ByteSet.nibble(segment[index + 1]),
                    let low = ByteSet.nibble(segment[index + 2])
                else { return nil }
                decoded.append(high << 4 | low)
                index += 3
            } else {
                guard ByteSet.target.contains(byte) else { return nil }
                decoded.append(byte)
                index += 1
            }
        }
        return decoded
    }
}
