/// A URI reference taken apart (RFC 3986 §4.1, appendix B). Nothing is normalised and nothing is refused.
struct URIReference: Sendable {
    var scheme: String?
    var authority: String?
    var path: String
    var query: String?
    var fragment: String?

    init(_ text: String) {
        var rest = Substring(text)
        if let hash = rest.utf8.firstIndex(of: 0x23) {
            fragment = String(rest[rest.utf8.index(after: hash)...])
            rest = rest[..<hash]
        }
        if let mark = rest.utf8.firstIndex(of: 0x3F) {
            query = String(rest[rest.utf8.index(after: mark)...])
            rest = rest[..<mark]
        }
        let stop = rest.utf8.firstIndex { $0 == 0x3A || $0 == 0x2F }
        if let stop, stop > rest.startIndex, rest.utf8[stop] == 0x3A {
            scheme = String(rest[..<stop])
            rest = rest[rest.utf8.index(after: stop)...]
        }
        if rest.utf8.starts(with: [0x2F, 0x2F]) {
            rest = rest[rest.utf8.index(rest.startIndex, offsetBy: 2)...]
            let end = rest.utf8.firstIndex(of: 0x2F) ?? rest.endIndex
            authority = String(rest[..<end])
            rest = rest[end...]
        }
        path = String(rest)
    }

    /// The reference as seen from this base (RFC 3986 §5.2.2).
    func resolving(_ reference: URIReference) -> URIReference {
        var target = reference
        if reference.scheme == nil {
            target.scheme = scheme
            if reference.authority == nil {
                target.authority = authority
                if reference.path.isEmpty {
                    target.path = path
                    target.query = reference.query ?? query
                    return target
                }
                if reference.path.utf8.first != 0x2F { target.path = merged(with: reference.path) }
            }
        }
        target.path = Self.withoutDots(target.path)
        return target
    }

    /// The text up to the fragment.
    var withoutFragment: String {
        var text = ""
        if let scheme { text += scheme + ":" }
        if let authority { text += "//" + authority }
        text += path
        if let query { text += "?" + query }
        return text
    }

    private func merged(with other: String) -> String {
        if authority != nil && path.isEmpty { return "/" + other }
        guard let slash = path.utf8.lastIndex(of: 0x2F) else { return other }
        return String(path[...slash]) + other
    }

    /// RFC 3986 §5.2.4. A relative path keeps leading `..` that it cannot consume.
    private static func withoutDots(_ path: String) -> String {
        guard path.utf8.contains(0x2E) else { return path }
        let isAbsolute = path.utf8.first == 0x2F
        var kept: [String] = []
        // By bytes: a slash with a combining mark after it is still a slash.
        let segments = path.utf8.split(separator: 0x2F, omittingEmptySubsequences: false).map { String(Substring($0)) }
        for (position, segment) in segments.enumerated() {
            let isLast = position == segments.count - 1
            switch segment {
            case ".": if isLast { kept.append("") }
            case "..":
                let canDrop = isAbsolute ? kept.count > 1 : !kept.isEmpty && kept.last != ".."
                if canDrop { kept.removeLast() } else if !isAbsolute { kept.append(segment) }
                if isLast { kept.append("") }
            default: kept.append(segment)
            }
        }
        return kept.joined(separator: "/")
    }
}
