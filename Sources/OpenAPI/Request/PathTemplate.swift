import JSON

/// A path template: segments between the slashes that the document wrote. No argument adds or removes one.
struct PathTemplate: Sendable, Hashable {
    enum Piece: Sendable, Hashable {
        /// Already percent-encoded.
        case literal(String)
        /// Name of a path parameter.
        case variable(String)
    }

    /// The pieces of each segment.
    let segments: [[Piece]]
    /// A query that the template writes itself, percent-encoded, without `?`.
    let query: String?
    /// Whether the template ended in a fragment, by which some documents tell apart operations on one path. A fragment
    /// is never sent.
    let hasFragment: Bool

    enum Failure: Error {
        case relative, network, characters, braces, dotSegment, variableInQuery

        var message: String {
            switch self {
            case .relative: "the path does not start with a slash"
            case .network: "the path starts with two slashes, which would name a host"
            case .characters: "the path contains control or invisible characters"
            case .braces: "a brace in the path has no partner"
            case .dotSegment: "the path contains the segment . or .."
            case .variableInQuery: "the path contains a query with a variable"
            }
        }
    }

    init(_ template: String) throws(Failure) {
        guard !template.unicodeScalars.contains(where: CleanText.isHidden) else { throw .characters }
        let bytes = Array(template.utf8.prefix { $0 != 0x23 })
        hasFragment = bytes.count < template.utf8.count
        guard bytes.first == 0x2F else { throw .relative }
        guard bytes.dropFirst().first != 0x2F else { throw .network }
        guard !bytes.contains(0x5C) else { throw .characters }
        var segments: [[Piece]] = []
        var pieces: [Piece] = []
        var literal: [UInt8] = []
        var index = 1
        func flush() {
            guard !literal.isEmpty else { return }
            pieces.append(.literal(PercentEncoding.pathLiteral.encode(String(decoding: literal, as: UTF8.self))))
            literal = []
        }
        var query: String?
        scan: while index < bytes.count {
            switch bytes[index] {
            case 0x2F:
                flush()
                segments.append(pieces)
                pieces = []
            case 0x7B:
                flush()
                guard let close = bytes[index...].firstIndex(of: 0x7D),
                    !bytes[(index + 1)..<close].contains(0x7B), close > index + 1
                else { throw .braces }
                pieces.append(.variable(String(decoding: bytes[(index + 1)..<close], as: UTF8.self)))
                index = close
            case 0x7D: throw .braces
            case 0x3F:
                let rest = bytes[(index + 1)...]
                guard !rest.contains(0x7B), !rest.contains(0x7D) else { throw .variableInQuery }
                query = PercentEncoding.queryLiteral.encode(String(decoding: rest, as: UTF8.self))
                break scan
            default: literal.append(bytes[index])
            }
            index += 1
        }
        flush()
        segments.append(pieces)
        for segment in segments where !segment.isEmpty {
            if case .literal(let text) = segment[0], segment.count == 1, DotSegment.isOne(Array(text.utf8)[...]) {
                throw .dotSegment
            }
        }
        self.segments = segments
        self.query = query?.isEmpty ?? true ? nil : query
    }

    /// Names in the order of their first use.
    var variables: [String] {
        var names: [String] = []
        for case .variable(let name) in segments.joined() where !names.contains(where: { $0.hasSameBytes(as: name) }) {
            names.append(name)
        }
        return names
    }
}
